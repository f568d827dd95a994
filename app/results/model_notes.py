"""What a reader has to know of the model behind a task's scores: ties, sides, the position of the scale, splits."""

from collections.abc import Iterator

from app.analysis.scores import TaskScores
from app.analysis.side_bias import NoSideBias, SideBias, side_bias
from app.results.judgements import TaskTally
from app.results.options import ReportOptions
from app.results.sentences import counted, percent


def side_of(tally: TaskTally, scores: TaskScores, options: ReportOptions) -> SideBias | NoSideBias | None:
    """The preference for a side in the votes behind the scores; None where they do not tell their sides."""
    try:
        return side_bias(tally.columns.within(scores.scenes, scores.conditions), prior=options.prior)
    except NoSideBias as error:
        return error


def model_notes(
    tally: TaskTally, scores: TaskScores, side: SideBias | NoSideBias | None, options: ReportOptions
) -> Iterator[str]:
    """The notes on one task."""
    if scores.anchor is not None:
        anchor = scores.conditions[scores.anchor]
        yield f"Scores are differences to {anchor}, whose own is 0; their intervals are those of the differences."
    elif options.anchor is not None:
        yield f"{options.anchor} has no score in this task: its scores sum to zero."
    if scores.ties is not None:
        yield (
            f"Ties are answers of their own (Davidson's model, ν = {scores.ties.nu:.2f}): of two equal conditions "
            f"{percent(scores.ties.ties_of_equals)} of answers would be ties."
        )
        yield (
            "Everything else takes a tie for half a win for both: replicates of subjects (ranks and chances), the fit "
            "of Bradley–Terry, JOD, scenes that are left out, the preference for a side, the screening of subjects, "
            "and the intervals of agreement with measures."
        )
    elif scores.ties_note and tally.ties:
        yield f"{scores.ties_note}: ties count as half a win for both."
    if not options.prior and scores.left_out:
        of = len(scores.scenes) + len(scores.left_out)
        yield (
            f"Without a prior a scene takes part only where every condition both won and lost, directly or through "
            f"others: {len(scores.scenes)} of {counted(of, 'scene')} {'does' if len(scores.scenes) == 1 else 'do'}."
        )
    if isinstance(side, SideBias):
        yield side_in_words(side, options.alpha)
    elif side is not None:
        yield f"{side.detail}."


def side_in_words(side: SideBias, alpha: float) -> str:
    """Whether one side of the screen was preferred, and what that does to the scores."""
    by_subject = side.p_by_subject is not None and side.stderr_by_subject is not None
    stderr = side.stderr_by_subject if side.stderr_by_subject is not None else side.stderr
    p = side.p_by_subject if side.p_by_subject is not None else side.p
    name = "left" if side.estimate >= 0 else "right"
    of_equals = side.left_of_equals if side.estimate >= 0 else 1 - side.left_of_equals
    told = f"standard error {stderr:.2f}{', clustered by subject' if by_subject else ''}, p {_shown(p)}"
    if p >= alpha:
        return f"No preference for a side shows: {name} by {abs(side.estimate):.2f} logits ({told})."
    return (
        f"The {name} side was preferred by {abs(side.estimate):.2f} logits ({told}): of two equal conditions the one "
        f"on the {name} is chosen in {percent(of_equals)} of answers. Allowing for it would move no score by more than "
        f"{side.shift:.2f} logits."
    )


def _shown(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"
