"""What a reader of a ranking has to know besides: what was left out, what is rough, what looks like a slip."""

from collections.abc import Iterator, Sequence

import numpy as np

from app.analysis.arrays import ROUNDING
from app.analysis.clustered import Spreads
from app.analysis.groups import Groups, ranking
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS, Interval
from app.analysis.scores import TaskScores
from app.analysis.significance import ENOUGH_SCENES, ENOUGH_VOTES, PairedTests, PairTest
from app.results.interval_rows import TaskIntervals
from app.results.judgements import TaskTally, WhyNot
from app.results.options import ReportOptions
from app.results.scoring import votes_per_pair
from app.results.sentences import alignable_in_words, counted, listed, some

_SHOWN = 3

_REASONS = {
    WhyNot.PILOT: "of pilot sessions",
    WhyNot.EXCLUDED: "of excluded sessions",
    WhyNot.FLAGGED: "of subjects proposed for exclusion",
    WhyNot.SIMULATED: "of simulated sessions",
    WhyNot.PERSON: "of people who tried the demonstration",
    WhyNot.REPEAT: "on a pair the subject had judged before",
    WhyNot.WEIGHT: "of weight 0",
    WhyNot.SCENE: "in scenes that were not chosen",
}


def score_notes(scores: TaskScores) -> Iterator[str]:
    """Which conditions and scenes have no part in the scores, and whether the votes are few for the prior."""
    if scores.unseen:
        yield f"Without a score, for want of votes: {some(scores.unseen)}."
    for one in scores.sparse[:_SHOWN]:
        yield f"{one.in_words()}."
    reasons = list(dict.fromkeys(one.reason for one in scores.left_out))
    for reason in reasons[:_SHOWN]:
        named = [one.scene for one in scores.left_out if one.reason == reason]
        yield f"Left out: {'scene' if len(named) == 1 else 'scenes'} {some(named)} ({reason})."
    rest = sum(one.reason in reasons[_SHOWN:] for one in scores.left_out)
    if rest:
        yield f"Left out for other reasons: {counted(rest, 'scene')}; scores_by_scene.csv names all."
    votes = votes_per_pair(scores)
    if scores.fits.prior and votes < 1:
        yield (
            f"There are only {votes:.2g} votes per pair and scene: the prior draws the scores far towards 0, so their "
            "order means more than their size."
        )


def interval_notes(scores: TaskScores, found: TaskIntervals, options: ReportOptions) -> Iterator[str]:
    """Which intervals stand in for those that were asked for, and which scores have none."""
    if found.shown is None:
        yield (
            f"No interval: {_wanting(found.spreads)}. Those that take votes as independent are in intervals.csv, and "
            "can be chosen."
        )
        return
    if found.shown.kind is not options.interval:
        yield (
            f"The intervals speak about {found.shown.generalises_to}, not about "
            f"{options.interval.generalises_to}: {_wanting(found.spreads)}."
        )
    order = ranking(np.round(scores.mean, ROUNDING))
    without = [i for i in order if not found.shown.known[i] and i != scores.anchor]
    by_scene = found.spreads.by_scene if found.shown.kind in (Interval.TWO_WAY, Interval.SCENES) else None
    alike = [i for i in without if by_scene is not None and not by_scene[i, i]]
    if alike:
        names = some([scores.conditions[i] for i in alike])
        yield f"The score is the same in all {len(scores.scenes)} scenes: no interval ({names})."
    if rest := [scores.conditions[i] for i in without if i not in alike]:
        yield f"All subjects judged alike: no interval ({some(rest)})."


def _wanting(found: Spreads) -> str:
    """Which clusters are too few for some kind of interval."""
    parts = []
    if found.scenes < FEWEST_SCENES:
        parts.append(f"intervals for any scenes need {FEWEST_SCENES} scenes, and there {_are(found.scenes, 'scene')}")
    if found.subjects is None:
        parts.append("intervals for any subjects need to know who gave which answer, and no column tells")
    elif found.subjects < FEWEST_SUBJECTS:
        parts.append(
            f"intervals for any subjects need {FEWEST_SUBJECTS} subjects, and there {_are(found.subjects, 'subject')}"
        )
    return "; ".join(parts)


def _are(count: int, word: str) -> str:
    return f"{'is' if count == 1 else 'are'} {counted(count, word)}"


def caution_notes(scores: TaskScores, tests: PairedTests, found: Groups, options: ReportOptions) -> Iterator[str]:
    """What the tests cannot say, and how far they can be trusted."""
    names, scenes = scores.conditions, tests.scenes
    untested = [(i, j) for i, j in zip(*np.nonzero(np.triu(~tests.testable, 1)), strict=True)]
    if untested:
        pairs = [f"{names[i]} – {names[j]}" for i, j in untested]
        yield f"The difference is the same in all {scenes} scenes: not testable ({some(pairs)})."
    votes = votes_per_pair(scores)
    few = [f"{scenes} scenes"] if scenes < ENOUGH_SCENES else []
    few += [counted(round(votes, 1), "vote") + " per pair and scene"] if votes < ENOUGH_VOTES else []
    if few and tests.testable.any():
        yield (
            f"With only {listed(few)} tests are rough: uncorrected ones can tell equal conditions apart more often "
            "than α says. Corrected t-tests therefore take no standard error to be smaller than the votes alone make "
            "it."
        )
    if options.test is PairTest.TWO_WAY and PairTest.TWO_WAY not in tests.others:
        yield "Letters follow the t-test: tests for any subjects need to know who gave which answer, of three or more."
    if options.test is PairTest.WILCOXON and 2.0 ** (1 - scenes) >= options.alpha:
        yield f"Wilcoxon’s test cannot reach α = {options.alpha:g} with {scenes} scenes: it tells nothing apart."
    if not found.agree:
        yield "The brackets join only neighbours in the ranking and say less than the letters, which are exact."


def untested_note() -> str:
    """Why there are no tests."""
    return f"Tests over scenes need {FEWEST_SCENES} scenes and are left out."


def adaptive_note() -> str:
    """What the votes of an adaptive study cannot say, and what that sampling costs."""
    return (
        "Adaptive sampling: the votes themselves decided which pairs were asked, so this is a ranking alone. Letters, "
        "paired t-tests and intervals over scenes suppose a balanced design and are left out; the scores are biased, "
        "and on real votes they were further from those of a full design than balanced ones."
    )


def apart_note(scores: TaskScores) -> str:
    """Why scores of conditions that nothing joins are no comparison."""
    told = scores.apart.in_words().removesuffix(".") if scores.apart else ""
    return (
        f"{told}: where nothing joins two conditions only the prior places them side by side. Tests and intervals are "
        f"left out.{f' {alignable_in_words()}' if scores.alignable else ''}"
    )


def aligned_note() -> str:
    """What aligned scores rest on, and why there are no tests of them."""
    return (
        "Scenes that do not join all conditions are aligned: each set of conditions that a scene compares has an "
        "offset of its own, and scores and offsets are those that fit all strengths best, weighted by votes. That "
        "supposes that scenes lack conditions by chance or by design, and not for how well they did. Tests and "
        "intervals over scenes suppose that every scene holds all conditions and are left out."
    )


def count_notes(tally: TaskTally, *, half_wins: bool = True) -> Iterator[str]:
    """Which scenes and votes are not counted, which are although one might doubt it, and names that look like one.

    ``half_wins`` says whether ties are; otherwise the notes on the model tell what they are.
    """
    aside = len(tally.offered) - len(tally.scenes)
    if aside > 0 and tally.scenes:
        yield (
            f"Only {'the scene' if len(tally.scenes) == 1 else 'the scenes'} {listed(tally.scenes)} "
            f"{'takes' if len(tally.scenes) == 1 else 'take'} part, by choice; {counted(aside, 'scene')} "
            f"{'does' if aside == 1 else 'do'} not."
        )
    parts = [f"{count} {_REASONS[WhyNot(reason)]}" for reason, count in tally.left_out.items()]
    if parts:
        yield f"Votes not counted: {listed(parts)}."
    if tally.excluded_counted:
        yield "Votes of excluded sessions are counted."
    if tally.ties:
        were = "1 answer was a tie" if tally.ties == 1 else f"{tally.ties:g} answers were ties"
        count = f" and {'counts' if tally.ties == 1 else 'count'} as half a win for both"
        yield f"{were}{count if half_wins else ''}."
    if tally.late:
        they = "it counts" if tally.late == 1 else "they count"
        yield f"{counted(tally.late, 'vote')} arrived after the study was paused or closed; {they}."
    yield from case_notes("condition", tally.conditions)
    yield from case_notes("scene", tally.scenes)


def case_notes(what: str, names: Sequence[str]) -> Iterator[str]:
    """Names that are the same but for their capitals, which are probably one thing spelt in two ways."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.casefold(), []).append(name)
    twins = [listed(group) for group in alike.values() if len(group) > 1]
    if twins:
        yield f"Names of {what}s that differ only in capitals are counted apart: {some(twins, '; ')}."
