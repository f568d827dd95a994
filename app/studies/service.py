"""Studies as the desk handles them: made, edited, looked at and checked; ``moves`` has the steps of their lives."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Pair, PairKind, Study, StudyState
from app.media import Media
from app.studies import inventory, members, stimuli
from app.studies.changes import require_unchanged, rewrite
from app.studies.finding import Finding
from app.studies.freezing import digests_of
from app.studies.lint import findings
from app.studies.pace import pace_of
from app.studies.pairs import plan
from app.studies.protocol import Protocol
from app.studies.rows import NewStimulus
from app.studies.states import StudyNotFound, draft, find, find_draft, protocol_of
from app.studies.titles import titled


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study as the desk shows it."""

    id: int
    title: str
    state: StudyState
    revision: int  # every change of a draft adds one
    is_demo: bool
    protocol: Protocol
    protocol_hash: str | None
    seed: int
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    duplicate_of: int | None  # the study that it began as a copy of
    pairs: int  # test pairs, frozen at opening; before that, those the pictures would give
    planned: int  # trials of a whole session
    target_sessions: int
    trouble: str | None  # why it paused itself; of a pilot, which pictures are gone


def create(
    database: Database,
    title: str,
    protocol: Protocol,
    *,
    is_demo: bool = False,
    seed: int | None = None,
    renderings: Sequence[int] = (),
    pictures: Sequence[NewStimulus] = (),
    by: Actor = AT_THE_MACHINE,
) -> int:
    """The number of a new draft, with the pictures of these renderings; where they do not fit there is no draft.

    ``seed`` fixes its schedules, and is drawn where none is given; ``pictures`` have their rows already. Whoever begins
    it owns it.
    """
    with database.write() as db:
        study = Study(
            title=titled(title), state=StudyState.DRAFT, is_demo=is_demo, protocol=protocol.model_dump(mode="json"),
            protocol_hash=None, seed=secrets.randbelow(2**31) if seed is None else seed,
            created_at=now(), opened_at=None, closed_at=None,
        )  # fmt: skip
        db.add(study)
        db.flush()
        members.begun(db, study.id, by)
        note(db, by, "study created", study_id=study.id, title=study.title)
        if renderings:
            stimuli.take(db, study.id, renderings)
        if pictures:
            stimuli.add(db, study.id, pictures, "the study file")
        return study.id


def edit(
    database: Database,
    study_id: int,
    *,
    title: str | None = None,
    protocol: Protocol | None = None,
    revision: int | None = None,
    by: Actor = AT_THE_MACHINE,
) -> None:
    """A draft gets another title or another protocol, or both; what is not given stays.

    With ``revision``, that of the draft which the editor has read, it raises ``DraftChanged`` where the draft has moved
    on since.
    """
    with database.write() as db:
        study = draft(db, study_id)
        require_unchanged(db, study, revision)
        rewrite(db, study, title, protocol, by)


def require_title(title: str) -> None:
    """Nothing, where a study may be called so; raises ``BadTitle``."""
    titled(title)


def require_draft(database: Database, study_id: int) -> None:
    """Nothing, where the study may still be edited; raises ``StudyNotFound`` or ``StudyNotDraft`` otherwise."""
    with database.read() as db:
        find_draft(db, study_id)


def get(database: Database, study_id: int) -> StudyView:
    """The study of that number; raises ``StudyNotFound``, of a rehearsal too, which only its subjects' pages know."""
    with database.read() as db:
        study = find(db, study_id)
        if study.rehearsal_of is not None:
            raise StudyNotFound(study_id)
        return _view(db, study)


def listing(database: Database, *, account_id: int | None = None) -> list[StudyView]:
    """All studies, or those in which the account has a role, the newest first; those in the archive too.

    Rehearsals are no studies of their own.
    """
    query = select(Study).where(Study.rehearsal_of.is_(None)).order_by(Study.id.desc())
    if account_id is not None:
        query = query.where(members.takes_part(account_id))
    with database.read() as db:
        return [_view(db, study) for study in db.scalars(query)]


def lint(database: Database, media: Media, study_id: int) -> list[Finding]:
    """Everything wrong with the study, errors first; empty means that it may open."""
    with database.read() as db:
        study = find(db, study_id)
        protocol, stock, pace = protocol_of(study), inventory.load(db, study_id), pace_of(db, study)
    return findings(protocol, stock, {digest for digest in digests_of(stock) if not media.has(digest)}, pace)


def _view(db: Session, study: Study) -> StudyView:
    protocol = protocol_of(study)
    if study.state is StudyState.DRAFT:
        pairs = sum(pair.kind is PairKind.TEST for pair in plan(protocol, inventory.load(db, study.id)))
    else:
        frozen = select(func.count()).where(Pair.study_id == study.id, Pair.kind == PairKind.TEST)
        pairs = db.scalars(frozen).one()
    return StudyView(
        study.id, study.title, study.state, study.revision, study.is_demo, protocol, study.protocol_hash, study.seed,
        study.created_at, study.opened_at, study.closed_at, study.archived_at, study.duplicate_of, pairs,
        planned=protocol.planned(protocol.comparisons(pairs)), target_sessions=protocol.sessions_needed(pairs),
        trouble=study.trouble if study.state in (StudyState.PILOT, StudyState.PAUSED) else None,
    )  # fmt: skip
