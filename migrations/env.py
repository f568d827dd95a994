"""How Alembic reaches the database: the one handed over by ``app.db.migrate``, or the one the settings name.

A migration that rebuilds ``votes`` or ``events`` (on SQLite every ``batch_alter_table`` does) must make their triggers
again, as ``0001_the_first_tables.py`` does: the rebuilt table has none, and would no longer be append-only.
"""

from alembic import context
from sqlalchemy import Connection

from app.db import models  # noqa: F401 - fills the metadata
from app.db.base import Base
from app.db.engine import Database
from app.db.migrate import PATIENCE, TURN
from app.db.references import check_references
from app.settings import Settings

config = context.config
database = config.attributes.get("database") or Database(Settings().database)


def take_turns(connection: Connection, patience: int) -> None:
    """Nobody else migrates before this transaction is over; waits ``patience`` seconds for that, and for any table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")


with database.rebuild_connection() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        take_turns(connection, config.attributes.get("patience", PATIENCE))
        context.run_migrations()
        check_references(connection)  # inside the transaction: a migration that loses rows leaves everything as it was
