"""The methods sheet on the numbers: how scores, intervals and groups were made, of a study as of a file of votes."""

from collections.abc import Iterator

import numpy as np

from app.analysis.arrays import FloatArray
from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import ENOUGH_SCENES, ENOUGH_VOTES, Correction, PairTest
from app.results.bibliography import cite
from app.results.methods_text import Line, authors, plain
from app.results.plan import StudyPlan, day, in_short
from app.results.report import StudyReport
from app.results.sentences import controls_in_words, counted, listed

_CORRECTIONS = {
    Correction.NONE: "",
    Correction.HOLM: f"Holm’s procedure {cite('holm1979')} over the pairs of a task. ",
    Correction.BH: f"The procedure of Benjamini and Hochberg {cite('benjamini1995')} over the pairs of a task. ",
}
_TESTS = {
    PairTest.T: (
        f"two-sided paired t-tests {cite('student1908')} over scenes, as in {cite('ding2021')}, which take scenes as a "
        "random sample and hold for these subjects"
    ),
    PairTest.WILCOXON: (
        f"two-sided Wilcoxon signed-rank tests {cite('wilcoxon1945')} over scenes, which take scenes as a random "
        "sample and hold for these subjects"
    ),
    PairTest.TWO_WAY: (
        "two-sided t-tests with standard errors clustered by subject and by scene "
        f"{cite('cameron2011')}, which hold for any subjects and any scenes"
    ),
}
_POPULATIONS = {
    Interval.TWO_WAY: "any subjects and any scenes",
    Interval.SUBJECTS: "any subjects and these scenes",
    Interval.SCENES: "these subjects and any scenes",
    Interval.VOTES: "votes like these, of the same subjects on the same scenes",
    Interval.FISHER: "votes like these, of the same subjects on the same scenes, if the Bradley–Terry model holds",
}
_INTERVALS = {
    Interval.TWO_WAY: (
        f"covariances clustered by subject and by scene {cite('cameron2011')}, never smaller than the larger of the "
        f"two one-way covariances, with quantiles of Student’s t {cite('student1908')} for the smaller number of "
        "clusters less one"
    ),
    Interval.SUBJECTS: (
        f"covariances clustered by subject {cite('liang1986')}, with quantiles of Student’s t {cite('student1908')} "
        "for the number of subjects less one"
    ),
    Interval.SCENES: f"Student’s t {cite('student1908')} over scenes",
    Interval.VOTES: f"a sandwich covariance {cite('liang1986')} that takes votes as independent, with normal quantiles",
    Interval.FISHER: "the curvature of the likelihood, votes taken as independent, with normal quantiles",
}


def statistics_lines(found: StudyReport) -> Iterator[str]:
    """Estimation, intervals, tests and groups."""
    yield from _estimation(found)
    yield from _ties(found)
    yield from _scale(found)
    if any(row.low is not None for task in found.tasks for row in task.rows):
        yield from _intervals(found)
    if any(task.tested for task in found.tasks):
        yield from _tests(found)
    if any(task.adaptive for task in found.tasks):
        yield (
            "Votes decided which pairs were asked (adaptive sampling): only the ranking is reported, because intervals "
            "and tests over scenes suppose a balanced design, and the scores are biased."
        )
    alone = (task.adaptive or task.apart or task.aligned for task in found.tasks)
    few = [
        plain(task.title)
        for task, ranked_alone in zip(found.tasks, alone, strict=True)
        if task.rows and not task.tested and not ranked_alone
    ]
    if few:
        yield f"{listed(few)}: too few scenes for tests over scenes, which are left out."


def processing_lines(found: StudyReport) -> Iterator[str]:
    """Which votes enter, and how many there are of them."""
    yield (
        "Votes on test pairs count; practice, stabilizing, catch and repeated trials do not. Of a subject’s judgements "
        "of one pair the first counts."
    )
    for task, tally in zip(found.tasks, found.tallies, strict=True):
        who = "" if task.subjects is None else f" of {counted(task.subjects, 'subject')}"
        per_pair = _judged(tally.wins)
        yield (
            f"{plain(task.title)}: {counted(task.votes, 'vote')}{who} in {counted(task.scenes, 'scene')}"
            + (f"; each pair was judged {per_pair} times." if per_pair else ".")
        )
        yield from (f"{plain(task.title)}: {note}" for note in task.notes)


def plan_lines(plan: StudyPlan, found: StudyReport) -> Iterator[str | Line]:
    """What was planned before the first answer, and what differs from it."""
    if not plan.is_frozen or plan.opened_at is None:
        yield (
            "No analysis plan was frozen before the first answer: whether the choices below were made before or after "
            "a look at the answers is for the authors to say."
        )
        return
    planned = plan.options
    yield (
        f"The analysis plan was frozen with the protocol on {day(plan.opened_at)}, before the first answer: "
        f"{in_short(planned)}; "
        f"looks at the results before the study was closed were {'' if plan.said.plan_interim else 'not '}planned."
    )
    if plan.said.plan_primary:
        yield f"Primary comparison: “{plain(plan.said.plan_primary)}”"
    else:
        yield "Primary comparison: none was named; all pairs of conditions matter alike."
    yield (
        f"Deviations from the plan: {'; '.join(found.deviations)}."
        if found.deviations
        else "Deviations from the plan: none in what is reported here."
    )
    yield authors(
        "whether anybody read answers in the database itself while the study was open: looks at the monitor’s ranking, "
        "at results and at what was taken from them are recorded, at most one an hour for each account."
    )


def _estimation(found: StudyReport) -> Iterator[str]:
    prior = found.options.prior
    model = f"Within each scene, strengths of the Bradley–Terry model {cite('bradley1952')} were estimated"
    if prior:
        yield (
            f"{model} by Newton’s method, with a Gaussian prior of precision {prior:g} (standard deviation "
            f"{prior**-0.5:.2g} logits) on each strength. The prior keeps strengths finite where a condition won or "
            "lost every comparison, and draws scores towards 0."
        )
    else:
        yield (
            f"{model} by maximum likelihood with Newton’s method. A scene in which no finite maximum exists "
            f"{cite('ford1957', 'hunter2004')} is left out, and named below."
        )
    yield (
        "The strengths of a scene sum to zero, in logits; a condition’s score for a task is the mean of its strengths "
        "over the scenes that take part."
    )
    yield from _alignment(found)


def _alignment(found: StudyReport) -> Iterator[str]:
    if aligned := [plain(task.title) for task in found.tasks if task.aligned]:
        yield (
            f"{listed(aligned)}: scenes hold different conditions. Each set of conditions that a scene’s votes join "
            "has an offset of its own, and scores and offsets are the least-squares fit to all strengths, each "
            "weighted by the votes on it, which is a two-way additive model with unequal numbers "
            f"{cite('searle1987')}. Only the ranking is reported: intervals and tests over scenes suppose that every "
            "scene holds all conditions."
        )


def _ties(found: StudyReport) -> Iterator[str]:
    own = [task for task in found.tasks if task.nu is not None]
    if own:
        yield (
            f"Ties are answers of their own, in Davidson’s model {cite('davidson1970')} with one parameter for all "
            f"scenes of a task ({'; '.join(f'{plain(task.title)}: ν = {task.nu:.3g}' for task in own)})."
        )
    if any(tally.ties and task.nu is None for tally, task in zip(found.tallies, found.tasks, strict=True)):
        where = " where that model has no finite parameter" if found.options.ties is Ties.DAVIDSON else ""
        yield f"A tie counts as half a win for both{where}."


def _scale(found: StudyReport) -> Iterator[str]:
    """Where the scores stand, and what stands beside them."""
    if found.options.anchor is None:
        yield "Scores of a task sum to zero."
    else:
        yield (
            f"Scores are differences to that of {plain(found.options.anchor)}, which is 0; their intervals are those "
            "of the differences."
        )
    if any(row.jod is not None for task in found.tasks for row in task.rows):
        yield (
            f"Beside the scores stand those on Thurstone’s scale, Case V {cite('thurstone1927')}, in just-objectionable"
            f" differences (JOD) {cite('perezortiz2017')}: one apart, three of four answers name the better condition."
        )
    if any(task.side_bias is not None for task in found.tasks):
        yield (
            f"The preference for a side is one more parameter of the model {cite('davidson1977')}, fitted apart; "
            "scores do not allow for it."
        )


def _intervals(found: StudyReport) -> Iterator[str]:
    """How the intervals are made; a task with few scenes or subjects may have another kind than was asked for."""
    shown = {task.interval: task for task in found.tasks if task.interval}
    for kind, task in shown.items():
        where = "" if len(shown) == 1 else f" ({plain(task.title)})"
        yield (
            f"Intervals around single scores hold {found.options.level * 100:g} % and generalise to "
            f"{_POPULATIONS[kind]}{where}: {_INTERVALS[kind]}. Whether two of them overlap is no test."
        )


def _tests(found: StudyReport) -> Iterator[str]:
    options = found.options
    yield f"Pairs of conditions were compared at level α = {options.alpha:g} by {_TESTS[options.test]}."
    yield f"{_CORRECTIONS[options.correction]}{controls_in_words(options.alpha, options.correction, options.test)}"
    if options.correction is not Correction.NONE and options.test is PairTest.T:
        yield (
            f"Under {ENOUGH_SCENES} scenes, or {ENOUGH_VOTES} votes per pair and scene, the corrections start from a t "
            "whose standard error is at least the one that the votes alone make."
        )
    yield (
        f"Conditions that share a letter cannot be told apart; letters by insert-and-absorb {cite('piepho2004')}. "
        "Brackets join runs of the ranking within which no two conditions can be told apart."
    )


def _judged(wins: FloatArray) -> str:
    """How often each pair of conditions in a scene was judged, where any was."""
    counts = np.triu(wins + np.swapaxes(wins, 1, 2), 1)
    seen = counts[counts > 0]
    if not seen.size:
        return ""
    low, high = float(seen.min()), float(seen.max())
    return f"{low:g}" if low == high else f"{low:g} to {high:g} (median {float(np.median(seen)):g})"
