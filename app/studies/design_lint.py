"""What is wrong with a study's catch pairs, repeats, dummies and practice, as its protocol sets them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from app.db.models import PairKind
from app.studies.fields import CatchPair
from app.studies.finding import Finding, error, warning
from app.studies.inventory import DEGRADED, REFERENCE, TaskStock
from app.studies.pairs import PlannedPair, chosen
from app.studies.protocol import REPEAT_DISTANCE, Protocol


def design(protocol: Protocol, stock: Sequence[TaskStock], planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    """Everything wrong with what a session is made of besides its comparisons."""
    yield from _catch(protocol, stock, planned)
    if protocol.is_adaptive:
        yield from _adaptive(protocol, planned)
    if stock:
        yield from _dummies(protocol, planned)
        yield from _repeats(protocol, planned)
        yield from _practice(protocol, planned)


def _catch(protocol: Protocol, stock: Sequence[TaskStock], planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    """The chosen catch pairs; without any, the references against degraded inputs are looked at elsewhere."""
    for pair in protocol.catch_pairs:
        found = chosen(pair, stock)
        if found is None:
            yield error(
                f"The catch pair {pair} does not exist: {_missing(pair, stock)}.",
                "correct its names in the protocol, or add the picture",
                "catch_pairs",
            )
        elif found.a.digest == found.b.digest:
            yield error(
                f"The catch pair {pair} shows the same picture twice.", "choose two that differ plainly", "catch_pairs"
            )
        if pair.scene in protocol.practice_scenes:
            yield error(
                f"The catch pair {pair} is of a scene that is kept for practice.",
                "choose another scene for it, or free this one",
                "catch_pairs",
            )
    for one, other in combinations(protocol.catch_pairs, 2):
        if (one.task, one.scene, one.better, one.worse) == (other.task, other.scene, other.worse, other.better):
            yield error(
                f"The catch pairs {one} and {other} contradict each other.", "keep the one that is right", "catch_pairs"
            )
    if protocol.catch_pairs and not protocol.catch_trials:
        yield warning(
            "Catch pairs are chosen, but there are no catch trials.",
            "set `catch_trials`, or leave them out",
            "catch_trials",
        )
    yield from _unranked(protocol, stock, planned)


def _unranked(protocol: Protocol, stock: Sequence[TaskStock], planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    own = {REFERENCE, DEGRADED}
    taken = [pair for pair in protocol.catch_pairs if not own & {pair.better, pair.worse} and chosen(pair, stock)]
    if not taken:
        return
    yield warning(
        f"{len(taken)} of the catch pairs would be test pairs otherwise; they are shown as catch trials alone, "
        "and no ranking counts them.",
        f"choose pairs with {REFERENCE} or {DEGRADED} in them, whose scenes then lose no comparison",
        "catch_pairs",
    )
    shown = {(pair.a.task, pair.a.scene) for pair in planned if pair.kind is PairKind.TEST}
    for task, scene in sorted({(pair.task, pair.scene) for pair in taken} - shown):
        yield error(
            f"All pairs of {task}/{scene} are catch pairs, so that nothing of it is compared.",
            "choose fewer catch pairs in this scene",
            "catch_pairs",
        )


def _missing(pair: CatchPair, stock: Sequence[TaskStock]) -> str:
    task = next((task for task in stock if task.task == pair.task), None)
    if task is None:
        return f"there is no task {pair.task!r}"
    if pair.scene not in task.scenes:
        return f"{pair.task} has no scene {pair.scene!r}"
    gone = [name for name in (REFERENCE, pair.better, pair.worse) if (pair.scene, name) not in task.pictures]
    return f"{pair.task}/{pair.scene} has no {' and no '.join(gone)}"


def _adaptive(protocol: Protocol, planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    yield warning(
        "Sampling is adaptive: the results are a ranking alone, without letters, tests and intervals over scenes. It "
        "saves 0–30 % of votes for rank where answers follow the model, 0–19 % replayed on real votes, and its scores "
        "are biased.",
        "set `sampling` to balanced for scores and tests",
        "sampling",
    )
    tests = sum(pair.kind is PairKind.TEST for pair in planned)
    if tests and protocol.comparisons(tests) == tests:
        yield warning(
            f"Every session holds all {tests} pairs, so that adaptive sampling changes their order and saves nothing.",
            "set `trials_per_session` lower, or `sampling` to balanced",
            "sampling",
        )
    if protocol.adaptive_floor >= protocol.judgements_per_pair:
        yield warning(
            f"Every pair gets {protocol.adaptive_floor} judgements before sampling adapts, and "
            f"{protocol.judgements_per_pair} are wanted on the average: hardly anything is left to adapt.",
            "set `adaptive_floor` lower, or `judgements_per_pair` higher",
            "adaptive_floor",
        )


def _dummies(protocol: Protocol, planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    kinds = Counter(pair.kind for pair in planned)
    blocks = len(protocol.block_sizes(protocol.comparisons(kinds[PairKind.TEST])))
    if protocol.dummy_trials and blocks > 1 and not (kinds[PairKind.PRACTICE] or kinds[PairKind.CATCH]):
        yield error(
            "The protocol asks for dummy trials after breaks, but there are no pairs of practice or catch trials that "
            "they could show.",
            "add degraded inputs, name `practice_scenes`, or set `dummy_trials` to 0",
            "dummy_trials",
        )


def _repeats(protocol: Protocol, planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    if not protocol.repeat_percent:
        return
    comparisons = protocol.comparisons(sum(pair.kind is PairKind.TEST for pair in planned))
    repeats, sizes = protocol.repeats(comparisons), protocol.block_sizes(comparisons)
    before = sizes[0] - protocol.catch_trials if len(sizes) > 1 else max(repeats, comparisons // 2)
    if not repeats:
        yield warning(
            f"{protocol.repeat_percent:g} % of {comparisons} comparisons are no repeat at all.",
            "set `repeat_percent` higher, or to 0",
            "repeat_percent",
        )
    elif before - REPEAT_DISTANCE < repeats / max(1, len(sizes) - 1):
        yield warning(
            f"{comparisons} comparisons are too few to keep every repeat {REPEAT_DISTANCE} trials away from the first "
            "showing of its pair.",
            "add scenes, or set `repeat_percent` lower",
            "repeat_percent",
        )


def _practice(protocol: Protocol, planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    wanted = protocol.practice_pass
    known = sum(pair.kind is PairKind.PRACTICE and pair.a.condition == REFERENCE for pair in planned)
    if wanted > protocol.practice_trials:
        yield error(
            f"Practice of {protocol.practice_trials} trials cannot bring {wanted} right answers.",
            "set `practice_pass` lower, or `practice_trials` higher",
            "practice_pass",
        )
    elif wanted > known:
        yield error(
            f"Practice should bring {wanted} right answers, but the right answer is known of {known} practice pairs.",
            f"add {DEGRADED}/scene.png beside {REFERENCE}/scene.png, or set `practice_pass` to at most {known}",
            "practice_pass",
        )
