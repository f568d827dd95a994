"""A session's append-only log, each line chained to the one before it.

The chain hashes salted digests of the payloads, not the payloads: a subject who withdraws can have payloads erased
without breaking it. Count and head stand on the session's row, so that a truncated log is noticed too. What the log
vouches for besides itself: each vote, by its digest, each block of trials, by its seal, which of them were given back,
how the session ended, and whether it counts.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.models import Event, Exclusion, ExclusionAction, Outcome, Session, Study, Trial, Vote
from app.errors import Conflict
from app.sessions import seals

BEGAN, ISSUED, SAVED, GIVEN_BACK = "began", "issued", "saved", "given back"
COMPLETED, WITHDRAWN = "completed", "withdrawn"
RESUMED = "resumed"
TRACE, SCREENED, ASKED, OVERTAKEN = "trace", "screened", "asked", "overtaken"
# Who decides, where no account may be named: the protocol's rules, the subject, or somebody of the staff.
BY_PROTOCOL, BY_SUBJECT, BY_ACCOUNT = "protocol", "subject", "account"
DECIDED = frozenset(ExclusionAction)  # reasons in somebody's own words, and the name of an account
NAMING = frozenset({ASKED, WITHDRAWN}) | DECIDED  # what these lines say leaves in no archive without what is personal
PERSONAL = frozenset({TRACE, SCREENED, ASKED, OVERTAKEN})  # what these lines say is erased when their subject withdraws

_HEAD = select(Session.event_count, Session.event_head).where(Session.id == bindparam("session")).with_for_update()
APPEND = insert(Event)
_MOVE_HEAD = (
    update(Session)
    .where(Session.id == bindparam("session"))
    .values(event_count=bindparam("count"), event_head=bindparam("head"))
)


class BrokenChain(Conflict):
    """A session's log is not what was written."""

    def __init__(self, session_id: int, what: str, number: int | None = None) -> None:
        self.number = number  # of the first event that is not what it was; None where all are
        super().__init__(
            f"The log of session {session_id} is not what was written: {what}.", "compare it with a backup first"
        )


def append(
    connection: Connection,
    session_id: int,
    kind: str,
    payload: Mapping[str, Any],
    at: datetime,
    *,
    key: str | None = None,
) -> None:
    """One more line stands at the end of the session's log, in the caller's transaction.

    A line with a ``key`` that the session's log has already is an ``IntegrityError``.
    """
    count, head = connection.execute(_HEAD, {"session": session_id}).one()
    row = line(session_id, count, head, kind, payload, at)
    connection.execute(APPEND, {**row, "key": key})
    connection.execute(_MOVE_HEAD, {"session": session_id, "count": row["number"], "head": row["link"]})


def line(session_id: int, count: int, head: str, kind: str, payload: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The row of the next line of a log with so many lines and this head; whoever stores it holds the session."""
    salt = secrets.token_hex(16)
    digest = _digest(salt, payload)
    return {
        "session_id": session_id, "number": count + 1, "kind": kind, "at": at, "key": None, "payload": dict(payload),
        "salt": salt, "digest": digest, "link": _link(head, count + 1, kind, at, digest),
    }  # fmt: skip


def vote_digest(trial_token: str, side: str, elapsed_ms: int | None, late: bool, received_at: datetime) -> str:
    """What a vote and its ``saved`` event both carry."""
    return sha256(_canonical([trial_token, side, elapsed_ms, late, received_at.isoformat()])).hexdigest()


def issued(connection: Connection, session_id: int, block: int, trials: int, at: datetime) -> None:
    """The block's trials, stored already in the caller's transaction, are logged and sealed."""
    seal = seals.of_block(connection, session_id, block)
    append(connection, session_id, ISSUED, {"block": block, "trials": trials, "seal": seal}, at)


@dataclass(frozen=True, slots=True)
class Record:
    """What there is of one session: its row, its log, and what the log vouches for."""

    session: Session
    events: Sequence[Event]  # in the order of their numbers
    votes: Sequence[tuple[str, Vote]]  # each with the token that its trial was issued under
    decisions: Sequence[Exclusion]  # in the order in which they were made
    seals: Mapping[int, str]  # of each block, from its trials as they stand
    given_back: Mapping[int, datetime | None]  # by the number under which the log names the trial
    left_out: frozenset[str] = frozenset()  # kinds of lines whose payloads an archive was made without


def verify(database: Database, session_id: int) -> bool:
    """Whether all trials were sealed; ``BrokenChain`` where log, votes, decisions, end or sealed trials were changed.

    Logs that older versions began hold no seals: which way round a trial stood then, nobody can prove.
    """
    with database.read() as db:
        record = _record(db, session_id)
    return holds(record)


def holds(record: Record) -> bool:
    """The same of a session's record, wherever it comes from."""
    session, found = record.session, record.events
    _verify_chain(session, found, record.left_out)
    _verify_standing(session, found, record.decisions)
    _verify_given_back(session.id, found, record.given_back)
    sealed = _verify_trials(session.id, found, record.seals)
    saved = {_said(event)["vote"] for event in found if event.kind == SAVED}
    for token, vote in record.votes:
        if vote.digest != vote_digest(token, vote.side, vote.elapsed_ms, vote.late, vote.received_at):
            raise BrokenChain(session.id, f"{_named(vote)} was edited")
        if vote.digest not in saved:
            raise BrokenChain(session.id, f"{_named(vote)} was never logged")
    if len(saved) != len(record.votes):
        raise BrokenChain(session.id, f"{len(saved) - len(record.votes)} logged votes are gone")
    return sealed


def _named(vote: Vote) -> str:
    """An archive gives votes no numbers."""
    return f"the vote of trial {vote.trial_id}" if vote.id is None else f"vote {vote.id}"


def left_out(imported: Mapping[str, Any] | None) -> frozenset[str]:
    """The kinds of lines whose payloads the archive that a study came from was made without."""
    return frozenset() if imported is None or imported["personal"] else NAMING


def _record(db: OrmSession, session_id: int) -> Record:
    session = db.get(Session, session_id)
    if session is None:
        raise BrokenChain(session_id, "the session itself is gone")
    of_session = Trial.session_id == session_id
    issued_as = (func.coalesce(Trial.original_id, Trial.id), func.coalesce(Trial.original_token, Trial.token))
    votes = select(issued_as[1], Vote).join(Vote, Vote.trial_id == Trial.id).where(of_session)
    gone = select(issued_as[0], Trial.given_back_at).where(of_session, Trial.given_back_at.is_not(None))
    return Record(
        session,
        db.scalars(select(Event).where(Event.session_id == session_id).order_by(Event.number)).all(),
        [(token, vote) for token, vote in db.execute(votes)],
        db.scalars(select(Exclusion).where(Exclusion.session_id == session_id).order_by(Exclusion.id)).all(),
        seals.of_session(db.connection(), session_id),
        dict(db.execute(gone).all()),
        left_out(db.scalar(select(Study.imported).where(Study.id == session.study_id))),
    )


def unlogged(database: Database) -> list[int]:
    """The numbers of the votes that no line of their session's log speaks of."""
    with database.read() as db:
        lines = db.execute(select(Event.session_id, Event.payload).where(Event.kind == SAVED))
        saved = {(session, payload.get("vote")) for session, payload in lines if payload is not None}
        votes = db.execute(select(Vote.id, Vote.digest, Trial.session_id).join(Trial, Vote.trial_id == Trial.id))
        return sorted(number for number, digest, session in votes if (session, digest) not in saved)


def _verify_chain(session: Session, events: Sequence[Event], left_out: frozenset[str]) -> None:
    may_be_gone = left_out | (PERSONAL if any(event.kind == WITHDRAWN for event in events) else frozenset())
    head = ""
    for number, event in enumerate(events, start=1):
        if broken := _broken(event, number, head, may_be_gone):
            raise BrokenChain(session.id, broken, number)
        head = event.link
    if len(events) != session.event_count:
        there = f"{session.event_count} events were written, {len(events)} are there"
        raise BrokenChain(session.id, f"event {len(events) + 1} is missing; {there}", len(events) + 1)
    if head != session.event_head:
        raise BrokenChain(session.id, f"event {len(events)} is not the one that was written last", len(events))


def _broken(event: Event, number: int, head: str, may_be_gone: frozenset[str]) -> str:
    """What is wrong with the line that should have this number; empty where nothing is."""
    if event.number != number:
        return f"event {number} is missing"
    if event.payload is None and event.kind not in may_be_gone:
        return f"the payload of event {number} ({event.kind}) is gone, and nobody withdrew"
    if event.payload is not None and event.digest != _digest(event.salt, event.payload):
        return f"the payload of event {number} ({event.kind}) was edited"
    if event.link != _link(head, number, event.kind, event.at, event.digest):
        return f"event {number} ({event.kind}) does not follow from the one before it"
    return ""


def _verify_standing(session: Session, events: Sequence[Event], decisions: Sequence[Exclusion]) -> None:
    """Whether the session's votes count is decided by what it began as, and by the decisions about it."""
    for began in (_said(event) for event in events if event.kind == BEGAN):
        if (began["simulated"], began["pilot"]) != (session.simulated, session.pilot):
            raise BrokenChain(session.id, "it began otherwise (simulated or not, pilot or not)")
    logged = [event for event in events if event.kind in DECIDED]
    if len(logged) != len(decisions) or not all(map(_tells_of, logged, decisions)):
        raise BrokenChain(session.id, "the decisions about it were changed")
    if session.outcome not in _outcomes(events):
        raise BrokenChain(session.id, "it ended otherwise, or not at all")


def _tells_of(event: Event, row: Exclusion) -> bool:
    """Whether the line is of this decision; of one that was left out, so were the reason and the name."""
    if event.kind != row.action:
        return False
    if event.payload is None:
        return not row.reason and row.decided_by in (BY_PROTOCOL, BY_SUBJECT, BY_ACCOUNT)
    return bool(event.payload == {"rule": row.rule, "reason": row.reason, "by": row.decided_by})


def _outcomes(events: Sequence[Event]) -> tuple[Outcome | None, ...]:
    """How the session can have ended by what its log says; a withdrawal can follow any end."""
    kinds = {event.kind for event in events}
    if WITHDRAWN in kinds:
        return (Outcome.WITHDRAWN,)
    if COMPLETED in kinds:
        return (Outcome.COMPLETED, Outcome.FAILED_CHECKS)
    return (None, Outcome.SCREENED_OUT)


def _verify_given_back(session_id: int, events: Sequence[Event], found: Mapping[int, datetime | None]) -> None:
    logged = {trial: event.at for event in events if event.kind == GIVEN_BACK for trial in _said(event)["trials"]}
    if logged != found:
        raise BrokenChain(session_id, "the trials that it gave back are others")


def _verify_trials(session_id: int, events: Sequence[Event], found: Mapping[int, str]) -> bool:
    issued = {_said(event)["block"]: _said(event).get("seal") for event in events if event.kind == ISSUED}
    for block in sorted(issued.keys() | found.keys()):
        if block not in issued:
            raise BrokenChain(session_id, f"the trials of block {block} were never issued")
        if issued[block] is not None and found.get(block) != issued[block]:
            raise BrokenChain(session_id, f"the trials of block {block}, or what they show, were changed")
    return None not in issued.values()


def _said(event: Event) -> dict[str, Any]:
    """The payload of a line that is never erased."""
    assert event.payload is not None
    return event.payload


def _digest(salt: str, payload: Mapping[str, Any]) -> str:
    return sha256(salt.encode() + _canonical(payload)).hexdigest()


def _link(head: str, number: int, kind: str, at: datetime, digest: str) -> str:
    return sha256(_canonical([head, number, kind, at.isoformat(), digest])).hexdigest()


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
