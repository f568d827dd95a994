"""What was changed about a draft, by whom and when, so that two who edit it at once learn of each other."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.audit import Actor, note
from app.db.models import AuditEntry, Study
from app.errors import Conflict
from app.jobs.contract import digest_of
from app.studies.protocol import Protocol
from app.studies.states import protocol_of
from app.studies.titles import titled
from app.studies.withheld import ENDS, SET

_SHORT = 200  # characters of a value that the audit log keeps; of a longer one its length and its hash


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a draft."""

    at: datetime
    who: str
    deed: str
    settings: Mapping[str, tuple[Any, Any]]  # which settings: what each was before and after, in brief

    def __str__(self) -> str:
        named = ", ".join(f"`{name}`" for name in self.settings)
        named = f" ({named})" if named else ""
        return f"{self.who}: {self.deed}{named}, {self.at:%H:%M} UTC"


class DraftChanged(Conflict):
    """Somebody has changed the draft since it was read."""

    def __init__(self, study: Study, changes: list[Change]) -> None:
        self.revision, self.changes = study.revision, changes
        told = "; ".join(map(str, changes)) or "what, no log tells"
        super().__init__(
            f"{study.title!r} was changed since you read it, and nothing was done: {told}.",
            "look at what changed, then do again what should hold",
        )

    def extras(self) -> dict[str, Any]:
        """The present revision, and what was changed since."""
        return {
            "revision": self.revision,
            "changes": [
                {"at": change.at.isoformat(), "who": change.who, "deed": change.deed, "settings": [*change.settings]}
                for change in self.changes
            ],
        }


def touch(db: Session, study: Study, by: Actor, deed: str, **details: Any) -> None:
    """The draft has another revision, and the audit log an entry that names it."""
    study.revision += 1
    note(db, by, deed, study_id=study.id, revision=study.revision, **details)


def rewrite(db: Session, study: Study, title: str | None, protocol: Protocol | None, by: Actor) -> None:
    """The draft has this title and this protocol, as far as they are given; raises ``BadTitle``."""
    if title is not None and titled(title) != study.title:
        settings = {"title": (study.title, titled(title))}
        study.title = titled(title)
        touch(db, study, by, "study renamed", settings=settings)
    if protocol is not None:
        settings = differing(protocol_of(study), protocol)
        study.protocol = protocol.model_dump(mode="json")
        if settings:
            touch(db, study, by, "protocol changed", settings=settings)


def require_unchanged(db: Session, study: Study, revision: int | None, settings: Collection[str] | None = None) -> None:
    """Nothing, where the draft still has this revision, or none is named; raises ``DraftChanged``.

    With ``settings``, only where one of these has changed since, or the log does not tell what has.
    """
    if revision is None or revision == study.revision:
        return
    changes = since(db, study.id, revision)
    if settings is None or not changes or any(name in settings for change in changes for name in change.settings):
        raise DraftChanged(study, changes)


def since(db: Session, study_id: int, revision: int) -> list[Change]:
    """The changes after this revision, the oldest first."""
    entries = db.scalars(select(AuditEntry).where(AuditEntry.study_id == study_id).order_by(AuditEntry.id))
    return [
        Change(
            entry.at, entry.account or f"somebody ({entry.through})", entry.deed,
            {name: (old, new) for name, (old, new) in entry.details.get("settings", {}).items()},
        )
        for entry in entries
        if entry.details.get("revision", 0) > revision
    ]  # fmt: skip


def differing(before: Protocol, after: Protocol) -> dict[str, tuple[Any, Any]]:
    """The settings in which two protocols differ, each before and after, in brief."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    told = {name: (brief(name, old[name]), brief(name, new[name])) for name in new if old[name] != new[name]}
    return {name: both if both != (SET, SET) else (SET, "set otherwise") for name, both in told.items()}


def brief(name: str, value: Any) -> Any:
    """The setting's value where it is short, else its length and the hash that it is known by; that a code is set."""
    if name in ENDS:
        return value and SET
    written = json.dumps(value, ensure_ascii=False)
    return value if len(written) <= _SHORT else f"{len(written):,} characters, sha256 {digest_of(value)[:12]}"
