"""What the agreement of a task shows, in sentences for a person, and what its reader has to know besides."""

from collections.abc import Iterator, Sequence

from app.analysis.agreement import Estimate, MeasureAgreement
from app.analysis.alignment import Incomplete
from app.analysis.bradley_terry import DEFAULT_PRIOR
from app.analysis.correlations import Coefficient
from app.analysis.davidson import Ties
from app.analysis.rank_matrix import RankMatrix
from app.results.judgements import TaskTally
from app.results.options import ReportOptions
from app.results.sentences import counted, listed, some

_SHOWN = 3
_PLACES = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def agreement_in_words(found: Sequence[tuple[str, MeasureAgreement]], measured: bool, voted: bool) -> str:
    """Which measure ranks the conditions most like the subjects do; ``found`` is sorted, the highest SRCC first."""
    told = [(name, one.whole.coefficients[Coefficient.SRCC]) for name, one in found if one.whole.coefficients]
    if not voted:
        return "No votes yet."
    if not measured:
        return "No measure has a value for these pictures yet."
    if not found:
        return "Nothing can be ranked yet, so there is no ranking to compare measures with."
    if not told:
        return "No measure can be compared with the subjects here; the table says why."
    best, highest = told[0]
    if len(told) == 1:
        return f"{best} ranks the conditions as the subjects do with SRCC {_numbers(highest)}."
    worst, lowest = told[-1]
    equal = [name for name, one in told if round(one.value, 9) == round(highest.value, 9)]
    if len(equal) == len(told):
        return f"{listed(equal)} rank the conditions equally much like the subjects: SRCC {_value(highest.value)}."
    if len(equal) > 1:
        return (
            f"{listed(equal)} rank the conditions most like the subjects, {'both' if len(equal) == 2 else 'all'} with "
            f"SRCC {_value(highest.value)}; {worst} ranks them least so: {_numbers(lowest)}."
        )
    return (
        f"{best} ranks the conditions most like the subjects: SRCC {_numbers(highest)}; {worst} least: "
        f"{_numbers(lowest)}."
    )


def agreement_notes(
    found: Sequence[MeasureAgreement], matrix: RankMatrix | None, unused: Sequence[str], *, of_subjects: bool
) -> Iterator[str]:  # fmt: skip
    """What was left out, what the intervals speak about, and how the diagonal stands."""
    if any(one.low is not None for row in found for one in row.whole.coefficients.values()) and not of_subjects:
        yield (
            "The votes do not say whose they are, or are all one subject's: the intervals resample scenes alone and "
            "speak about these subjects."
        )
    if unused:
        yield f"There are values of {some(unused)}, which no vote is on: no ranking compares them."
    lacking = [row for row in found if row.without_value]
    for row in lacking[:_SHOWN]:
        yield f"{row.measure} has no value for {some(row.without_value)}, which take no part in its coefficients."
    if len(lacking) > _SHOWN:
        yield f"{len(lacking) - _SHOWN} more lack values of some conditions; agreement.csv names them."
    scenes = {row.scenes for row in found if row.scenes}
    if len(scenes) > 1:
        yield (
            f"Measures have values in {min(scenes)} to {max(scenes)} scenes: each is compared with the subjects in its "
            "own, so that the coefficients of two measures may be over different scenes."
        )
    if matrix is not None:
        yield from _diagonal(matrix)


def agreement_cautions(tally: TaskTally, options: ReportOptions) -> Iterator[str]:
    """Where the scores, or the fits behind the intervals, are not what one might take them for."""
    if tally.adaptive:
        yield (
            "Trials were chosen adaptively, which ranks and does not measure: SRCC and KRCC go by the order of the "
            "scores, PLCC by their sizes, which such votes do not tell."
        )
    if options.incomplete is Incomplete.ALIGN:
        yield "Measures are compared over the scenes that join all conditions; aligned scores take no part here."
    if not options.prior:
        yield (
            f"The intervals come from fits with a prior of {DEFAULT_PRIOR:g}: of votes that are drawn anew, maximum "
            "likelihood often has no finite scores."
        )
    if options.ties is not Ties.HALF and tally.ties:
        yield "In the fits behind the intervals a tie is half a win for both."


def _diagonal(matrix: RankMatrix) -> Iterator[str]:
    if not matrix.trained:
        return
    if matrix.left_out:
        yield f"The rank matrix leaves out what no objective trained: {some(matrix.left_out)}."
    for one in matrix.violations[:_SHOWN]:
        yield (
            f"{one.condition} ranks {_place(one.rank)} under {one.measure}, the measure it was trained under; "
            f"{some(one.better)} {'ranks' if len(one.better) == 1 else 'rank'} before it."
        )
    if len(matrix.violations) > _SHOWN:
        yield f"{len(matrix.violations) - _SHOWN} more do not come first under their own; the matrix marks them."


def diagonal_in_words(matrix: RankMatrix) -> str:
    """Whether each network comes first under the measure it was trained under."""
    if not matrix.trained:
        return "No condition is known to be trained under a measure, so there is no diagonal to look at."
    if not matrix.asked:
        return "No measure here is the one objective of a condition, so there is no diagonal to look at."
    networks = counted(matrix.asked, "network")
    if not matrix.violations:
        return f"Each of {networks} comes first under the measure it was trained under." if matrix.asked > 1 else (
            "The one network whose measure is here comes first under it."
        )  # fmt: skip
    under = "comes first under the measure it was" if matrix.held == 1 else "come first under the measure they were"
    return (
        f"{matrix.held} of {networks} {under} trained under; not so {some([v.condition for v in matrix.violations])}."
    )


def _place(rank: int) -> str:
    return _PLACES[rank] if rank < len(_PLACES) else f"{rank}th"


def _numbers(one: Estimate) -> str:
    if one.low is None or one.high is None:
        return _value(one.value)
    return f"{_value(one.value)} ({_value(one.low)} to {_value(one.high)})"


def _value(number: float) -> str:
    return f"{number + 0.0:.2f}".replace("-", "−")
