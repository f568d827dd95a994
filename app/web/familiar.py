"""Browsers that have signed in before: a cookie tells them from strangers who type the same name.

It lets nobody in. It only has a browser's failures counted by themselves, so that no stranger can use them up.
"""

import hashlib
import hmac
import json
import secrets

COOKIE = "beholder_familiar"
LASTS = 365 * 86400  # seconds


def introduced(secret: bytes, name: str, cookie: str | None) -> str:
    """The cookie of a browser in which this name has just signed in: the one that it has, or a new one."""
    return cookie if cookie and recognised(secret, name, cookie) else _sealed(secret, name, secrets.token_urlsafe(16))


def recognised(secret: bytes, name: str, cookie: str | None) -> str:
    """The browser's own mark where this name has signed in in it before; "" for a stranger."""
    mark = (cookie or "").partition(".")[0]
    known = hmac.compare_digest((cookie or "").encode(), _sealed(secret, name, mark).encode())
    return mark if known else ""


def _sealed(secret: bytes, name: str, mark: str) -> str:
    """The name itself is not in the cookie: others may use the same computer."""
    text = json.dumps(["familiar browser", name.strip(), mark])
    return f"{mark}.{hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()}"
