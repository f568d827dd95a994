"""The win matrix as a heat map: who was preferred to whom, and how often."""

from app.results.captions import votes_in_words
from app.results.frame import Width
from app.results.matrix_sheet import Cells, matrix_sheet
from app.results.palette import share_colours
from app.results.report import StudyReport
from app.results.sheet import Scheme, Sheet, width_of
from app.results.task_report import TaskReport
from app.results.wins import WinRow, win_matrix


def wins_figure(report: StudyReport, task: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """Conditions in the order of the ranking; each cell holds the wins of its row over its column."""
    matrix = win_matrix(report, task)
    rows = list(matrix.rows())
    title = f"{task.title}: wins of rows over columns"
    cells = matrix_sheet(matrix.conditions, title, _caption(task), scheme=scheme, width=width)
    places = {name: place for place, name in enumerate(matrix.conditions)}
    size = _size_of_counts(rows, cells)
    for row in rows:
        _draw_cell(cells, row, places[row.condition_a], places[row.condition_b], size, scheme)
    return cells.frame.sheet


def _caption(task: TaskReport) -> str:
    return (
        f"{votes_in_words(task)}. Number and shade of a cell: votes for the condition of its row against that of its "
        "column, as a count and as a share of the votes on the pair (a tie is half a win to both). The further a shade "
        f"is from that of the paper, the larger the share; half is neutral. Columns bear the numbers of the rows, "
        "which stand in the order of the scores."
    )


def _size_of_counts(rows: list[WinRow], cells: Cells) -> float:
    """The size of the counts; 0 where a cell is too small for a count that can be read."""
    longest = max((_count(row) for row in rows), key=len)
    size = cells.frame.sizes.small
    size *= min(1.0, (cells.cell - 3) / width_of(longest, size))
    return size if size >= 0.75 * cells.frame.sizes.small else 0.0


def _draw_cell(cells: Cells, row: WinRow, i: int, j: int, size: float, scheme: Scheme) -> None:
    sheet, (x, y) = cells.frame.sheet, cells.corner(i, j)
    if row.share is None:
        return
    fill, ink = share_colours(row.share, scheme)
    sheet.block(x + 0.5, y + 0.5, cells.cell - 1, cells.cell - 1, colour=fill)
    if size:
        middle = cells.middle(i, j)
        sheet.text(middle[0], middle[1] + 0.36 * size, _count(row), size=size, colour=ink, align="center")


def _count(row: WinRow) -> str:
    return f"{row.wins:.4g}" if row.wins != int(row.wins) else f"{row.wins:.0f}"
