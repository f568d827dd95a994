"""The log of changes as lines: for the desk's pages, for its table to take away, and for the terminal."""

import json
import re
from collections.abc import Iterator
from typing import Any

from app.db import Database, deeds
from app.db.deeds import Deed

COLUMNS = ("at", "account", "through", "deed", "study", "job", "details")
_HASH = re.compile(r"[0-9a-f]{64}")  # its beginning tells it from others; the table has it whole
_AT_ONCE = 1000


def rows(database: Database, study_id: int | None, deed: str, account: str) -> Iterator[tuple[Any, ...]]:
    """The cells of ``COLUMNS`` for each change, the newest first; the details are JSON."""
    before: int | None = None
    while found := deeds.deeds(database, _AT_ONCE, study_id=study_id, deed=deed, account=account, before=before):
        for one in found:
            details = json.dumps(one.details, ensure_ascii=False, sort_keys=True)
            yield one.at, one.account, one.through.value, one.deed, one.study_id, one.job_id, details
        before = found[-1].id


def told(entry: Deed) -> str:
    """The details in a line."""
    words = {name: value for name, value in entry.details.items() if value is not None}
    return "; ".join(
        f"{name.replace('_', ' ')}: {_changed(value) if name == 'settings' else _word(value)}"
        for name, value in words.items()
    )


def _changed(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_word(was)} → {_word(now)}" for name, (was, now) in settings.items())


def _word(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_word, value))
    if isinstance(value, str):
        return f"{value[:12]}…" if _HASH.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False)
