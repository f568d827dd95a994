"""Which pairs a study's catch trials show, and which they could: pairs of which one picture is plainly better."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, pstdev
from typing import Any

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.errors import BadInput
from app.studies import inventory, measured
from app.studies.changes import require_unchanged, rewrite
from app.studies.fields import CatchPair
from app.studies.inventory import DEGRADED, REFERENCE, TaskStock
from app.studies.measured import Held
from app.studies.pairs import PlannedPair, chosen
from app.studies.protocol import Protocol, read
from app.studies.states import draft, find, protocol_of

RULE = ("catch_trials", "catch_failures_allowed")  # the settings that say how many, and how many may fail
_Values = Mapping[str, Mapping[tuple[str, str], float]]  # by measure and form: by scene and condition, higher is better


class NoCatchPair(BadInput):
    """Catch trials need pairs to show."""

    def __init__(self) -> None:
        super().__init__("No catch pair is ticked, and there are catch trials", "tick one, or set catch trials to 0")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair that catch trials could show."""

    pair: CatchPair
    pictures: PlannedPair | None  # None where one of them is missing
    apart: float | None = None  # mean distance in standard deviations within a scene; None where no measure was asked
    measures: int = 0  # that agree about which one is better


@dataclass(frozen=True, slots=True)
class Offered:
    """Pairs to choose among, by what proposes them; none stands in two of these lists."""

    usual: Sequence[Proposal]  # references against degraded inputs
    widest: Sequence[Proposal]  # conditions that measures put farthest apart
    own: Sequence[Proposal]  # others that the protocol has


def usual(protocol: Protocol, stock: Sequence[TaskStock]) -> list[Proposal]:
    """References against degraded inputs, scene by scene: what is shown where the protocol chooses no pairs."""
    found = (
        CatchPair(task=task.task, scene=scene, better=REFERENCE, worse=DEGRADED)
        for task in stock
        for scene in task.scenes
        if scene not in protocol.practice_scenes and task.catch_pair(scene)
    )
    return [Proposal(pair, chosen(pair, stock)) for pair in found]


def widest(protocol: Protocol, stock: Sequence[TaskStock], held: Sequence[Held]) -> list[Proposal]:
    """For each scene the two conditions farthest apart of those on whose order all measures agree; the farthest first.

    A distance is a measure's difference in standard deviations of its values within the scenes of the task, and the
    mean over measures. Scenes kept for practice and measures that tell nothing apart are left out.
    """
    found = list[Proposal]()
    for task in stock:
        values = _values(task, held)
        spread = {name: _spread(of) for name, of in values.items()}
        told = {name: of for name, of in values.items() if spread[name] > 0}
        for scene in task.scenes:
            if scene not in protocol.practice_scenes:
                apart = sorted(_apart(task, scene, told, spread), key=lambda one: (-(one.apart or 0), str(one.pair)))
                found += [Proposal(one.pair, chosen(one.pair, stock), one.apart, one.measures) for one in apart[:1]]
    return sorted(found, key=lambda one: (-(one.apart or 0), str(one.pair)))


def in_force(protocol: Protocol, stock: Sequence[TaskStock]) -> list[Proposal]:
    """What the catch trials show as the protocol stands."""
    if not protocol.catch_pairs:
        return usual(protocol, stock)
    return [Proposal(pair, chosen(pair, stock)) for pair in protocol.catch_pairs]


def offered(protocol: Protocol, stock: Sequence[TaskStock], held: Sequence[Held]) -> Offered:
    """All pairs that catch trials could show, those among them that the protocol has chosen besides the proposals."""
    plain, apart = usual(protocol, stock), widest(protocol, stock, held)
    known = {one.pair for one in (*plain, *apart)}
    return Offered(plain, apart, [one for one in in_force(protocol, stock) if one.pair not in known])


def in_lines(database: Database, study_id: int) -> list[str]:
    """The same of the study of that number, a line each as its protocol takes them, a star before those it shows."""
    with database.read() as db:
        protocol, stock = protocol_of(find(db, study_id)), inventory.load(db, study_id)
    found, shown = offered(protocol, stock, measured.held(database, study_id)), in_force(protocol, stock)
    pairs = {one.pair for one in shown}
    every = [*found.usual, *found.widest, *found.own]
    return [
        f"{'*' if one.pair in pairs else ' '} {one.pair}"
        + ("" if one.pictures else "  (a picture is missing)")
        + ("" if one.apart is None else f"  ({one.apart:.1f} apart by {one.measures} of the measures)")
        for one in every
    ] or ["No pair to propose yet: references and degraded inputs make them."]


def choose(
    database: Database,
    study_id: int,
    pairs: Sequence[str | Mapping[str, str]],
    numbers: Mapping[str, Any],
    *,
    revision: int | None = None,
    by: Actor = AT_THE_MACHINE,
) -> None:
    """The draft's catch trials show these pairs, written as the protocol takes them; other settings stay.

    Where they are just the pairs that are shown without any of its own, the protocol names none. ``numbers`` holds the
    settings of the rule, as far as they are to change.

    Raises
    ------
    NoCatchPair, BadProtocol
        There are catch trials and no pairs for them; a setting does not fit.
    DraftChanged, StudyNotDraft
    """
    with database.write() as db:
        study = draft(db, study_id)
        require_unchanged(db, study, revision)
        own = {name: numbers[name] for name in RULE if name in numbers}
        wanted = read(protocol_of(study).model_dump() | own | {"catch_pairs": tuple(pairs)})
        chosen_ones = settled(wanted, inventory.load(db, study_id))
        rewrite(db, study, None, read(wanted.model_dump() | {"catch_pairs": chosen_ones}), by)


def settled(wanted: Protocol, stock: Sequence[TaskStock]) -> tuple[CatchPair, ...]:
    """The pairs as the protocol should have them: none where they are just those that it shows without any.

    Raises ``NoCatchPair`` where none is chosen although there are some, and the protocol has catch trials.
    """
    shown = {one.pair for one in usual(wanted, stock)}
    if shown and not wanted.catch_pairs and wanted.catch_trials:
        raise NoCatchPair
    return () if {*wanted.catch_pairs} == shown else wanted.catch_pairs


def _values(task: TaskStock, held: Sequence[Held]) -> _Values:
    found = defaultdict[str, dict[tuple[str, str], float]](dict)
    for one in held:
        if one.task == task.task and one.condition in task.conditions:
            sign = 1 if one.higher_is_better else -1
            found[f"{one.measure} {one.form}"][one.scene, one.condition] = sign * one.value
    return found


def _spread(of: Mapping[tuple[str, str], float]) -> float:
    """The standard deviation within scenes: how much easier one scene is than another does not count."""
    scenes = defaultdict[str, list[float]](list)
    for (scene, _), value in of.items():
        scenes[scene].append(value)
    return pstdev([value - fmean(values) for values in scenes.values() for value in values]) if of else 0.0


def _apart(task: TaskStock, scene: str, told: _Values, spread: Mapping[str, float]) -> Iterator[Proposal]:
    for one, other in combinations(task.conditions, 2):
        gaps = [
            (of[scene, one] - of[scene, other]) / spread[name]
            for name, of in told.items()
            if (scene, one) in of and (scene, other) in of
        ]
        if gaps and (min(gaps) > 0 or max(gaps) < 0):
            better, worse = (one, other) if gaps[0] > 0 else (other, one)
            pair = CatchPair(task=task.task, scene=scene, better=better, worse=worse)
            yield Proposal(pair, None, abs(fmean(gaps)), len(gaps))
