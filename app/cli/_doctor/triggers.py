"""The triggers that refuse any change of votes and events: whether they are there and at work."""

from collections.abc import Iterator

from app.cli._doctor.findings import Finding, ill, well
from app.db import Database
from app.db.triggers import lost


def guards(database: Database) -> Iterator[Finding]:
    """The database itself refuses to change or delete a vote or a line of a log."""
    missing = lost(database)
    for guard in missing:
        finding = f"{guard.name} is gone, disabled or changed, so {guard.table} can be altered"
        fix = "find out who did that, run `beholder doctor --verify`, then get it back with this SQL"
        yield ill("triggers", finding, f"{fix}: {guard.remedy}")
    if not missing:
        yield well("triggers", "votes and logs can be added to, and neither changed nor deleted")
