"""Whether all conditions of a task can be compared with each other, at least through others, in words."""

from collections.abc import Sequence

from app.analysis.arrays import FloatArray
from app.analysis.connectivity import components
from app.results.sentences import counted, listed

_SHOWN = 3  # scenes, and conditions of an island


def islands_in_words(met: FloatArray, scenes: Sequence[str], conditions: Sequence[str], what: str) -> str:
    """What joins the conditions in each scene, and where it does not; ``what`` names it: votes, or pairs.

    ``met[s, i, j]`` is positive where *i* and *j* meet in scene *s*, whichever way round.
    """
    empty = [scene for scene, there in zip(scenes, met, strict=True) if not there.any()]
    if len(empty) == len(scenes):
        return f"There are no {what} yet."
    parts = {scene: components(there, conditions).islands for scene, there in zip(scenes, met, strict=True)}
    split = {scene: found for scene, found in parts.items() if len(found) > 1 and scene not in empty}
    told = []
    if not split:
        told.append(f"{_upper(what)} join all {counted(len(conditions), 'condition')} in {_scenes(scenes, empty)}.")
    else:
        shown = "; ".join(f"{scene}: {_apart(found)}" for scene, found in list(split.items())[:_SHOWN])
        more = f"; and {counted(len(split) - _SHOWN, 'more scene')}" if len(split) > _SHOWN else ""
        told.append(
            f"In {len(split)} of {counted(len(scenes), 'scene')} {what} do not join all conditions, not even through "
            f"others ({shown}{more})."
        )
    if empty:
        told.append(f"{_upper(counted(len(empty), 'scene'))} {'has' if len(empty) == 1 else 'have'} no {what}.")
    whole = components(met.sum(axis=0), conditions).islands
    if len(whole) > 1:
        told.append(f"Over all scenes together these never meet: {_apart(whole)}.")
    return " ".join(told)


def _scenes(scenes: Sequence[str], empty: Sequence[str]) -> str:
    left = len(scenes) - len(empty)
    if left == 1:
        return "its scene" if not empty else "one scene"
    return f"each of {left} scenes"


def _apart(found: Sequence[Sequence[str]]) -> str:
    """The islands, the smaller ones first: what is cut off stands in front."""
    named = [
        listed(names) if len(names) <= _SHOWN else f"{len(names)} others" for names in sorted(found, key=len)[:_SHOWN]
    ]
    more = f" / {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{' / '.join(named)}{more}"


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
