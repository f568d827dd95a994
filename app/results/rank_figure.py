"""The rank matrix as a figure: objectives down, measures across, and in each cell the rank."""

from app.analysis.rank_matrix import RankMatrix
from app.results.agreement_words import diagonal_in_words
from app.results.frame import WIDTHS, Frame, Measures, Width, fitted, framed
from app.results.palette import share_colours
from app.results.report import StudyReport
from app.results.sentences import counted
from app.results.sheet import Scheme, Sheet, width_of
from app.results.task_report import TaskReport

_NAMES = 0.3  # of the width, at most
_LARGEST = 40.0  # pixels of a cell
_LONGEST = 110.0  # pixels of a measure's name
_GAP = 8.0


def rank_figure(report: StudyReport, task: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """The rank matrix of a task of a study."""
    matrix = report.agreement.of(task.task).matrix
    assert matrix is not None
    return rank_sheet(matrix, task.title, scheme, width)


def rank_sheet(matrix: RankMatrix, task: str, scheme: Scheme, width: Width) -> Sheet:
    """The ranks with a shade for each, so that the best stand out in grey, too; a frame marks a row's own measure."""
    sizes = WIDTHS[width]
    names = max(width_of(_name(name, sizes), sizes.body) for name in matrix.conditions) + _GAP
    across = (sizes.width - 2 * sizes.margin - names) / len(matrix.measures)
    down = min(max(across, 1.5 * sizes.body), _LARGEST)
    across, size = min(across, 1.4 * _LARGEST), min(sizes.small, max(across - 2, 5.0))
    head = max(width_of(fitted(name, _LONGEST, size), size) for name in matrix.measures) + _GAP
    title = f"{task}: ranks under each measure"
    height = head + down * len(matrix.conditions)
    frame = framed(title, _caption(matrix), height, scheme=scheme, width=width)
    left, top = frame.left + names, frame.top + head
    for m, name in enumerate(matrix.measures):
        x = left + across * (m + 0.5) + 0.36 * size
        frame.sheet.text(x, top - _GAP / 2, fitted(name, _LONGEST, size), size=size, turned=True)
    for i, name in enumerate(matrix.conditions):
        y = top + down * (i + 0.5) + 0.36 * sizes.body
        frame.sheet.text(left - _GAP, y, _name(name, sizes), size=sizes.body, align="right")
        for m in range(len(matrix.measures)):
            _draw_cell(frame, matrix, (i, m), (left + across * m, top + down * i, across, down), scheme)
    return frame.sheet


def _draw_cell(
    frame: Frame, matrix: RankMatrix, at: tuple[int, int], box: tuple[float, float, float, float], scheme: Scheme
) -> None:
    sheet, sizes, rank = frame.sheet, frame.sizes, int(matrix.rank[at])
    x, y, width, height = box
    if rank:
        worst = max(len(matrix.conditions) - 1, 1)
        fill, ink = share_colours((worst - (rank - 1)) / worst, scheme)
        sheet.block(x + 0.5, y + 0.5, width - 1, height - 1, colour=fill)
        size = sizes.small * min(1.0, (width - 3) / width_of("00", sizes.small))
        if size >= 0.7 * sizes.small:
            middle = (x + width / 2, y + height / 2 + 0.36 * size)
            sheet.text(*middle, str(rank), size=size, colour=ink, align="center", bold=bool(matrix.own[at]))
    if matrix.own[at]:
        for inset in (0.0, 1.0):  # two pixels wide
            sheet.block(x + inset, y + inset, width - 2 * inset, height - 2 * inset, colour=sheet.ink.text, hollow=True)


def _name(name: str, sizes: Measures) -> str:
    return fitted(name, _NAMES * sizes.width, sizes.body)


def _caption(matrix: RankMatrix) -> str:
    among = "networks, one for each objective" if matrix.trained else "conditions"
    scenes = sorted({int(count) for count in matrix.scenes if count})
    over = counted(scenes[0], "scene") if len(scenes) == 1 else f"{scenes[0]} to {scenes[-1]} scenes"
    parts = [
        f"Ranks of {len(matrix.conditions)} {among}, down, by the mean over {over} of each measure, across; 1 is best, "
        "and equal means share a rank. The further a shade is from that of the paper, the better."
    ]
    if matrix.own.any():
        parts.append(f"Frames: measures that the network was trained under. {diagonal_in_words(matrix)}")
    return " ".join(parts)
