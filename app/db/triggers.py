"""The triggers that keep votes, events and the audit log as they were written: which there should be, and which are.

Of an event, one change is let through: its payload may be taken out, and with it the salt, when a subject withdraws.

The migrations make them; whoever may change the database's schema can take them away, and nothing fails until somebody
needs them. ``beholder doctor`` compares.
"""

from dataclasses import dataclass

from sqlalchemy import text

from app.db.engine import Database

_TABLES = ("votes", "events", "audit_entries")
_KEPT = ("id", "session_id", "number", "kind", "at", "key", "digest", "link")  # of an event whose payload is erased

_SQLITE = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRES = text(
    "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(pg_trigger.oid, true) || '; ' || btrim(prosrc)"
    " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
    " WHERE tgrelid IN ('votes'::regclass, 'events'::regclass, 'audit_entries'::regclass) AND tgenabled IN ('O', 'A')"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger that there should be."""

    name: str
    table: str
    known_by: str  # how the database describes it while it is whole and at work
    remedy: str  # the statements of SQL that bring it back, also over one that was changed or disabled


def lost(database: Database) -> list[Guard]:
    """The triggers that are gone, disabled or not what the migrations made."""
    with database.engine.connect() as connection:
        rows = connection.execute(_SQLITE if database.is_sqlite else _POSTGRES)
        there = {(name, table): _plain(described) for name, table, described in rows}
    guards = (guard for table in _TABLES for guard in (_sqlite if database.is_sqlite else _postgres)(table))
    return [guard for guard in guards if there.get((guard.name, guard.table)) != _plain(guard.known_by)]


def _sqlite(table: str) -> list[Guard]:
    guards = list[Guard]()
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _KEPT)
        erases = f"WHEN NOT (NEW.payload IS NULL AND NEW.salt = '' AND {same}) " if name == "events_no_update" else ""
        refuses = f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        made_by = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {erases}{refuses}"
        guards.append(Guard(name, table, made_by, f"DROP TRIGGER IF EXISTS {name}; {made_by};"))
    if table == "audit_entries":  # REPLACE deletes past a trigger; votes and events are vouched for by their chain
        name, there = f"{table}_no_replace", f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        made_by = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {there} {refuses}"
        guards.append(Guard(name, table, made_by, f"DROP TRIGGER IF EXISTS {name}; {made_by};"))
    return guards


def _postgres(table: str) -> list[Guard]:
    same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _KEPT)
    erases = (
        "IF TG_OP = 'UPDATE' THEN IF NEW.payload IS NULL AND NEW.salt = '' AND "
        f"{same} THEN RETURN NEW; END IF; END IF; "
        if table == "events"
        else ""
    )
    refuses = f"RAISE EXCEPTION '{table} are append-only' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"BEGIN {erases}{refuses} END"
    function = f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
    whens = {
        f"{table}_append_only": f"BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW",
        f"{table}_no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }
    guards = list[Guard]()
    for name, when in whens.items():
        trigger = f"TRIGGER {name} {when} EXECUTE FUNCTION {table}_append_only()"
        remedy = f"{function}; CREATE OR REPLACE {trigger};"
        guards.append(Guard(name, table, f"CREATE {trigger}; {body}", remedy))
    return guards


def _plain(described: str) -> str:
    return " ".join(described.split())
