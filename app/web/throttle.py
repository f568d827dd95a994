"""How often somebody may fail at a door: logins, links that sign in once, and tokens of scripts come through here.

Only failures are counted, in a table, so that all processes count together. Why so, and why no stranger can lock
anybody out for ever: docs/decisions/0008-only-failures-are-throttled.md.
"""

import hashlib
import hmac
import ipaddress
import json
import math
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app import clock
from app.db import Database
from app.db.models import FailedAttempt
from app.errors import AppError

WINDOW = timedelta(minutes=15)  # older failures are forgotten
FROM_ONE_PLACE = 10  # failures with one name from one place
FROM_EVERYWHERE = 100  # failures with one name, wherever from: guessing from many addresses at once
OTHER_NAMES = 100  # names that failed from one place: one password tried on many names


class TooManyFailures(AppError):
    """Too many tries have failed here lately."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many tries have failed here lately.", f"try again {_in(seconds)}")
        self.headers = {"Retry-After": str(seconds)}


def require_calm(database: Database, secret: bytes, door: str, name: str, origin: str = "") -> None:
    """Raises ``TooManyFailures`` while too many have failed at the door; to be asked before a password is checked.

    ``name`` is what was shown at the door: an account's name as typed, or a token. ``origin`` is where it came from
    (``origin_of``). Nothing here depends on whether the name exists.
    """
    now = clock.now()
    with database.read() as db:
        waits = [_wait(db, door, who, bound, now) for who, bound in _counted(secret, door, name, origin).items()]
    if any(waits):
        raise TooManyFailures(max(waits))


def note_failure(database: Database, secret: bytes, door: str, name: str, origin: str = "") -> None:
    """One more failure of this name is counted; what nobody counts any longer is removed."""
    now = clock.now()
    with database.write() as db:
        db.execute(delete(FailedAttempt).where(or_(FailedAttempt.at <= now - WINDOW, FailedAttempt.at > now + WINDOW)))
        failed_before = _wait(db, door, _pair(secret, door, name, origin), 1, now) > 0
        for who in _counted(secret, door, name, origin):
            if who != _place(secret, door, origin) or not failed_before:  # a place is charged for names, not for tries
                db.add(FailedAttempt(door=door, who=who, at=now))


def forgive(database: Database, secret: bytes, door: str, name: str, origin: str = "") -> None:
    """The failures of this name from this place are forgotten: whoever typed them has shown that they may come in."""
    who = _pair(secret, door, name, origin)
    with database.write() as db:
        db.execute(delete(FailedAttempt).where(FailedAttempt.door == door, FailedAttempt.who == who))


def origin_of(request: Request) -> str:
    """The network that the request came from; "" where no address is known, which is a place like any other.

    Of an IPv6 address only the first half is somebody's; the other half they choose anew as often as they like.
    """
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _counted(secret: bytes, door: str, name: str, origin: str) -> dict[str, int]:
    """What a try is counted under, and how many failures each bears."""
    return {
        _pair(secret, door, name, origin): FROM_ONE_PLACE,
        _digest(secret, door, "name", _normal(name)): FROM_EVERYWHERE,
        _place(secret, door, origin): OTHER_NAMES,
    }


def _pair(secret: bytes, door: str, name: str, origin: str) -> str:
    return _digest(secret, door, "name from a place", _normal(name), origin)


def _place(secret: bytes, door: str, origin: str) -> str:
    return _digest(secret, door, "place", origin)


def _normal(name: str) -> str:
    return name.strip()  # as signing in reads it: a name in other case is another account's, or nobody's


def _digest(secret: bytes, *parts: str) -> str:
    text = json.dumps(["failed attempt", *parts])
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _wait(db: Session, door: str, who: str, bound: int, now: datetime) -> int:
    """The seconds until fewer than ``bound`` failures count; 0 where it is so already."""
    counts = (FailedAttempt.door == door, FailedAttempt.who == who)
    recent = (FailedAttempt.at > now - WINDOW, FailedAttempt.at <= now)
    latest = select(FailedAttempt.at).where(*counts, *recent).order_by(FailedAttempt.at.desc())
    oldest_that_counts = db.scalar(latest.offset(bound - 1).limit(1))
    return 0 if oldest_that_counts is None else math.ceil((oldest_that_counts + WINDOW - now).total_seconds())


def _in(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    return "in a minute" if minutes <= 1 else f"in {minutes} minutes"
