"""What is wrong with a set of photographs before anything is launched with it, and what to do about each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from app.db import Database
from app.db.models import Photograph, Picture, Split
from app.jobs.photograph_sets import SetView, get
from app.jobs.presets import PRESETS
from app.jobs.split import Known, torn

ALIKE = 24  # of 256 bits: copies that were encoded or scaled anew differ in a few, other pictures in a hundred
SCENE = 256  # px, side of a scene as the form proposes it
FEW = 8  # photographs to learn from: fewer teach a network little but themselves
_NAMED = 5  # photographs that a sentence names
_BOTH = "add others; a launch needs both, and parts of one photograph never lie on both sides"
_SAY = "write it on the set's page, or with `beholder photographs describe`"


class Weight(StrEnum):
    """An error keeps the set from being used; a warning is for the experimenter to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class SetFinding:
    """One thing that is wrong with a set, and what to do about it."""

    severity: Weight
    text: str
    fix: str


@dataclass(frozen=True, slots=True)
class _Photo:
    known: Known
    side: int  # px, the shorter
    encoded: str | None
    likeness: int | None

    @property
    def name(self) -> str:
        return self.known.name

    @property
    def split(self) -> Split:
        assert self.known.split is not None, "a kept photograph has its side"
        return self.known.split


def lint(database: Database, set_name: str) -> list[SetFinding]:
    """Everything wrong with the set, errors first; raises ``UnknownSet``."""
    view, everything = get(database, set_name), _all(database)
    mine = sorted((one for one in everything if one.known.set_name == set_name), key=lambda one: one.name)
    others = [one for one in everything if one.known.set_name != set_name]
    rules = (
        _empty_sides(view), _both_sides(mine, others), _too_small(mine), _alike(mine, others), _no_licence(view),
        _compressed(mine), _elsewhere(mine, others), _few(mine),
    )  # fmt: skip
    found = [finding for rule in rules for finding in rule]
    return sorted(found, key=lambda one: one.severity is not Weight.ERROR)


def _empty_sides(view: SetView) -> Iterator[SetFinding]:
    for word, number in (("to learn from", view.train), ("to judge on", view.test)):
        if not number:
            yield SetFinding(Weight.ERROR, f"There is no photograph {word}.", _BOTH)


def _both_sides(mine: Sequence[_Photo], others: Sequence[_Photo]) -> Iterator[SetFinding]:
    """What older versions let in; now such photographs are refused."""
    names = {one.name for one in mine}
    for sentence in torn([one.known for one in (*mine, *others)]):
        if any(f"{name!r}" in sentence for name in names):
            yield SetFinding(Weight.ERROR, f"{sentence}.", "judge on other photographs, and train again")


def _too_small(mine: Sequence[_Photo]) -> Iterator[SetFinding]:
    sizes = dict[int, list[str]]()
    for preset in PRESETS.values():
        patch = max(size.patch for stages in preset.stages.values() for size in stages)
        sizes.setdefault(patch, []).append(preset.name)
    for patch, presets in sorted(sizes.items()):
        small = [one.name for one in mine if one.split is Split.TRAIN and one.side < patch]
        if small:
            text = (
                f"{_few_of(small)} too small for the {patch} px crops of {' and '.join(presets)}, which refuse the set."
            )
            yield SetFinding(Weight.WARNING, text, "take larger ones, or launch with smaller crops")
    small = [one.name for one in mine if one.split is Split.TEST and one.side < SCENE]
    if small:
        text = f"{_few_of(small)} too small for scenes of {SCENE} px."
        yield SetFinding(Weight.WARNING, text, "judge on larger ones, or choose smaller scenes at the launch")


def _alike(mine: Sequence[_Photo], others: Sequence[_Photo]) -> Iterator[SetFinding]:
    """Scaled, recoloured or compressed anew, a photograph to judge on may have been learned from all the same."""
    pairs = dict[frozenset[str], str]()
    for one in mine:
        for other in (*mine, *others):
            if other.split is one.split or one.likeness is None or other.likeness is None:
                continue
            if (one.likeness ^ other.likeness).bit_count() <= ALIKE and not one.known.related_to(other.known):
                where = "" if other.known.set_name == one.known.set_name else f" (set {other.known.set_name!r})"
                sides = frozenset((f"{one.known.set_name}/{one.name}", f"{other.known.set_name}/{other.name}"))
                pairs.setdefault(sides, f"{one.name!r} and {other.name!r}{where}")
    if pairs:
        listed = "; ".join([*pairs.values()][:_NAMED]) + ("; …" if len(pairs) > _NAMED else "")
        text = f"Nearly the same picture stands on both sides, to learn from and to judge on: {listed}."
        fix = "look at them; where they show the same, make the set anew with both on one side (groups.csv says so)"
        yield SetFinding(Weight.WARNING, text, fix)


def _no_licence(view: SetView) -> Iterator[SetFinding]:
    if not view.licence:
        yield SetFinding(Weight.WARNING, "Nobody has said under which licence it may be used.", _SAY)
    if not view.source:
        yield SetFinding(Weight.WARNING, "Nobody has said where the photographs come from.", _SAY)


def _compressed(mine: Sequence[_Photo]) -> Iterator[SetFinding]:
    lossy = [one.name for one in mine if one.encoded in ("JPEG", "WEBP")]
    if lossy:
        text = (
            f"{_few_of(lossy)} JPEG or WebP: a network takes what compression left in them for the truth, and learns "
            "to restore it, too."
        )
        yield SetFinding(Weight.WARNING, text, "take uncompressed originals, or scale these down by two or more first")


def _elsewhere(mine: Sequence[_Photo], others: Sequence[_Photo]) -> Iterator[SetFinding]:
    by_set = dict[str, list[str]]()
    pixels = {one.known.pixels or one.known.digest: one.known.set_name for one in others}
    for one in mine:
        there = pixels.get(one.known.pixels or one.known.digest)
        if there is not None:
            by_set.setdefault(there, []).append(one.name)
    for there, names in sorted(by_set.items()):
        text = f"{_few_of(names)} in the set {there!r}, too, on the same side."
        yield SetFinding(Weight.WARNING, text, "count such photographs once where results of both sets are compared")


def _few(mine: Sequence[_Photo]) -> Iterator[SetFinding]:
    number = sum(one.split is Split.TRAIN for one in mine)
    if 0 < number < FEW:
        only = "one photograph" if number == 1 else f"{number} photographs"
        text = f"A network that learns from {only} learns these and little of others."
        yield SetFinding(Weight.WARNING, text, "add more, as different from each other as what is judged on")


def _few_of(names: Sequence[str]) -> str:
    """``3 photographs (fell, moor, tarn) are``."""
    listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    return f"{len(names)} photographs ({listed}) are" if len(names) > 1 else f"The photograph {listed!r} is"


def _all(database: Database) -> list[_Photo]:
    query = select(Photograph, Picture).join(Picture, Picture.digest == Photograph.picture_digest)
    with database.read() as db:
        rows = db.execute(query.order_by(Photograph.id)).all()
    return [
        _Photo(
            Known(row.set_name, row.name, row.picture_digest, row.pixels, row.group_name, row.split),
            min(picture.width, picture.height),
            row.encoded,
            None if row.likeness is None else int(row.likeness, 16),
        )
        for row, picture in rows
    ]
