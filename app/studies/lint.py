"""What stands between a draft and its subjects: everything wrong with a study, in one list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

from app.db.models import PairKind
from app.studies.design_lint import design
from app.studies.effort_lint import effort
from app.studies.finding import Finding, Severity, error, warning
from app.studies.inventory import DEGRADED, REFERENCE, TaskStock
from app.studies.pace import ASSUMED, Pace
from app.studies.pairs import PlannedPair, plan
from app.studies.protocol import Protocol
from app.studies.room_lint import room

_COMPLETE = "bring in what is missing, or leave its scene or its condition out"
_REPLACE = "bring in corrected pictures in place of these, or leave the scene or the condition out"


def findings(
    protocol: Protocol, stock: Sequence[TaskStock], lost: AbstractSet[str], pace: Pace = ASSUMED
) -> list[Finding]:
    """Everything wrong with a study; ``lost`` are the digests that the store does not have. Errors come first."""
    planned = plan(protocol, stock)
    found = [
        *_stimuli(stock, lost), *_scenes(protocol, stock), *_design(protocol, stock, planned),
        *effort(protocol, stock, planned, pace), *room(protocol),
    ]  # fmt: skip
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def _stimuli(stock: Sequence[TaskStock], lost: AbstractSet[str]) -> Iterator[Finding]:
    if not stock:
        yield error(
            "The study has no pictures.",
            "upload a zip of them, ingest a folder, or add the pictures of finished renderings",
        )
    for task in stock:
        if len(task.conditions) < 2:
            names = " and ".join(task.conditions) or "none"
            yield error(f"{task.task} has fewer than two conditions ({names}).", "add a second one to compare with")
        for scene in task.scenes:
            for name in (REFERENCE, *task.conditions):
                if (scene, name) not in task.pictures:
                    yield error(f"{task.task}/{name}/{scene} is missing.", _COMPLETE)
        for shown in task.pictures.values():
            if shown.digest in lost:
                yield error(
                    f"The store has lost {shown.where}.",
                    "put the file back from a backup, or render or ingest it again",
                )


def _scenes(protocol: Protocol, stock: Sequence[TaskStock]) -> Iterator[Finding]:
    for task in stock:
        for scene in task.scenes:
            there = [
                task.pictures[scene, n] for n in (REFERENCE, DEGRADED, *task.conditions) if (scene, n) in task.pictures
            ]
            sizes = Counter((shown.width, shown.height) for shown in there)
            if len(sizes) > 1:
                listed = ", ".join(f"{shown.condition} {shown.width} × {shown.height}" for shown in there)
                yield error(f"{task.task}/{scene} has pictures of different sizes: {listed}.", _REPLACE)
            for a, b in task.pairs(scene):
                if a.digest == b.digest:
                    yield error(f"{a.where} and {b.where} are the same picture.", "leave one of the conditions out")
            known = task.catch_pair(scene)
            if known and known[0].digest == known[1].digest:
                yield error(f"{known[1].where} is the reference itself: nobody can tell them apart.", _REPLACE)
        parts = _connected_parts(task)
        if len(parts) > 1:
            listed = " | ".join(", ".join(part) for part in parts)
            yield error(f"{task.task}: these conditions never meet, so no ranking joins them: {listed}.", _COMPLETE)
    known_scenes = {scene for task in stock for scene in task.scenes}
    for scene in protocol.practice_scenes:
        if scene not in known_scenes:
            yield error(
                f"The practice scene {scene!r} has no pictures.", "correct its name in the protocol", "practice_scenes"
            )


def _design(protocol: Protocol, stock: Sequence[TaskStock], planned: Sequence[PlannedPair]) -> Iterator[Finding]:
    yield from design(protocol, stock, planned)
    kinds = Counter(pair.kind for pair in planned)
    tests, catch, practice = kinds[PairKind.TEST], kinds[PairKind.CATCH], kinds[PairKind.PRACTICE]
    comparisons = protocol.comparisons(tests)
    if not stock:
        return  # what is missing besides, nobody can say yet
    if not tests:
        yield error(
            "There is no pair to compare outside the practice scenes.", "add scenes, or free practice scenes",
            "practice_scenes" if protocol.practice_scenes else None,
        )  # fmt: skip
    if protocol.catch_trials and not catch:
        yield error(
            f"The protocol asks for {protocol.catch_trials} catch trials, but "
            + ("none of the chosen catch pairs exists." if protocol.catch_pairs else "no scene has a degraded input."),
            f"add {DEGRADED}/scene.png beside {REFERENCE}/scene.png, or set `catch_trials` to 0",
            "catch_pairs" if protocol.catch_pairs else "catch_trials",
        )
    elif tests and protocol.room_for_catch(comparisons) < protocol.catch_trials:
        yield error(
            f"{comparisons} comparisons are too few to hide {protocol.catch_trials} catch trials among.",
            f"set `catch_trials` to at most {_most_catch(protocol, comparisons)}, or add scenes",
            "catch_trials",
        )
    elif catch < protocol.catch_trials:
        yield warning(
            f"{protocol.catch_trials} catch trials come from {catch} {_what(protocol, catch)}, "
            "so that a subject sees some twice.",
            "choose more catch pairs, or ask for fewer catch trials"
            if protocol.catch_pairs
            else "add scenes with degraded inputs, or ask for fewer catch trials",
            "catch_trials",
        )
    if practice < protocol.practice_trials:
        yield (warning if practice else error)(
            f"The protocol asks for {protocol.practice_trials} practice trials, but there are pictures for {practice}.",
            "name `practice_scenes`, add degraded inputs, or set `practice_trials` lower",
            "practice_trials",
        )


def _what(protocol: Protocol, count: int) -> str:
    word = "pair" if protocol.catch_pairs else "scene"
    return word if count == 1 else f"{word}s"


def _most_catch(protocol: Protocol, comparisons: int) -> int:
    fits = (n for n in range(protocol.catch_trials, 0, -1) if _fits(protocol, comparisons, n))
    return next(fits, 0)


def _fits(protocol: Protocol, comparisons: int, catch: int) -> bool:
    return protocol.model_copy(update={"catch_trials": catch}).room_for_catch(comparisons) >= catch


def _connected_parts(task: TaskStock) -> list[list[str]]:
    part = {name: {name} for name in task.conditions}
    for scene in task.scenes:
        for a, b in combinations([name for name in task.conditions if (scene, name) in task.pictures], 2):
            joined = part[a] | part[b]
            for name in joined:
                part[name] = joined
    return sorted(sorted(members) for members in {frozenset(members) for members in part.values()})
