"""How often each condition would score higher than each other one, as other subjects would have it."""

from app.results.captions import votes_in_words
from app.results.certainty import Certainty, Resampled
from app.results.frame import Width
from app.results.matrix_sheet import matrix_sheet
from app.results.palette import share_colours
from app.results.sheet import Scheme, Sheet, width_of


def beats_figure(found: Certainty, scheme: Scheme, width: Width) -> Sheet:
    """Conditions in the order of the ranking; each cell holds the chance that its row scores above its column."""
    again = found.resampled
    assert again is not None, "the figure is shown only where there are replicates"
    title = f"{found.report.title}: chance that the row scores above the column"
    cells = matrix_sheet(found.conditions, title, _caption(found, again), scheme=scheme, width=width)
    sheet, size = cells.frame.sheet, cells.frame.sizes.small
    size *= min(1.0, (cells.cell - 3) / width_of("100", size))
    for i, row in enumerate(again.p_beats):
        for j, chance in enumerate(row):
            if i == j:
                continue
            fill, ink = share_colours(chance, scheme)
            x, y = cells.corner(i, j)
            sheet.block(x + 0.5, y + 0.5, cells.cell - 1, cells.cell - 1, colour=fill)
            if size >= 0.75 * cells.frame.sizes.small:
                x, y = cells.middle(i, j)
                sheet.text(x, y + 0.36 * size, f"{100 * chance:.0f}", size=size, colour=ink, align="center")
    return sheet


def _caption(found: Certainty, again: Resampled) -> str:
    return (
        f"{votes_in_words(found.report)}. Number and shade of a cell: in how many of 100 replicates the condition of "
        f"its row scores above that of its column ({again.replicates} replicates with subjects drawn anew, seed "
        f"{again.seed}; equal scores count half). They speak about any subjects and these scenes, and are no test. "
        "Columns bear the numbers of the rows, which stand in the order of the scores."
    )
