"""The forest plot: complete, unclipped, the same each time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from app.results.captions import caption
from app.results.forest import forest
from app.results.frame import Width
from app.results.judgements import Counted, TaskTally
from app.results.options import ReportOptions
from app.results.sheet import Form, Scheme, width_of
from app.results.task_report import TaskReport, task_report
from tests.results.counts import tally_of

MEASURES = ("mae", "ms_ssim", "gmsd")
LONG = ("a very long name of a method from an imported set, version 2.1", "x" * 200, "$x_i^2$\nwith a line break")


def counts(names: Sequence[str] = MEASURES, scenes: int = 9, subjects: int | None = 12) -> TaskTally:
    """The tally of a task in which the conditions named first are liked most."""
    rng = np.random.default_rng(2)
    n = len(names)
    wins = np.zeros((scenes, n, n))
    for scene in range(scenes):
        for i, j in combinations(range(n), 2):
            won = rng.binomial(10, 1 / (1 + np.exp((i - j) / 2)))
            wins[scene, i, j], wins[scene, j, i] = won, 10 - won
    judged = None if subjects is None else np.ones((subjects, scenes), dtype=bool)
    return tally_of(wins, [f"s{s}" for s in range(scenes)], names, judged=judged)


def _report(names: Sequence[str] = MEASURES, scenes: int = 9, subjects: int | None = 12) -> TaskReport:
    return task_report(counts(names, scenes, subjects), ReportOptions())


def _drawn(report: TaskReport, scheme: Scheme, form: Form) -> bytes:
    return forest(report, scheme, "screen").saved(form)


def _boxes(report: TaskReport, width: Width = "screen") -> tuple[dict[str, Bbox], Bbox]:
    """Where each text is drawn, and the sheet around them."""
    figure = forest(report, "light", width).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    return {f"{n} {text.get_text()}": text.get_window_extent(renderer) for n, text in enumerate(texts)}, figure.bbox


REPORTS = [
    _report(),
    _report(LONG),
    _report([f"method {i}" for i in range(16)]),
    _report(scenes=2, subjects=None),
    replace(_report(), title="A task with a name " * 9),
    replace(_report(), counted=Counted.BOTH, excluded_counted=True, scenes_left_out=3),
]


WIDE: list[tuple[TaskReport, Width]] = [
    *((report, "screen") for report in REPORTS), *((report, "column") for report in REPORTS[:4]), (REPORTS[5], "page"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "width"), WIDE)
def test_no_text_is_clipped_or_runs_into_another(report: TaskReport, width: Width) -> None:
    boxes, sheet = _boxes(report, width)
    assert len(boxes) > 8
    for text, box in boxes.items():
        assert sheet.x0 <= box.x0, text
        assert box.x1 <= sheet.x1, text
        assert sheet.y0 <= box.y0, text
        assert box.y1 <= sheet.y1, text
    for (one, first), (other, second) in combinations(boxes.items(), 2):
        overlap = Bbox.intersection(first, second)
        assert overlap is None or min(overlap.width, overlap.height) < 1.5, (one, other)


@pytest.mark.parametrize(("report", "width"), WIDE)
def test_every_condition_its_letters_and_the_caption_are_there(report: TaskReport, width: Width) -> None:
    texts = [text.split(" ", 1)[1] for text in _boxes(report, width)[0]]
    for row in report.rows:
        assert " ".join(row.condition.split())[:8] in " ".join(texts)
        if row.letters:
            assert row.letters in texts
    assert caption(report) in " ".join(texts)


def test_the_caption_says_who_judged_and_what_the_lines_and_letters_mean() -> None:
    assert caption(_report()) == (
        "270 votes by 12 subjects in 9 scenes. "
        "Points: mean over scenes of the Bradley–Terry strengths, in logits (Gaussian prior 0.1, which draws them "
        "towards 0: do not compare studies with different numbers of votes). "
        "Lines: 95 % interval for single scores, from the spread between scenes, Student’s t with 8 degrees of freedom "
        "(these subjects, any scenes); their overlap is no test. "
        "Conditions that share a letter cannot be told apart for these subjects: "
        "paired t-tests over scenes at α = 0.05, not corrected for testing many pairs (at 0.05, 72 % of studies of "
        "eleven equal conditions find a difference)."
    )
    assert caption(_report(scenes=2, subjects=None)) == (
        "60 votes in 2 scenes. "
        "Points: mean over scenes of the Bradley–Terry strengths, in logits (Gaussian prior 0.1, which draws them "
        "towards 0: do not compare studies with different numbers of votes). "
        "Too few scenes for tests over scenes."
    )
    assert "(maximum likelihood). " in caption(replace(_report(), options=ReportOptions(prior=0)))


@pytest.mark.parametrize(
    ("subjects", "counted", "excluded", "said"),
    [
        (12, Counted.PEOPLE, False, "270 votes by 12 human subjects in 9 scenes."),
        (11, Counted.SIMULATED, False, "270 votes by 11 simulated subjects in 9 scenes."),
        (1, Counted.SIMULATED, True, "270 votes by 1 simulated subject, excluded sessions counted, in 9 scenes."),
        (12, Counted.BOTH, None, "270 votes by 12 human and simulated subjects in 9 scenes."),
        (None, Counted.SIMULATED, None, "270 votes by simulated subjects in 9 scenes."),
    ],
)
def test_the_caption_says_whether_subjects_are_simulated_and_excluded_sessions_counted(
    subjects: int | None, counted: Counted, excluded: bool | None, said: str
) -> None:
    report = replace(_report(subjects=subjects), counted=counted, excluded_counted=excluded)
    assert caption(report).startswith(said)
    texts = [text.split(" ", 1)[1] for text in _boxes(report)[0]]
    assert caption(report) in " ".join(texts)


def test_the_caption_counts_what_is_in_the_figure_and_says_what_is_left_out() -> None:
    wins = np.stack([np.array([[0, 3, 4], [2, 0, 3], [1, 2, 0.0]])] * 5)
    wins[4, 2] = wins[4, :, 2] = 0  # the last scene lacks the third condition
    judged = np.zeros((4, 5), dtype=bool)
    judged[:3, :4] = judged[3, 4] = True  # the fourth subject voted in that scene alone
    tally = tally_of(wins, "12345", "abc", task="t", judged=judged)
    said = caption(task_report(tally, ReportOptions()))
    assert said.startswith("60 votes by 3 subjects in 4 scenes (1 of 5 scenes left out).")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_svg_is_well_formed_has_no_date_and_is_the_same_each_time(scheme: Scheme) -> None:
    svg = _drawn(_report(), scheme, "svg")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert b"<dc:date>" not in svg
    assert _drawn(_report(), scheme, "svg") == svg


def test_schemes_differ_in_their_colours() -> None:
    light, dark = (_drawn(_report(), scheme, "svg").lower() for scheme in ("light", "dark"))
    assert b"#0072b2" in light
    assert b"#0072b2" not in dark
    assert b"#56b4e9" in dark


def test_pdf_and_png_are_the_same_each_time_too() -> None:
    assert _drawn(_report(), "light", "pdf") == _drawn(_report(), "light", "pdf")
    png = _drawn(_report(), "light", "png")
    assert png.startswith(b"\x89PNG")
    assert _drawn(_report(), "light", "png") == png


def test_the_pdf_embeds_its_fonts() -> None:
    pdf = _drawn(_report(), "light", "pdf")
    assert b"/FontFile2" in pdf
    assert b"CreationDate" not in pdf


def test_figures_drawn_in_many_threads_are_those_drawn_in_one() -> None:
    report = _report()
    alone = _drawn(report, "light", "svg")
    with ThreadPoolExecutor(4) as pool:
        drawings = pool.map(lambda _: _drawn(report, "light", "svg"), range(8))
        assert all(drawing == alone for drawing in drawings)


def test_letters_from_a_missing_font_are_no_error() -> None:
    assert width_of("写真") > 0
    assert _drawn(_report(("写真", "фото", "صورة")), "light", "png").startswith(b"\x89PNG")
