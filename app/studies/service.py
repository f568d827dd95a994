"""A study from draft to closed: the moves an experimenter can make."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Database
from app.db.models import Pair, PairKind, Study, StudyState
from app.errors import BadInput, Conflict
from app.media import Media
from app.studies import inventory, stimuli
from app.studies.lint import Finding, Severity, findings
from app.studies.pairs import plan
from app.studies.plain import PLAIN, is_plain
from app.studies.protocol import Protocol
from app.studies.states import draft, find, find_draft, hold, moves, opens


class BadTitle(BadInput):
    """A study needs a title that fits a page's head."""

    def __init__(self) -> None:
        super().__init__(f"A study needs a title of 1 to 200 characters, {PLAIN}", "write one; subjects see it")


class StudyNotReady(Conflict):
    """The study's check found errors, so the study cannot open yet."""

    findings: list[Finding]

    def __init__(self, study: Study, found: list[Finding]) -> None:
        self.findings = found
        listed = "\n".join(f"- {finding.text} Fix: {finding.fix}." for finding in found)
        super().__init__(f"{study.title!r} cannot open yet:\n{listed}", "mend what is listed and open it again")

    def extras(self) -> dict[str, Any]:
        """The errors, each with what to do about it."""
        return {"findings": [asdict(finding) for finding in self.findings]}


class StimuliChanged(Conflict):
    """Pictures were added while the study was being opened."""

    def __init__(self, study: Study) -> None:
        super().__init__(f"Pictures were added to {study.title!r} while it was being opened", "open it again")


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study as the desk shows it."""

    id: int
    title: str
    state: StudyState
    is_demo: bool
    protocol: Protocol
    protocol_hash: str | None
    seed: int
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    pairs: int  # test pairs, frozen at opening; before that, those the pictures would give
    planned: int  # trials of a whole session
    target_sessions: int
    trouble: str | None  # why it paused itself


def create(
    database: Database,
    title: str,
    protocol: Protocol,
    *,
    is_demo: bool = False,
    seed: int | None = None,
    renderings: Sequence[int] = (),
) -> int:
    """The number of a new draft, with the pictures of these renderings; where they do not fit there is no draft.

    ``seed`` fixes its schedules, and is drawn where none is given.
    """
    with database.write() as db:
        study = Study(
            title=_title(title), state=StudyState.DRAFT, is_demo=is_demo, protocol=protocol.model_dump(mode="json"),
            protocol_hash=None, seed=secrets.randbelow(2**31) if seed is None else seed,
            created_at=now(), opened_at=None, closed_at=None,
        )  # fmt: skip
        db.add(study)
        db.flush()
        if renderings:
            stimuli.take(db, study.id, renderings)
        return study.id


def edit(database: Database, study_id: int, *, title: str | None = None, protocol: Protocol | None = None) -> None:
    """A draft gets another title or another protocol, or both; what is not given stays."""
    with database.write() as db:
        study = draft(db, study_id)
        if title is not None:
            study.title = _title(title)
        if protocol is not None:
            study.protocol = protocol.model_dump(mode="json")


def require_draft(database: Database, study_id: int) -> None:
    """Nothing, where the study may still be edited; raises ``StudyNotFound`` or ``StudyNotDraft`` otherwise."""
    with database.read() as db:
        find_draft(db, study_id)


def get(database: Database, study_id: int) -> StudyView:
    """The study of that number; raises ``StudyNotFound``."""
    with database.read() as db:
        return _view(db, find(db, study_id))


def listing(database: Database) -> list[StudyView]:
    """All studies, the newest first."""
    with database.read() as db:
        return [_view(db, study) for study in db.scalars(select(Study).order_by(Study.id.desc()))]


def lint(database: Database, media: Media, study_id: int) -> list[Finding]:
    """Everything wrong with the study, errors first; empty means that it may open."""
    with database.read() as db:
        protocol, stock = protocol_of(find(db, study_id)), inventory.load(db, study_id)
    return findings(protocol, stock, {digest for digest in _digests(stock) if not media.has(digest)})


def open_study(database: Database, media: Media, study_id: int) -> None:
    """The draft takes subjects from now on; its pictures, pairs and protocol are frozen.

    Every picture is read once and checked against its hash before the write lock is taken: a store can be slow.
    """
    with database.read() as db:
        if not opens(find(db, study_id)):
            return
        digests = _digests(inventory.load(db, study_id))
    lost = {digest for digest in digests if not media.is_whole(digest)}
    with database.write() as db:
        study = hold(db, study_id)
        if not opens(study):  # somebody else opened it in the meantime
            return
        protocol, stock = protocol_of(study), inventory.load(db, study_id)
        if not _digests(stock) <= digests:
            raise StimuliChanged(study)
        errors = [f for f in findings(protocol, stock, lost) if f.severity is Severity.ERROR]
        if errors:
            raise StudyNotReady(study, errors)
        db.add_all(pair.row(study_id) for pair in plan(protocol, stock))
        study.protocol = protocol.model_dump(mode="json")  # whole: the draft may be older than some settings
        study.state, study.opened_at, study.protocol_hash = StudyState.OPEN, now(), protocol.hash


def pause(database: Database, study_id: int) -> None:
    """No new block starts until the study is resumed; answers to trials already shown are still taken, marked late."""
    with database.write() as db:
        study = hold(db, study_id)
        if moves(study, StudyState.PAUSED):
            study.state = StudyState.PAUSED


def resume(database: Database, study_id: int) -> None:
    """A paused study takes subjects again."""
    with database.write() as db:
        study = hold(db, study_id)
        if moves(study, StudyState.OPEN):
            study.state, study.trouble = StudyState.OPEN, None


def delete(database: Database, study_id: int) -> None:
    """The draft is gone, with the links made for it; a study that has been open stays, for its subjects' sake."""
    with database.write() as db:
        db.delete(draft(db, study_id))


def close(database: Database, study_id: int) -> None:
    """The study ends for good; late answers to trials already shown are still taken, and marked."""
    with database.write() as db:
        study = hold(db, study_id)
        if moves(study, StudyState.CLOSED):
            study.state, study.closed_at = StudyState.CLOSED, now()


def protocol_of(study: Study) -> Protocol:
    """The protocol in a study's row."""
    return Protocol.model_validate(study.protocol)


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= 200 or not is_plain(title):
        raise BadTitle
    return title


def _view(db: Session, study: Study) -> StudyView:
    protocol = protocol_of(study)
    if study.state is StudyState.DRAFT:
        pairs = sum(pair.kind is PairKind.TEST for pair in plan(protocol, inventory.load(db, study.id)))
    else:
        frozen = select(func.count()).where(Pair.study_id == study.id, Pair.kind == PairKind.TEST)
        pairs = db.scalars(frozen).one()
    return StudyView(
        study.id, study.title, study.state, study.is_demo, protocol, study.protocol_hash, study.seed,
        study.created_at, study.opened_at, study.closed_at, pairs,
        planned=protocol.planned(protocol.comparisons(pairs)), target_sessions=protocol.sessions_needed(pairs),
        trouble=study.trouble if study.state is StudyState.PAUSED else None,
    )  # fmt: skip


def _digests(stock: Iterable[inventory.TaskStock]) -> set[str]:
    return {shown.digest for task in stock for shown in task.pictures.values()}
