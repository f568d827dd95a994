"""Migrations: what they must never do to rows, and what they leave switched on."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.clock import now
from app.db import Database
from app.db.migrate import _config
from app.db.models import Study, StudyState, Subject
from app.db.references import LostRows
from app.resources import MIGRATIONS

NEXT = '''"""for this test"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    {step}
'''
REBUILD = 'with op.batch_alter_table("studies", recreate="always") as table:\n        table.alter_column("title")'


@pytest.fixture
def peopled(database: Database) -> Database:
    """A database with a study and its subject."""
    with database.write() as db:
        study = Study(title="t", state=StudyState.DRAFT, is_demo=False, protocol={}, seed=1, created_at=now())
        db.add(study)
        db.flush()
        db.add(Subject(study_id=study.id, label="1", simulated=False, created_at=now()))
    return database


def _migrate(database: Database, folder: Path, step: str) -> None:
    (folder / "0003_next.py").write_text(NEXT.format(step=step), encoding="utf-8")
    config = _config(database)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{MIGRATIONS / 'versions'}\n{folder}")
    command.upgrade(config, "0003")


def _counts(database: Database) -> tuple[int, ...]:
    with database.read() as db:
        return tuple(db.scalars(select(func.count()).select_from(table)).one() for table in (Study, Subject))


def test_a_table_that_is_rebuilt_keeps_the_rows_that_point_to_it(peopled: Database, tmp_path: Path) -> None:
    _migrate(peopled, tmp_path, REBUILD)
    assert _counts(peopled) == (1, 1)


@pytest.mark.parametrize("step", [REBUILD, "raise RuntimeError"])
def test_foreign_keys_hold_after_a_migration_however_it_ends(peopled: Database, tmp_path: Path, step: str) -> None:
    try:
        _migrate(peopled, tmp_path, step)
    except RuntimeError:
        assert step != REBUILD
    with pytest.raises(IntegrityError), peopled.write() as db:
        db.add(Subject(study_id=99, label="2", simulated=False, created_at=now()))


def test_a_migration_that_loses_rows_others_point_to_is_taken_back(peopled: Database, tmp_path: Path) -> None:
    with pytest.raises(LostRows, match="rows of subjects would have pointed"):
        _migrate(peopled, tmp_path, 'op.execute("DELETE FROM studies")')
    assert _counts(peopled) == (1, 1)


def test_the_newest_tables_are_append_only_where_they_should_be(database: Database) -> None:
    with database.read() as db:
        triggers = db.execute(text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))
        assert [tuple(row) for row in triggers] == [
            ("events", "events_no_delete"), ("events", "events_no_update"),
            ("votes", "votes_no_delete"), ("votes", "votes_no_update"),
        ]  # fmt: skip
