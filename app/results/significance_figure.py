"""Which pairs of conditions differ under the chosen rule, and which way: marks that need no colour."""

from app.results.captions import test_in_words, votes_in_words
from app.results.frame import Width
from app.results.matrix_sheet import Cells, matrix_sheet
from app.results.sheet import Scheme, Sheet
from app.results.task_report import TaskReport
from app.results.task_rows import PairRow


def significance_figure(task: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """Conditions in the order of the ranking; ``task`` must have been tested."""
    names = tuple(row.condition for row in task.rows)
    title = f"{task.title}: which pairs differ"
    cells = matrix_sheet(names, title, _caption(task), scheme=scheme, width=width)
    places = {name: place for place, name in enumerate(names)}
    for pair in task.pair_rows:
        _draw_pair(cells, pair, places[pair.condition_a], places[pair.condition_b])
    return cells.frame.sheet


def _caption(task: TaskReport) -> str:
    apart = sum(pair.distinguishable for pair in task.pair_rows)
    return (
        f"{votes_in_words(task)}. {apart} of {len(task.pair_rows)} pairs differ: {test_in_words(task)}. "
        "Filled square: the condition of the row scores higher than that of the column; hollow square: lower; dot: "
        "they cannot be told apart; cross: not testable. Columns bear the numbers of the rows, which stand in the "
        "order of the scores."
    )


def _draw_pair(cells: Cells, pair: PairRow, i: int, j: int) -> None:
    """The mark of the pair, in the cell above the diagonal and in the one below."""
    sheet, size = cells.frame.sheet, 0.5 * cells.cell
    for row, column in ((i, j), (j, i)):
        x, y = cells.middle(row, column)
        if pair.p is None:
            sheet.point(x, y, colour=sheet.ink.quiet, shape="x", size=0.3 * cells.cell)
        elif not pair.distinguishable:
            sheet.point(x, y, colour=sheet.ink.quiet, shape="o", size=max(0.12 * cells.cell, 3.0))
        else:
            higher = (row, column) == (i, j)
            sheet.block(x - size / 2, y - size / 2, size, size, colour=sheet.ink.text, hollow=not higher)
