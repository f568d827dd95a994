"""What a study asks of its subjects, and what its rules can do: length, catch rule, anchors, and too few scenes."""

from collections.abc import Iterator, Sequence

from app.analysis.catch_rule import CatchRule
from app.catalog import TASKS
from app.db.models import PairKind
from app.studies.finding import Finding, warning
from app.studies.inventory import DEGRADED, REFERENCE, TaskStock
from app.studies.pace import Pace
from app.studies.pairs import PlannedPair
from app.studies.protocol import Protocol

LONGEST_MINUTES = 30  # of one sitting: ITU-R BT.500
INATTENTIVE = 0.25  # share of wrong answers of somebody who looks at half of the trials
_BASELINES = {own.id for task in TASKS.values() for own in task.baselines}


def effort(
    protocol: Protocol, stock: Sequence[TaskStock], planned: Sequence[PlannedPair], pace: Pace
) -> Iterator[Finding]:
    """Everything that is for the experimenter to weigh about a session's length, its catch rule and its conditions."""
    tests = sum(pair.kind is PairKind.TEST for pair in planned)
    if tests:
        yield from _length(protocol, protocol.comparisons(tests), pace)
    yield from _catch(protocol)
    for task in stock:
        if not _has_anchor(task):
            yield warning(
                f"{task.task} has no anchor: none of its conditions is a baseline, the degraded input or the "
                "reference. Its scores compare with no other study's, and nobody sees how bad or good pictures may be.",
                f"take in a baseline such as input, or the pictures of {DEGRADED}, as a condition",
            )
        if len(set(task.scenes) - set(protocol.practice_scenes)) == 1:
            yield warning(f"{task.task} has one scene, and a test over scenes needs two.", "add scenes")


def catch_rule(protocol: Protocol) -> CatchRule:
    """The protocol's catch rule, with the chance of somebody who clicks at random."""
    chance = 1 / 3 if protocol.allow_tie else 1 / 2
    return CatchRule(protocol.catch_trials, protocol.catch_failures_allowed, chance)


def _length(protocol: Protocol, comparisons: int, pace: Pace) -> Iterator[Finding]:
    minutes = pace.minutes(protocol.planned(comparisons))
    if minutes <= LONGEST_MINUTES or (protocol.sitting_minutes or LONGEST_MINUTES + 1) <= LONGEST_MINUTES:
        return
    fits = next((n for n in range(comparisons, 0, -1) if pace.minutes(protocol.planned(n)) <= LONGEST_MINUTES), 1)
    yield warning(
        f"A session of {protocol.planned(comparisons)} trials takes about {minutes:.0f} minutes at {pace.in_words}; "
        f"BT.500 asks for at most {LONGEST_MINUTES} in one sitting.",
        f"set `trials_per_session` to at most {fits}, or `sitting_minutes` to {LONGEST_MINUTES}",
        "trials_per_session",
    )


def _catch(protocol: Protocol) -> Iterator[Finding]:
    if not protocol.catch_trials:
        yield warning(
            "There are no catch trials, so that no rule excludes anybody: not somebody who clicks at random either.",
            "ten catch trials with one failure allowed keep 1.1 % of those",
            "catch_trials",
        )
        return
    rule = catch_rule(protocol)
    if rule.random_passes > 0.05:
        yield warning(
            f"Somebody who clicks at random is kept with a probability of {_percent(rule.random_passes)}, and somebody "
            f"wrong in a quarter of the trials with {_percent(1 - rule.honest_fails(INATTENTIVE))}.",
            "ten catch trials with one failure allowed keep 1.1 % and 24.4 %",
            "catch_trials",
        )


def _has_anchor(task: TaskStock) -> bool:
    """Whether a condition is a baseline by its name, or shows in every scene what went in or should come out."""
    return any(
        name in _BASELINES or _shows(task, name, DEGRADED) or _shows(task, name, REFERENCE) for name in task.conditions
    )


def _shows(task: TaskStock, condition: str, other: str) -> bool:
    places = [(task.pictures.get((scene, condition)), task.pictures.get((scene, other))) for scene in task.scenes]
    return all(one and two and one.digest == two.digest for one, two in places)


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g} %"
