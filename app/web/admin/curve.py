"""The loss curve of a training, as an SVG file per colour scheme."""

import io
import threading
from collections.abc import Sequence

_DRAWING = threading.Lock()  # matplotlib's font cache is not made for two threads at once
SCHEMES = {"light": ("#1d1d1b", "#6a6a64", "#e3e2dd", "#1f5fa8"), "dark": ("#ecebe6", "#a3a29a", "#35352f", "#7db3ee")}


def loss_curve(points: Sequence[tuple[int, float]], total_steps: int, scheme: str) -> bytes:
    """Loss against steps, on a logarithmic scale where all are positive; the last value is written at its end."""
    from matplotlib.figure import Figure  # here, because it takes half a second that most visits need not wait for

    ink, quiet, line, accent = SCHEMES[scheme]
    with _DRAWING:
        figure = Figure(figsize=(7.2, 3.0), layout="constrained")
        axes = figure.add_subplot()
        steps, losses = [step for step, _ in points], [loss for _, loss in points]
        axes.plot(steps, losses, color=accent, linewidth=1.4)
        if losses:
            axes.plot(steps[-1:], losses[-1:], "o", color=accent, markersize=4)
            axes.annotate(
                f"{losses[-1]:.4g}", (steps[-1], losses[-1]), (6, 6), textcoords="offset points", color=ink, fontsize=10
            )
        if losses and min(losses) > 0:
            axes.set_yscale("log")
        axes.set_xlim(0, max(total_steps, 1) * 1.08)
        axes.set_xlabel("step", color=quiet, fontsize=10)
        axes.set_ylabel("loss", color=quiet, fontsize=10)
        axes.tick_params(which="both", colors=quiet, labelsize=10, length=3)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(line)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return buffer.getvalue()
