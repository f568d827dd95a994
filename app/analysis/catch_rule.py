"""What a catch rule can do: how often it keeps somebody who clicks at random, and how often it drops an honest subject.

A session with more than so many wrong answers to its catch trials fails. The published rule, five trials with one
failure allowed, keeps a random clicker in 18.8 % of sessions and drops an honest subject with 2 % lapses in 0.4 %.
"""

from dataclasses import dataclass

from scipy.stats import binom

LAPSES = 0.02  # of an honest subject
HONEST_DROPPED = 0.005  # sessions of honest subjects that a rule made here drops at most
CARELESS, SURPRISING = 0.05, 0.001  # lapses beyond which nobody is honest, and what is too rare to be chance


@dataclass(frozen=True, slots=True)
class CatchRule:
    """So many catch trials in a session, and so many wrong answers that are allowed.

    ``chance`` is how probably somebody who clicks at random is right: a half, a third where "can't tell" is an answer.
    """

    trials: int
    allowed: int
    chance: float = 0.5

    @property
    def random_passes(self) -> float:
        """Probability that a session of random clicks passes."""
        return float(binom.cdf(self.allowed, self.trials, 1 - self.chance))

    def honest_fails(self, lapses: float = LAPSES) -> float:
        """Probability that the session of an honest subject, who is wrong in this share of trials, fails."""
        return float(binom.sf(self.allowed, self.trials, lapses))


def usual_rule(trials: int, chance: float = 0.5) -> CatchRule:
    """The rule for a session whose protocol is not known: it drops at most 1 of 200 honest sessions.

    Five trials allow one failure, as published; 45 allow four. One failure of 45 would drop 23 % of honest sessions.
    """
    return CatchRule(trials, int(binom.ppf(1 - HONEST_DROPPED, trials, LAPSES)), chance)


def too_many_failures(failed: int, seen: int) -> bool:
    """Whether so many of all catch trials of a study were failed that chance does not explain it.

    Subjects who are wrong in one of twenty would fail that many in fewer than one of a thousand studies.
    """
    return float(binom.sf(failed - 1, seen, CARELESS)) < SURPRISING
