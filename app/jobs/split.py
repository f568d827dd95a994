"""Which photographs are for testing: never one that, whole or in tiles, anybody learns from in any set."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.db.models import Split
from app.jobs.contract import digest_of

_TILE = re.compile(r"(.+?)_(?:\d{1,5}_\d{1,5}|s\d{1,5})")  # lake_0_384, lake_s012; not IMG_20201130_105753

_CURE = ": put both on one side, leave one out, or say in groups.csv what belongs together"


@dataclass(frozen=True, slots=True)
class Known:
    """A photograph that is to be split, or has been: what tells that it is the same as another, or a part of it."""

    set_name: str
    name: str
    digest: str  # of the picture in the store
    pixels: str | None  # of its pixels; unknown where it was taken in by an older version
    group: str | None  # as it was said; None: by the name
    split: Split | None = None  # None: to be decided

    @property
    def kin(self) -> str:
        """What all parts of one photograph share: the group that was said, otherwise the name without a tile's end."""
        return self.group or group_of(self.name)

    def same_as(self, other: "Known") -> bool:
        """Whether both have the same pixels, whatever their names and files."""
        return self.digest == other.digest or (self.pixels is not None and self.pixels == other.pixels)

    def related_to(self, other: "Known") -> bool:
        """Whether both show the same, or are parts of one photograph.

        In different sets equal names alone prove nothing, but equal names of tiles, or of a group, do.
        """
        told = self.set_name == other.set_name or self.kin != self.name or other.kin != other.name
        return self.same_as(other) or (told and self.kin == other.kin)


def group_of(name: str) -> str:
    """The photograph that a tile was cut from by its name: ``lake_0_384`` and ``lake_s012`` are of ``lake``."""
    tile = _TILE.fullmatch(name)
    return tile[1] if tile else name


def sides(
    new: Sequence[Known], known: Iterable[Known], *, test: Collection[str] | None, share: float
) -> tuple[dict[str, Split], list[str]]:
    """The side of each new photograph by name, and what keeps them from being split.

    ``test`` names those for testing. Without it a photograph goes where its kin are already, and of the others a share
    is taken whole group by whole group, in an order that only their content decides: the same on every machine.
    """
    index, groups, bound = _Index(known), defaultdict[str, list[Known]](list), defaultdict[str, _Bound](dict)
    for one in new:
        groups[one.kin].append(one)
        for other in index.related_to(one):
            if other.split is not None:
                bound[one.kin].setdefault(other.split, (one, other))
    if test is not None:
        chosen = {one.name: Split.TEST if one.name in test else Split.TRAIN for one in new}
    else:
        chosen = _chosen(groups, bound, share)
    return chosen, _contradictions(groups, bound, chosen)


def torn(photographs: Sequence[Known]) -> list[str]:
    """A sentence for each photograph that is judged on although it, or a part of it, is learned from in some set."""
    index = _Index(one for one in photographs if one.split is Split.TRAIN)
    found = ((one, next(index.related_to(one), None)) for one in photographs if one.split is Split.TEST)
    return [_clash(one, other, Split.TEST) for one, other in found if other is not None]


_Bound = dict[Split, tuple[Known, Known]]  # by the side that a relative is on: who is bound by it, and by whom


class _Index:
    """Finds a photograph's relatives without asking all others."""

    def __init__(self, photographs: Iterable[Known]) -> None:
        self._by = defaultdict[str | None, list[Known]](list)
        for one in photographs:
            for key in {one.digest, one.pixels, one.kin} - {None}:
                self._by[key].append(one)

    def related_to(self, one: Known) -> Iterator[Known]:
        """Its relatives, some of them twice."""
        for key in (one.digest, one.pixels, one.kin):
            yield from (other for other in self._by.get(key, ()) if one.related_to(other))


def _chosen(groups: Mapping[str, list[Known]], bound: Mapping[str, _Bound], share: float) -> dict[str, Split]:
    chosen = {one.name: next(iter(bound[kin])) for kin in bound for one in groups[kin]}
    free = [members for kin, members in groups.items() if kin not in bound]
    count = sum(map(len, free))
    wanted, taken = min(max(1, round(share * count)), count - 1), 0
    for members in sorted(free, key=lambda members: min(digest_of(["split", one.digest]) for one in members)):
        fits = taken < wanted and taken + len(members) < count  # never all
        taken += len(members) if fits else 0
        chosen |= {one.name: Split.TEST if fits else Split.TRAIN for one in members}
    return chosen


def _contradictions(
    groups: Mapping[str, list[Known]], bound: Mapping[str, _Bound], chosen: Mapping[str, Split]
) -> list[str]:
    problems = []
    for kin, members in groups.items():
        by_side = {chosen[one.name]: one for one in reversed(members)}
        if len(by_side) > 1:
            problems.append(_clash(by_side[Split.TEST], by_side[Split.TRAIN], Split.TEST) + _CURE)
        for side, (one, other) in bound.get(kin, {}).items():
            if chosen[one.name] is not side:
                problems.append(_clash(one, other, chosen[one.name]) + _CURE)
    return problems


def _clash(one: Known, other: Known, side: Split) -> str:
    where = "" if one.set_name == other.set_name else f" in the set {other.set_name!r}"
    why = "they are the same picture" if one.same_as(other) else f"both are parts of {one.kin!r}"
    mine, theirs = ("testing", "training") if side is Split.TEST else ("training", "testing")
    return f"{one.name!r} is for {mine} and {other.name!r}{where} is for {theirs}, but {why}"
