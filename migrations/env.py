"""How Alembic reaches the database: the one handed over by ``app.db.migrate``, or the one the settings name."""

from alembic import context

from app.db import models  # noqa: F401 - fills the metadata
from app.db.base import Base
from app.db.engine import Database
from app.settings import Settings

config = context.config
database = config.attributes.get("database") or Database(Settings().database)

with database.engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
