"""A study built row by row, so that each test decides who saw what and said what."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
from sqlalchemy.orm import Session as DbSession

from app.db import Database
from app.db.models import (
    Exclusion,
    ExclusionAction,
    Pair,
    PairKind,
    Picture,
    Session,
    Side,
    Stimulus,
    StimulusRole,
    Study,
    StudyState,
    Subject,
    Trial,
    TrialKind,
    Vote,
)

_SHOWS = {TrialKind.REPEAT: PairKind.TEST}
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@dataclass
class BuiltStudy:
    """A study in the database, and short ways to add what subjects do."""

    database: Database
    id: int
    pairs: dict[tuple[PairKind, str, str, str, str], int]  # kind, task, scene, condition a, condition b
    _subjects: dict[str, int] = field(default_factory=dict)
    _moments: int = 0
    _open: DbSession | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added in the block is one transaction, which is much faster than many."""
        with self.database.write() as self._open:
            yield
        self._open = None

    @contextmanager
    def _write(self) -> Iterator[DbSession]:
        if self._open is not None:
            yield self._open
        else:
            with self.database.write() as db:
                yield db

    def session(self, label: str, *, simulated: bool = False, pilot: bool = False) -> int:
        """A session of the subject with that label."""
        with self._write() as db:
            if label not in self._subjects:
                subject = Subject(study_id=self.id, label=label, simulated=simulated, created_at=START)
                db.add(subject)
                db.flush()
                self._subjects[label] = subject.id
            session = Session(
                token=f"session-{self.id}-{self._tick()}", study_id=self.id, subject_id=self._subjects[label],
                simulated=simulated, pilot=pilot, seed=1, planned=1, comparisons=1,
                sitting_began_at=START, outcome=None, locale="en", started_at=START,
                last_seen_at=START, event_count=0, event_head="",
            )  # fmt: skip
            db.add(session)
            db.flush()
            return session.id

    def vote(
        self,
        session: int,
        scene: str,
        winner: str,
        loser: str,
        *,
        task: str = "denoise",
        kind: TrialKind = TrialKind.TEST,
        tie: bool = False,
        winner_left: bool = True,
        late: bool = False,
        elapsed_ms: int = 2310,
    ) -> None:
        """A trial of that session and the answer to it."""
        a, b = (winner, loser) if kind is TrialKind.CATCH else sorted((winner, loser))
        if kind is TrialKind.CATCH:
            a, b = "reference", "degraded"
        moment = self._tick()
        side = Side.TIE if tie else Side.LEFT if winner_left else Side.RIGHT
        with self._write() as db:
            trial = Trial(
                token=f"trial-{self.id}-{moment}", session_id=session, block=1, position=moment, kind=kind,
                pair_id=self.pairs[_SHOWS.get(kind) or PairKind(kind.value), task, scene, a, b],
                a_on_left=winner_left == (winner == a), issued_at=START + timedelta(seconds=moment),
            )  # fmt: skip
            db.add(trial)
            db.flush()
            db.add(
                Vote(
                    trial_id=trial.id, side=side, elapsed_ms=elapsed_ms, late=late, digest="",
                    received_at=START + timedelta(seconds=moment + 2),
                )
            )  # fmt: skip

    def decide(self, session: int, action: ExclusionAction) -> None:
        """An exclusion of the session, or its readmission."""
        with self._write() as db:
            db.add(
                Exclusion(
                    session_id=session, action=action, rule="manual", reason="tried out", decided_by="ada",
                    decided_at=START,
                )
            )  # fmt: skip

    def _tick(self) -> int:
        self._moments += 1
        return self._moments


@pytest.fixture
def build(database: Database) -> Callable[..., BuiltStudy]:
    """Makes a study of tasks, scenes and conditions with all their test, practice and catch pairs."""

    def build(
        *,
        tasks: Sequence[str] = ("denoise",),
        scenes: Sequence[str] = ("beach", "harbour", "street"),
        conditions: Sequence[str] = ("gmsd", "mae", "ms_ssim"),
        is_demo: bool = False,
    ) -> BuiltStudy:
        built = BuiltStudy(database, 0, {})
        with database.write() as db:
            study = Study(
                title="Which looks better?", state=StudyState.OPEN, is_demo=is_demo, protocol={}, seed=1,
                created_at=START,
            )  # fmt: skip
            db.add(study)
            db.merge(Picture(digest="0" * 64, width=8, height=8, size=1))
            db.flush()
            built.id = study.id
            for task, scene in product(tasks, scenes):
                _add_scene(db, built, task, scene, conditions)
        return built

    return build


def _add_scene(db: DbSession, study: BuiltStudy, task: str, scene: str, conditions: Sequence[str]) -> None:
    shown = {}
    for name in ("reference", "degraded", *conditions):
        role = StimulusRole(name) if name in ("reference", "degraded") else StimulusRole.CONDITION
        shown[name] = Stimulus(
            study_id=study.id, task=task, scene=scene, condition=name, role=role, picture_digest="0" * 64
        )  # fmt: skip
    db.add_all(shown.values())
    db.flush()
    kinds = (PairKind.TEST, PairKind.PRACTICE)
    wanted = [(kind, *two) for two in combinations(sorted(conditions), 2) for kind in kinds]
    for kind, a, b in [*wanted, (PairKind.CATCH, "reference", "degraded")]:
        pair = Pair(
            study_id=study.id, kind=kind, task=task, scene=scene,
            reference_id=shown["reference"].id, a_id=shown[a].id, b_id=shown[b].id,
        )  # fmt: skip
        db.add(pair)
        db.flush()
        study.pairs[kind, task, scene, a, b] = pair.id
