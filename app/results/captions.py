"""What a reader of a figure alone must know: who judged, what the lines mean, which test, which correction."""

from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest
from app.results.judgements import Counted
from app.results.sentences import counted, some
from app.results.task_report import TaskReport

_CORRECTED = {
    Correction.NONE: "not corrected for testing many pairs (at 0.05, 72 % of studies of eleven equal conditions find a "
    "difference)",
    Correction.HOLM: "with Holm’s correction (of the chance of any false difference)",
    Correction.BH: "with Benjamini and Hochberg’s correction (of the share of false differences)",
}

_FOR = {
    PairTest.T: "for these subjects",
    PairTest.WILCOXON: "for these subjects",
    PairTest.TWO_WAY: "for any subjects and any scenes",
}
_TESTED = {
    PairTest.T: "paired t-tests over scenes",
    PairTest.WILCOXON: "Wilcoxon signed-rank tests over scenes",
    PairTest.TWO_WAY: "tests clustered by subject and by scene",
}
_MADE = {
    Interval.TWO_WAY: "clustered by subject and by scene",
    Interval.SUBJECTS: "clustered by subject",
    Interval.SCENES: "from the spread between scenes",
    Interval.VOTES: "from votes taken as independent (sandwich)",
    Interval.FISHER: "from the curvature of the likelihood, votes taken as independent",
}


def caption(report: TaskReport) -> str:
    """The caption of a task's figure and table, in whole sentences."""
    options = report.options
    parts = [
        f"{votes_in_words(report)}.",
        f"Points: {_points(report)}, in logits ({fit_in_words(options.prior)}){_placed(report)}.",
    ]
    if any(row.low is not None for row in report.rows):
        parts.append(
            f"Lines: {options.level * 100:g} % interval for single scores, {_made(report)} ({report.generalises_to}); "
            "their overlap is no test."
        )
    if report.tested:
        sharing = "a letter or a bracket" if any(len(box) > 1 for box in report.boxes) else "a letter"
        parts.append(
            f"Conditions that share {sharing} cannot be told apart {_FOR[report.test]}: {test_in_words(report)}."
        )
    elif report.adaptive:
        parts.append("Adaptive sampling: the order alone, without intervals and tests; the scores are biased.")
    elif report.aligned:
        parts.append("Scenes hold different conditions: the order alone, without intervals and tests.")
    elif report.apart:
        parts.append("Not all conditions were compared, even through others: only the prior places them side by side.")
    else:
        parts.append("Too few scenes for tests over scenes.")
    return " ".join([*parts, *([report.off_plan] if report.off_plan else [])])


def _points(report: TaskReport) -> str:
    """What a score is of the strengths in scenes."""
    of = "scores that best fit all scenes on one scale, from" if report.aligned else "mean over scenes of"
    return f"{of} the {'Bradley–Terry' if report.nu is None else 'Davidson'} strengths"


def _placed(report: TaskReport) -> str:
    """Where the scale stands; nothing where scores sum to zero."""
    return "" if report.position == "sum zero" else f", {report.position}"


def _made(report: TaskReport) -> str:
    """How the intervals of the figure are made."""
    row = next(row for row in report.interval_rows if row.kind is report.interval)
    quantiles = f", Student’s t with {row.df} degrees of freedom" if row.df is not None else ", normal quantiles"
    return f"{_MADE[row.kind]}{quantiles}"


def votes_in_words(report: TaskReport) -> str:
    """How many votes of whom a figure shows, and in how many scenes."""
    return f"{_who(report)} in {_where(report)}"


def test_in_words(report: TaskReport) -> str:
    """Which test tells pairs apart, at which level and with which correction."""
    options = report.options
    return f"{_TESTED[report.test]} at α = {options.alpha:g}, {_CORRECTED[options.correction]}"


def _who(report: TaskReport) -> str:
    votes = counted(report.votes, "vote")
    kind = {Counted.PEOPLE: "human ", Counted.SIMULATED: "simulated ", Counted.BOTH: "human and simulated ", None: ""}
    who = kind[report.counted]
    if report.subjects is not None:
        votes = f"{votes} by {counted(report.subjects, f'{who}subject')}"
    elif who:
        votes = f"{votes} by {who}subjects"
    besides = [", excluded sessions counted"] if report.excluded_counted else []
    besides += [", subjects proposed for exclusion left out"] if report.options.without_flagged else []
    return f"{votes}{''.join(besides)}," if besides else votes


def _where(report: TaskReport) -> str:
    scenes, out, chosen = report.scenes, report.scenes_left_out, report.options.scenes
    if chosen:
        only = f" (only {some(chosen)}, by choice)" if len(chosen) <= 3 else " (chosen ones only)"
        return counted(scenes, "scene") + only
    return counted(scenes, "scene") + (f" ({out} of {counted(scenes + out, 'scene')} left out)" if out else "")


def fit_in_words(prior: float) -> str:
    """How the strengths were fitted, in a clause."""
    if not prior:
        return "maximum likelihood"
    return (
        f"Gaussian prior {prior:g}, which draws them towards 0: do not compare studies with different numbers of votes"
    )
