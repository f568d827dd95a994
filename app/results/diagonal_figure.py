"""The diagonal criterion as a figure: tasks down, networks across, and in each cell its rank under its own measure."""

from collections.abc import Sequence

from app.results.frame import WIDTHS, Width, fitted, framed
from app.results.palette import share_colours
from app.results.sentences import counted, some
from app.results.sheet import Scheme, Sheet, width_of
from app.results.training_matrix import MatrixReport, TaskMatrix

_NAMES = 0.3  # of the width, at most
_LARGEST = 44.0  # pixels of a cell
_LONGEST = 110.0  # pixels of a network's name
_GAP = 8.0
PAPER = "in the published comparison 43 of 44 did"


def diagonal_figure(report: MatrixReport, scheme: Scheme, width: Width) -> Sheet:
    """The ranks, first places in the fullest shade; a frame marks a network that does not come first."""
    sizes = WIDTHS[width]
    networks = networks_of(report)
    titles = [task.title for task in report.tasks]
    names = max(width_of(fitted(title, _NAMES * sizes.width, sizes.body), sizes.body) for title in titles) + _GAP
    cell = min((sizes.width - 2 * sizes.margin - names) / len(networks), _LARGEST)
    size = min(sizes.small, max(cell - 2, 5.0))
    down = max(min(cell, 30.0), 1.5 * sizes.body)
    head = max(width_of(fitted(name, _LONGEST, size), size) for name in networks) + _GAP
    frame = framed(
        "Ranks of networks under their own measures", caption(report), head + down * len(titles), scheme=scheme,
        width=width,
    )  # fmt: skip
    left, top = frame.left + names, frame.top + head
    for column, name in enumerate(networks):
        x = left + cell * (column + 0.5) + 0.36 * size
        frame.sheet.text(x, top - _GAP / 2, fitted(name, _LONGEST, size), size=size, turned=True)
    for row, task in enumerate(report.tasks):
        y = top + down * (row + 0.5) + 0.36 * sizes.body
        name = fitted(task.title, _NAMES * sizes.width, sizes.body)
        frame.sheet.text(left - _GAP, y, name, size=sizes.body, align="right")
        for column, network in enumerate(networks):
            box = (left + cell * column, top + down * row, cell, down)
            _draw_cell(frame.sheet, task, network, box, size, scheme)
    return frame.sheet


def networks_of(report: MatrixReport) -> list[str]:
    """The networks that the criterion is asked of, in the order of the tables."""
    return list(dict.fromkeys(entry.condition for _, entry in report.entries))


def caption(report: MatrixReport) -> str:
    """What the criterion is, how it stands, and who misses it."""
    if not report.asked:
        return "No network was trained under one measure alone, or none is scored with its own yet."
    parts = [
        f"{report.met} of {counted(report.asked, 'network')} {'come' if report.asked > 1 else 'comes'} first under the "
        f"measure {'they were' if report.asked > 1 else 'it was'} trained under ({PAPER}). "
        f"{_scenes(report.tasks)} Numbers: the rank among the networks of the task; frames: not the first."
    ]
    missed = [f"{entry.condition} ({task})" for task, entry in report.entries if not entry.met]
    if missed:
        parts.append(f"Not the first: {some(missed)}.")
    composite = list(dict.fromkeys(name for task in report.tasks for name in task.diagonal.composite))
    if composite:
        parts.append(f"Trained under several measures, and so without a place here: {some(composite)}.")
    return " ".join(parts)


def _scenes(tasks: Sequence[TaskMatrix]) -> str:
    scenes = sorted({entry.scenes for task in tasks for entry in task.diagonal.entries})
    over = counted(scenes[0], "scene") if len(scenes) == 1 else f"{scenes[0]} to {scenes[-1]} scenes"
    return f"Means over {over}."


def _draw_cell(
    sheet: Sheet, task: TaskMatrix, network: str, box: tuple[float, float, float, float], size: float, scheme: Scheme
) -> None:
    x, y, width, height = box
    entry = next((one for one in task.diagonal.entries if one.condition == network), None)
    if entry is None:
        sheet.text(x + width / 2, y + height / 2 + 0.36 * size, "–", size=size, colour=sheet.ink.quiet, align="center")
        return
    worst = max(len(task.matrix.conditions) - 1, 1)
    fill, ink = share_colours((worst - (entry.rank - 1)) / worst, scheme)
    sheet.block(x + 0.5, y + 0.5, width - 1, height - 1, colour=fill)
    middle = (x + width / 2, y + height / 2 + 0.36 * size)
    sheet.text(*middle, str(entry.rank), size=size, colour=ink, align="center", bold=not entry.met)
    if not entry.met:
        for inset in (0.0, 1.0):  # two pixels wide
            sheet.block(x + inset, y + inset, width - 2 * inset, height - 2 * inset, colour=sheet.ink.text, hollow=True)
