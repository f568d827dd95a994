"""What is flagged about a subject, by which rule, and whom that makes a proposal to exclude."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.analysis import answer_times, likelihood_outliers, subject_slopes
from app.analysis.catch_rule import CatchRule, usual_rule
from app.analysis.chance import POWER, SIDE_LEVEL, SIDE_WORTH_FINDING
from app.results.sentences import listed, percent


class Flag(StrEnum):
    """Something about a subject that a reader should look at; each but the first two looks at something else."""

    SLOPE = "slope"
    LIKELIHOOD = "likelihood"
    CATCH = "catch"
    SIDE = "side"
    REPEATS = "repeats"
    TIMES = "times"


# What each says in two or three words, in a table's cell.
WORDS = {
    Flag.SLOPE: "follows others too little",
    Flag.LIKELIHOOD: "unlikely answers",
    Flag.CATCH: "failed catch trials",
    Flag.SIDE: "prefers a side",
    Flag.REPEATS: "contradicts their own answers",
    Flag.TIMES: "too fast",
}
_ALONE = (Flag.SLOPE, Flag.CATCH)  # each is enough: honest subjects are flagged by it in under 1 % of cases
_SAME = (Flag.SLOPE, Flag.LIKELIHOOD)  # both hold a subject against the others, so together they count once
WHY_NEVER_BY_ITSELF = (
    "Nobody is excluded by this page. Flags look at different things, and each is wrong now and then: somebody is "
    "proposed whose slope or catch trials are flagged, or who has two flags that look at different things. An "
    "exclusion is a decision with a reason, made on the monitor, and can be taken back."
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A flag's rule in words, with its threshold, and how many it flags."""

    flag: Flag
    words: str
    rule: str
    flagged: int


def proposal(flags: Collection[Flag]) -> str:
    """Why somebody with these flags is proposed for exclusion; empty where they are not."""
    alone = [flag for flag in _ALONE if flag in flags]
    if alone:
        return listed([WORDS[flag] for flag in alone])
    kinds = {Flag.SLOPE if flag in _SAME else flag for flag in flags}
    return listed([WORDS[flag] for flag in Flag if flag in flags]) if len(kinds) > 1 else ""


def rules(
    median: float | None, repeats_below: float | None, catch: CatchRule | None, flagged: dict[Flag, int]
) -> tuple[Rule, ...]:
    """Every rule in words; ``catch`` is None where a file's sessions are judged by the usual one."""
    told = {
        Flag.SLOPE: _slope(median),
        Flag.LIKELIHOOD: (
            "mean log-likelihood per answer, under everybody else’s scores, more than "
            f"{likelihood_outliers.THRESHOLD:g} interquartile ranges below the first quartile of all subjects"
        ),
        Flag.CATCH: catch_in_words(catch),
        Flag.SIDE: (
            f"exact binomial test of left against right at {percent(SIDE_LEVEL)}; “no” is only said of as many "
            f"answers as find a share of {percent(SIDE_WORTH_FINDING)} with a probability of {percent(POWER)}"
        ),
        Flag.REPEATS: _repeats(repeats_below),
        Flag.TIMES: (
            f"more than {percent(answer_times.FAST_SHARE)} of answers within {answer_times.FAST_MS} ms of seeing all "
            "three pictures"
        ),
    }
    return tuple(Rule(flag, WORDS[flag], told[flag], flagged.get(flag, 0)) for flag in Flag)


def _slope(median: float | None) -> str:
    share = f"{percent(subject_slopes.HALF)}"
    if median is None:
        return f"too few subjects for slopes: there must be {subject_slopes.FEWEST_SUBJECTS}"
    if median <= 0:
        return "nobody, because the median subject does not follow the others either"
    return (
        f"upper end of the slope’s {percent(subject_slopes.CONFIDENCE)} interval below {share} of the median slope "
        f"({median * subject_slopes.HALF:.2f} of {median:.2f})"
    )


def catch_in_words(rule: CatchRule | None) -> str:
    """The catch rule and what it can do."""
    if rule is None:
        five = usual_rule(5)
        return (
            "more wrong answers in a session than an honest subject with 2 % lapses gives in 1 of 200 sessions "
            f"({five.allowed} of 5 catch trials are allowed; a random clicker passes that with a probability of "
            f"{percent(five.random_passes, 1)})"
        )
    if not rule.trials:
        return "nobody: the study has no catch trials"
    return (
        f"more than {rule.allowed} of {rule.trials} catch trials wrong in one session: a random clicker passes with a "
        f"probability of {percent(rule.random_passes, 1)}, an honest subject with 2 % lapses fails in "
        f"{percent(rule.honest_fails(), 2)} of sessions"
    )


def _repeats(below: float | None) -> str:
    if below is None:
        return "nobody: too few subjects have repeats, or the median subject agrees with themselves by chance alone"
    return (
        f"upper end of the exact 95 % interval of repeats agreed with below {percent(below)}, half-way from chance to "
        "the median subject"
    )
