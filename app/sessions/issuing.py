"""The trials that a session gets next, from what the tables say now."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session as OrmSession

from app.db.models import PairKind, Session, Trial
from app.sessions import events
from app.sessions.drawing import Adaptive
from app.sessions.loads import contests, next_position, own_loads, to_repeat, unseen_loads
from app.sessions.schedule import Plan, Slot, Stock, next_block, practice
from app.sessions.sitting import Sitting, last_scene_of
from app.studies.protocol import Protocol


def issue(db: OrmSession, sitting: Sitting, block: int, at: datetime) -> bool:
    """Whether the block has any trial; if so, they are stored, logged and sealed."""
    session, protocol = sitting.session, sitting.protocol
    issued = _slots(db, sitting, block, at)
    if not issued:
        return False
    if block > 0:  # what others took over cannot come again
        session.planned -= sitting.sizes[block - 1] + protocol.dummy_trials * (block > 1) - len(issued)
    first = next_position(db, session)
    db.add_all(
        Trial(
            token=secrets.token_urlsafe(24), session_id=session.id, pair_id=slot.pair_id, block=block,
            position=first + index, kind=slot.kind, a_on_left=slot.a_on_left, issued_at=at,
            probability=slot.probability,
        )
        for index, slot in enumerate(issued)
    )  # fmt: skip
    session.last_seen_at = at
    db.flush()
    events.issued(db.connection(), session.id, block, len(issued), at)
    return True


def plan_of(session: Session, protocol: Protocol) -> Plan:
    """The shape of the session; its seed and its number of comparisons were fixed when it began."""
    return Plan(
        protocol.block_sizes(session.comparisons), protocol.catch_trials, session.seed,
        repeats=protocol.repeats(session.comparisons), dummies=protocol.dummy_trials,
    )  # fmt: skip


def _slots(db: OrmSession, sitting: Sitting, block: int, at: datetime) -> list[Slot]:
    """The trials of a block; 0 is practice, and below it practice again."""
    session, protocol = sitting.session, sitting.protocol
    if block <= 0:
        pairs = own_loads(db, session, PairKind.PRACTICE)
        return practice(
            session.seed, pairs, protocol.practice_trials, attempt=-block, wanted=protocol.practice_pass
        )  # fmt: skip
    stock = Stock(
        tests=unseen_loads(db, session, at),
        catch=own_loads(db, session, PairKind.CATCH),
        dummies=own_loads(db, session, PairKind.PRACTICE),
        before=to_repeat(db, session),
        after=last_scene_of(db, session),
        adaptive=Adaptive(protocol.adaptive_floor, contests(db, session)) if protocol.is_adaptive else None,
    )
    return next_block(plan_of(session, protocol), block, stock)
