"""Open studies without picture files, and subjects who answer as told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from app.clock import now
from app.db import Database
from app.db.models import (
    Pair,
    Picture,
    Session,
    Side,
    Stimulus,
    StimulusRole,
    Study,
    StudyState,
    Trial,
    TrialKind,
    Vote,
)
from app.sessions.enrol import begin
from app.sessions.exclusions import excluded
from app.sessions.links import pilot_token, public_token
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.sitting import Stage
from app.sessions.votes import Answer, StoredVote, record_vote
from app.studies import inventory, service
from app.studies.pairs import plan
from app.studies.protocol import Protocol

SECRET = b"a secret of the tests"
PLAIN: dict[str, Any] = {"dummy_trials": 0, "questionnaire": (), "display_gate": "off"}  # trials, and nothing before
SMALL = Protocol(trials_per_session=12, block_size=6, catch_trials=3, practice_trials=2, **PLAIN)


def study(
    database: Database,
    protocol: Protocol = SMALL,
    *,
    tasks: Sequence[str] = ("denoise", "superres"),
    conditions: Sequence[str] = ("gmsd", "mae", "ms_ssim"),
    scenes: int = 4,
    is_demo: bool = False,
    seed: int = 11,
) -> int:
    """The number of an open study whose pictures exist in the tables alone."""
    number = service.create(database, "Restoration", protocol, is_demo=is_demo, seed=seed)
    with database.write() as db:
        for task in tasks:
            for scene in (f"scene{n}" for n in range(scenes)):
                for name in ("reference", "degraded", *conditions):
                    digest = f"{number} {task} {name} {scene}"
                    db.add(Picture(digest=digest, width=12, height=8, size=1))
                    role = StimulusRole(name) if name in ("reference", "degraded") else StimulusRole.CONDITION
                    db.flush()
                    db.add(
                        Stimulus(
                            study_id=number, task=task, scene=scene, condition=name, role=role,
                            picture_digest=digest, origin=None,
                        )
                    )  # fmt: skip
        db.flush()
        db.add_all(pair.row(number) for pair in plan(protocol, inventory.load(db, number)))
        row = db.get(Study, number)
        assert row is not None
        row.state, row.opened_at, row.protocol_hash = StudyState.OPEN, now(), protocol.hash
    return number


def join(database: Database, study_id: int, *, pilot: bool = False, **options: Any) -> str:
    """The token of a new session whose subject has agreed."""
    link = (pilot_token if pilot else public_token)(database, SECRET, study_id)
    token = begin(database, SECRET, link, **options)
    consent(database, token, view(database, token).consent_hash)
    return token


def excluded_sessions(database: Database, study_id: int) -> set[int]:
    """The numbers of the study's sessions that are excluded now."""
    with database.read() as db:
        return set(db.scalars(excluded(select(Session.id).where(Session.study_id == study_id))))


@dataclass(frozen=True)
class Truth:
    """What the tables know of a trial and a subject's page does not."""

    kind: TrialKind
    reference_side: Side  # where the first picture of the pair stands
    pair: Pair
    block: int
    a_on_left: bool


def truth(database: Database, trial_token: str) -> Truth:
    """What the tables know of a trial."""
    with database.read() as db:
        found = select(Trial, Pair).join(Pair, Pair.id == Trial.pair_id).where(Trial.token == trial_token)
        trial, pair = db.execute(found).one()
    side = Side.LEFT if trial.a_on_left else Side.RIGHT
    return Truth(trial.kind, side, pair, trial.block, trial.a_on_left)


def honest(known: Truth) -> Side:
    """Sees the reference where there is one, and else prefers the first condition."""
    return known.reference_side


def careless(known: Truth) -> Side:
    """Is wrong in every catch trial."""
    if known.kind is TrialKind.TEST:
        return Side.LEFT
    return Side.RIGHT if known.reference_side is Side.LEFT else Side.LEFT


def play(
    database: Database, token: str, choose: Callable[[Truth], Side] = honest, *, most: int | None = None
) -> list[StoredVote]:
    """Answers trial after trial, block after block, to the end or until ``most`` votes are given."""
    votes = list[StoredVote]()
    while view(database, token).stage is not Stage.END and len(votes) != most:
        start_block(database, token)
        for trial in open_trials(database, token):
            if most is not None and len(votes) == most:
                return votes
            side = choose(truth(database, trial.token))
            votes.append(record_vote(database, token, trial.token, Answer(side, 1200)))
    return votes


def trials_of(database: Database, token: str) -> list[tuple[Trial, Pair, Vote | None]]:
    """The session's trials in their order, with pair and vote."""
    with database.read() as db:
        rows = db.execute(
            select(Trial, Pair, Vote)
            .join(Pair, Pair.id == Trial.pair_id)
            .join(Session, Session.id == Trial.session_id)
            .outerjoin(Vote, Vote.trial_id == Trial.id)
            .where(Session.token == token)
            .order_by(Trial.position)
        )
        return [(trial, pair, vote) for trial, pair, vote in rows]


def session_id(database: Database, token: str) -> int:
    """The number of the session with that token."""
    with database.read() as db:
        return db.scalars(select(Session.id).where(Session.token == token)).one()


def set_state(database: Database, study_id: int, state: StudyState) -> None:
    """The study is in that state, whatever it was in."""
    with database.write() as db:
        closed = now() if state is StudyState.CLOSED else None
        db.execute(update(Study).where(Study.id == study_id).values(state=state, closed_at=closed))
