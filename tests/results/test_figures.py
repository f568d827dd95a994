"""Every figure of the register: named, drawn at every width, with the fonts that publishers ask for."""

import re
from collections.abc import Sequence

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from app.results.columns import TABLES
from app.results.figures import FIGURES, NoSuchFigure, TaskFigure, figure_sheet
from app.results.frame import WIDTHS, Width, fitted, wrapped
from app.results.options import ReportOptions
from app.results.report import StudyReport
from app.results.sheet import pages, width_of
from app.results.task_report import task_report
from tests.results.test_forest import LONG, REPORTS, counts

REPORT = StudyReport((REPORTS[0],), ReportOptions(), (counts(),))
TASK = REPORTS[0].task


def _first(name: str) -> str:
    return TASK if isinstance(FIGURES[name], TaskFigure) else ""


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_stands_under_its_own_name_and_has_a_table(name: str) -> None:
    assert FIGURES[name].name == name
    assert FIGURES[name].title
    assert FIGURES[name].table in TABLES
    assert re.fullmatch(r"[a-z_]+", name)


@pytest.mark.parametrize(
    ("names", "width"),
    [
        (("gmsd", "mae"), "page"),
        (LONG, "column"),
        ([f"a long name of method {number}" for number in range(25)], "screen"),
    ],
)
@pytest.mark.parametrize("name", sorted({"scenes", "significance", "wins"}))
def test_no_text_of_a_figure_is_clipped_whatever_the_conditions_are_called(
    name: str, names: Sequence[str], width: Width
) -> None:
    tally = counts(names, 3)
    report = StudyReport((task_report(tally, ReportOptions()),), ReportOptions(), (tally,))
    figure = figure_sheet(report, tally.task, name, width=width).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert len(texts) > len(names)
    for text in texts:
        box, sheet = text.get_window_extent(canvas.get_renderer()), figure.bbox
        assert sheet.x0 <= box.x0 <= box.x1 <= sheet.x1, text.get_text()
        assert sheet.y0 <= box.y0 <= box.y1 <= sheet.y1, text.get_text()


def test_the_former_name_of_the_forest_plot_leads_to_it_still() -> None:
    assert figure_sheet(REPORT, TASK, "forest").saved("svg") == figure_sheet(REPORT, TASK, "rankings").saved("svg")


@pytest.mark.parametrize(("task", "name"), [("other", "rankings"), (TASK, "other"), ("", "rankings"), ("", "other")])
def test_what_there_is_not_is_told_with_what_there_is(task: str, name: str) -> None:
    with pytest.raises(NoSuchFigure, match="There is no figure") as refusal:
        figure_sheet(REPORT, task, name)
    assert "rankings" in str(refusal.value)


@pytest.mark.parametrize(("width", "points"), [("column", 237.6), ("page", 496.8)])
def test_a_figure_for_a_paper_is_as_wide_as_its_column_or_page_and_embeds_its_fonts(
    width: Width, points: float
) -> None:
    pdf = figure_sheet(REPORT, TASK, "rankings", width=width).saved("pdf")
    (box,) = re.findall(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", pdf)
    assert float(box[0]) == pytest.approx(points, abs=0.01)
    assert b"/FontFile2" in pdf


def test_a_pdf_of_many_pages_has_them_in_order_and_is_the_same_each_time() -> None:
    sheets = [figure_sheet(REPORT, TASK, "rankings", width=width) for width in ("column", "page")]
    assert re.findall(rb"/MediaBox \[ 0 0 ([0-9]+)", pages(sheets)) == [b"237", b"496"]
    assert pages(sheets) == pages(sheets)


@pytest.mark.parametrize("sizes", WIDTHS.values())
def test_a_paper_has_no_letters_below_seven_points(sizes: object) -> None:
    assert min(sizes.title, sizes.body, sizes.small) * 0.75 >= 7  # type: ignore[attr-defined]


def test_a_name_too_long_for_its_room_loses_its_middle() -> None:
    assert fitted("short", 100, 12) == "short"
    text = fitted("the_first_of_many_methods_v1", 100, 12)
    assert re.fullmatch(r"the.+….+v1", text)
    assert width_of(text, 12) <= 100


def test_lines_are_as_full_as_the_room_allows() -> None:
    lines = list(wrapped("a sentence of a few words that needs some lines", 90, 12))
    assert " ".join(lines) == "a sentence of a few words that needs some lines"
    assert len(lines) > 2
    assert all(width_of(line, 12) <= 90 for line in lines)
    assert list(wrapped("", 90, 12)) == []
