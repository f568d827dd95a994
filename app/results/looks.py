"""Where subjects looked when they saw a part of the pictures alone: from the traces in the sessions' logs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from app.analysis.viewed import Views
from app.db import Database
from app.db.models import Event, Pair, Picture, Session, Stimulus, Trial, TrialKind, Vote
from app.results.counting import Selection
from app.results.look_log import Look, looks
from app.results.options import ReportOptions
from app.studies import states

_TRACE = "trace"  # as ``app.sessions.events`` calls such lines
_AT_ONCE = 1000
_LEAST = 0.5  # picture pixels by which a part is smaller than the whole
_a, _b, _reference = aliased(Stimulus), aliased(Stimulus), aliased(Stimulus)


@dataclass(frozen=True, slots=True)
class SceneLooks:
    """How a scene's pictures were looked at in the trials that count.

    A trial is zoomed where its subject chose a view in which a pane showed a part of the picture; ``seconds`` are those
    of such views, and ``views`` their parts of the picture.
    """

    task: str
    scene: str
    digest: str  # of the reference picture
    width: int
    height: int
    conditions: tuple[str, ...]
    trials: int
    zoomed: int
    subjects: int
    seconds: float
    views: Views

    @property
    def sentence(self) -> str:
        """How many zoomed, for how long."""
        if not self.trials:
            return "No trial of this scene counts yet."
        if not self.zoomed:
            return f"Nobody zoomed in: {self.trials} trial{'s' if self.trials > 1 else ''}."
        people = f"{self.subjects} subject{'s' if self.subjects > 1 else ''}"
        return f"{people} zoomed in, in {self.zoomed} of {self.trials} trials and for {self.seconds:.0f} s in all."


@dataclass(frozen=True, slots=True)
class _Scene:
    task: str
    name: str
    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a trial showed, and to whom."""

    scene: _Scene
    subject: int
    conditions: frozenset[str]


@dataclass(slots=True)
class _Found:
    """What is known of a scene so far."""

    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    trials: set[tuple[int, int]] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)


def scene_looks(
    database: Database, study_id: int, options: ReportOptions, *, task: str = "", scene: str = "", condition: str = ""
) -> tuple[SceneLooks, ...]:
    """The looks at every scene, or at one; with ``condition`` in trials alone that showed it."""
    with database.read() as db:
        study = states.find(db, study_id)
        selection = Selection(study.is_demo, options.people, options.include_excluded)
        connection = db.connection()
        shown = dict(_shown(connection, study_id, selection))
        wanted = {
            place: one
            for place, one in shown.items()
            if (not options.scenes or one.scene.name in options.scenes)
            and (not task or one.scene.task == task)
            and (not scene or one.scene.name == scene)
            and (not condition or condition in one.conditions)
        }
        found = defaultdict[_Scene, _Found](_Found)
        for place, look in _looks(connection, study_id):
            if one := wanted.get((place, look.trial)):
                _note(found[one.scene], one, (place, look.trial), look)
    scenes = sorted({one.scene for one in wanted.values()}, key=lambda one: (one.task, one.name))
    return tuple(_told(one, found[one], wanted) for one in scenes)


def _shown(
    connection: Connection, study_id: int, selection: Selection
) -> Iterator[tuple[tuple[int, int], _Shown]]:  # fmt: skip
    """The answered test trials that count, by session and position."""
    scenes = dict[tuple[str, ...], _Scene]()
    rows = connection.execute(
        select(
            Session.id, Trial.position, Session.subject_id, Pair.task, Pair.scene, _a.condition, _b.condition,
            Picture.digest, Picture.width, Picture.height,
        )
        .join(Trial, Trial.session_id == Session.id)
        .join(Vote, Vote.trial_id == Trial.id)
        .join(Pair, Trial.pair_id == Pair.id)
        .join(_a, Pair.a_id == _a.id)
        .join(_b, Pair.b_id == _b.id)
        .join(_reference, Pair.reference_id == _reference.id)
        .join(Picture, Picture.digest == _reference.picture_digest)
        .where(Session.study_id == study_id, Trial.kind == TrialKind.TEST, selection.why_not() == "")
    )  # fmt: skip
    for session, position, subject, task, scene, a, b, digest, width, height in rows:
        key = (task, scene, digest)
        if key not in scenes:
            scenes[key] = _Scene(task, scene, digest, width, height)
        yield (session, position), _Shown(scenes[key], subject, frozenset((a, b)))


def _looks(connection: Connection, study_id: int) -> Iterator[tuple[int, Look]]:
    """The looks of every session, with its number."""
    rows = connection.execute(
        select(Event.session_id, Event.payload)
        .join(Session, Session.id == Event.session_id)
        .where(Session.study_id == study_id, Event.kind == _TRACE)
        .order_by(Event.session_id, Event.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    by_session = defaultdict[int, list[Mapping[str, object]]](list)
    for session, payload in rows:
        if payload is not None:  # erased where its subject withdrew
            by_session[session].extend(payload["events"])
    for session, events in by_session.items():
        for look in looks(events):
            yield session, look


def _note(found: _Found, shown: _Shown, trial: tuple[int, int], look: Look) -> None:
    """Remembers the look, where its subject chose it and it shows a part of the picture."""
    width, height = shown.scene.width, shown.scene.height
    left, right = max(look.cx - look.width / 2, 0.0), min(look.cx + look.width / 2, float(width))
    top, bottom = max(look.cy - look.height / 2, 0.0), min(look.cy + look.height / 2, float(height))
    whole = right - left > width - _LEAST and bottom - top > height - _LEAST
    if look.first or whole or right <= left or bottom <= top:
        return
    found.boxes.append((left, top, right, bottom))
    found.seconds.append(look.seconds)
    found.trials.add(trial)
    found.subjects.add(shown.subject)


def _told(scene: _Scene, found: _Found, shown: Mapping[tuple[int, int], _Shown]) -> SceneLooks:
    mine = [one for one in shown.values() if one.scene is scene]
    views = Views(np.array(found.boxes, dtype=np.float64).reshape(-1, 4), np.array(found.seconds, dtype=np.float64))
    return SceneLooks(
        task=scene.task, scene=scene.name, digest=scene.digest, width=scene.width, height=scene.height,
        conditions=tuple(sorted(frozenset[str]().union(*(one.conditions for one in mine)))), trials=len(mine),
        zoomed=len(found.trials), subjects=len(found.subjects), seconds=float(sum(found.seconds)), views=views,
    )  # fmt: skip
