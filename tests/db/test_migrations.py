"""Migrations: what they must never do to rows, what they leave switched on, and who may run them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, func, inspect, select, table, text, update
from sqlalchemy.exc import IntegrityError

from app.clock import now
from app.db import Database
from app.db.base import Base
from app.db.migrate import (
    TURN,
    MigrationFailed,
    NotMigrated,
    TablesDisagree,
    TablesInUse,
    UnknownRevision,
    _config,
    downgrade,
    migrate,
    require_current,
)
from app.db.models import FailedAttempt, Outcome, Session, Study, StudyState, Subject
from app.db.references import LostRows
from app.jobs.contract import digest_of
from app.resources import MIGRATIONS
from app.sessions.checks import exclude, readmit
from app.sessions.vouching import protocol_holds
from app.settings import Settings
from app.studies import moves, service
from app.studies.analysis_plan import AnalysisPlan, Plan
from app.studies.eras import FIRST, SECOND
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions import planted

NEWEST = ScriptDirectory(str(MIGRATIONS)).get_current_head()
NEXT = '''"""for this test"""

from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade() -> None:
    {step}
'''
REBUILD = 'with op.batch_alter_table("studies", recreate="always") as table:\n        table.alter_column("title")'
CHANGE = 'with op.batch_alter_table("studies") as table:\n        table.alter_column("title", nullable=True)'


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
    (folder / "9999_next.py").write_text(NEXT.format(step=step, newest=NEWEST), encoding="utf-8")
    config = _config(database)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{MIGRATIONS / 'versions'}\n{folder}")
    command.upgrade(config, "9999")


def _counts(database: Database) -> tuple[int, ...]:
    with database.read() as db:
        return tuple(db.scalars(select(func.count()).select_from(table)).one() for table in (Study, Subject))


def _left_over(connection: Connection) -> set[str]:
    """Everything of ours in the database: tables, indexes, sequences, functions, triggers."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    else:
        query = (
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION "
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace UNION "
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
    return set(connection.scalars(text(query)))


def test_up_down_and_up_again_is_what_the_models_say_and_leaves_nothing_in_between(database: Database) -> None:
    for _ in range(2):
        require_current(database)
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
            assert len(inspect(connection).get_table_names()) == len(Base.metadata.tables) + 1
            standing = _left_over(connection)
        downgrade(database, "base")
        with database.engine.connect() as connection:
            assert _left_over(connection) <= {"alembic_version", "alembic_version_pkc"}
        with pytest.raises(NotMigrated, match="beholder migrate"):
            require_current(database)
        migrate(database)
        with database.engine.connect() as connection:
            assert _left_over(connection) == standing


def test_rows_outlive_every_step_down_to_the_first_tables_and_up_again(peopled: Database) -> None:
    with peopled.write() as db:
        db.add(FailedAttempt(door="login", who="0" * 64, at=now()))
    downgrade(peopled, "0001")
    assert _counts(peopled) == (1, 1)
    migrate(peopled)
    assert _counts(peopled) == (1, 1)
    with peopled.read() as db:
        assert db.scalar(select(func.count()).select_from(FailedAttempt)) == 0  # its table was not there for a while
    with peopled.write() as db:
        db.add(Subject(study_id=1, label="2", simulated=False, created_at=now()))  # numbers go on where they were
    assert _counts(peopled) == (1, 2)


def test_a_study_that_had_opened_asks_and_stores_no_more_than_its_consent_text_says(peopled: Database) -> None:
    downgrade(peopled, "0003")
    old = {name: value for name, value in Protocol(blank_ms=7).model_dump(mode="json").items() if name in FIRST}
    with peopled.write() as db:
        opened = {"state": StudyState.OPEN, "protocol": old, "protocol_hash": digest_of(old)}
        db.execute(update(table("studies", *(column(name, Study.__table__.c[name].type) for name in opened))), opened)
    migrate(peopled)
    with peopled.read() as db:
        number, said = db.execute(select(Study.id, Study.protocol)).one()
    protocol = Protocol.model_validate(said)
    assert (protocol.blank_ms, protocol.record_looks, protocol.questionnaire) == (7, False, ())
    assert protocol_holds(peopled, number)


def _opened(database: Database, said: dict[str, object], hash_of: dict[str, object]) -> None:
    """The study has that protocol and opened with the other's hash."""
    values = {"state": StudyState.OPEN, "protocol": said, "protocol_hash": digest_of(hash_of)}
    with database.write() as db:
        db.execute(update(table("studies", *(column(name, Study.__table__.c[name].type) for name in values))), values)


def test_a_study_that_opened_before_there_were_plans_has_none_and_its_hash_holds_whichever_way_it_goes(
    peopled: Database,
) -> None:
    downgrade(peopled, "0004")
    old = {name: value for name, value in Protocol(blank_ms=7).model_dump(mode="json").items() if name in SECOND}
    _opened(peopled, {name: old[name] for name in old if name != "flicker"}, old)  # its draft was older than a setting
    for _ in range(2):
        migrate(peopled)
        with peopled.read() as db:
            number, said = db.execute(select(Study.id, Study.protocol)).one()
        assert Protocol.model_validate(said).plan is Plan.NONE
        assert protocol_holds(peopled, number)
        downgrade(peopled, "0004")
        with peopled.read() as db:
            assert db.scalar(select(Study.protocol)) == {name: old[name] for name in old if name != "flicker"}
    migrate(peopled)
    with peopled.write() as db:
        db.execute(update(Study).values(protocol={**said, "plan": "frozen"}))  # a plan made up afterwards
    assert not protocol_holds(peopled, number)


def test_no_setting_of_a_plan_can_be_changed_without_notice_once_it_is_frozen(database: Database) -> None:
    number = planted.study(database)
    assert protocol_holds(database, number)
    with database.read() as db:
        said = db.scalars(select(Study.protocol)).one()
    others = {
        "plan": "none", "plan_primary": "x", "plan_alpha": 0.01, "plan_correction": "holm", "plan_prior": 0,
        "plan_interval": "fisher", "plan_test": "two_way", "plan_ties": "davidson", "plan_include_excluded": True,
        "plan_without_flagged": True, "plan_interim": True,
    }  # fmt: skip
    assert others.keys() == AnalysisPlan.model_fields.keys()
    for name, value in others.items():
        with database.write() as db:
            db.execute(update(Study).values(protocol=said | {name: value}))
        assert not protocol_holds(database, number)


def test_a_study_that_had_opened_goes_on_balanced_and_its_protocol_is_still_the_one_it_opened_with(
    database: Database,
) -> None:
    number = planted.study(database)
    planted.play(database, planted.join(database, number), most=4)
    downgrade(database, "0005")
    studies = table("studies", *(column(name, Study.__table__.c[name].type) for name in ("protocol", "protocol_hash")))
    with database.write() as db:
        said = db.scalars(select(studies.c.protocol)).one()
        assert not {"sampling", "adaptive_floor"} & said.keys()
        db.execute(update(studies).values(protocol_hash=digest_of(said)))  # as the older program hashed it
    migrate(database)
    with database.read() as db:
        study = db.get_one(Study, number)
        assert (study.protocol["sampling"], study.protocol["adaptive_floor"]) == ("balanced", 1)
        assert set(db.scalars(text("SELECT probability FROM trials"))) == {None}
    assert protocol_holds(database, number)
    with database.write() as db:
        db.get_one(Study, number).protocol = {**study.protocol, "adaptive_floor": 2}
    assert not protocol_holds(database, number)


def test_older_sessions_that_failed_the_checks_have_failed_them_unless_they_were_readmitted(database: Database) -> None:
    number = planted.study(database)
    tokens = [planted.join(database, number) for _ in range(4)]
    for token, choose in zip(tokens, (planted.careless, planted.careless, planted.honest), strict=False):
        planted.play(database, token, choose)
    readmit(database, planted.session_id(database, tokens[1]), "The screen was broken.", somebody("ada"))
    exclude(database, planted.session_id(database, tokens[2]), "Slept through it.", somebody("ada"))
    downgrade(database, "0003")
    migrate(database)
    with database.read() as db:
        assert db.scalars(select(Session.outcome).order_by(Session.id)).all() == [
            Outcome.FAILED_CHECKS, Outcome.COMPLETED, Outcome.COMPLETED, None
        ]  # fmt: skip


def test_a_table_that_is_rebuilt_keeps_the_rows_that_point_to_it(peopled: Database, tmp_path: Path) -> None:
    _migrate(peopled, tmp_path, REBUILD if peopled.is_sqlite else CHANGE)
    assert _counts(peopled) == (1, 1)


@pytest.mark.parametrize("step", [CHANGE, "raise RuntimeError"])
def test_foreign_keys_hold_after_a_migration_however_it_ends(peopled: Database, tmp_path: Path, step: str) -> None:
    try:
        _migrate(peopled, tmp_path, step)
    except RuntimeError:
        assert step != CHANGE
    with pytest.raises(IntegrityError), peopled.write() as db:
        db.add(Subject(study_id=99, label="2", simulated=False, created_at=now()))


def test_a_migration_that_fails_leaves_the_tables_as_they_were(peopled: Database, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _migrate(peopled, tmp_path, 'op.drop_table("failed_attempts")\n    raise RuntimeError')
    require_current(peopled)
    with peopled.read() as db:
        assert db.scalar(select(func.count()).select_from(FailedAttempt)) == 0


@pytest.mark.sqlite_only  # which does not mind foreign keys while tables are rebuilt; PostgreSQL always does
def test_a_migration_that_loses_rows_others_point_to_is_taken_back(peopled: Database, tmp_path: Path) -> None:
    with pytest.raises(LostRows, match="rows of subjects would have pointed"):
        _migrate(peopled, tmp_path, 'op.execute("DELETE FROM studies")')
    assert _counts(peopled) == (1, 1)


def test_the_newest_tables_are_append_only_where_they_should_be(database: Database) -> None:
    if database.is_sqlite:
        query, verbs = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'", ("no_delete", "no_update")
    else:
        query = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        verbs = ("append_only", "no_truncate")
    with database.read() as db:
        assert {tuple(row) for row in db.execute(text(query))} == {
            (table, f"{table}_{verb}") for table in ("audit_entries", "events", "votes") for verb in verbs
        } | ({("audit_entries", "audit_entries_no_replace")} if database.is_sqlite else set())


def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for look in (migrate, require_current):  # whose advice would otherwise be to migrate
        with pytest.raises(UnknownRevision, match="9999, which this version of Beholder does not know"):
            look(database)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DROP TABLE alembic_version", "does not say at which revision it is"),
        ("DELETE FROM alembic_version", "does not say at which revision it is"),
        (
            "UPDATE alembic_version SET version_num = '0001'",
            "at revision 0001, and its tables are others: it has account_invitations, api_t",
        ),
        ("DROP TABLE failed_attempts", f"at revision {NEWEST}, and its tables are others: it has no failed_attempts"),
    ],
)
def test_tables_of_another_revision_than_the_stamp_are_left_alone(
    peopled: Database, tmp_path: Path, damage: str, says: str
) -> None:
    with peopled.write() as db:
        db.execute(text(damage))
    with pytest.raises(TablesDisagree, match=says):
        require_current(peopled)
    if "failed_attempts" not in damage:
        with pytest.raises(TablesDisagree, match=r"Nothing was changed\."):
            migrate(peopled, backups=tmp_path / "backups")
    assert not (tmp_path / "backups").exists()
    assert _counts(peopled) == (1, 1)


def test_every_older_revision_has_the_tables_that_it_should(database: Database) -> None:
    for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        if script.down_revision is not None:
            downgrade(database, str(script.down_revision))
            with pytest.raises(NotMigrated):
                require_current(database)
    migrate(database)


def test_a_step_that_the_database_refuses_is_a_sentence_that_names_the_backup(
    peopled: Database, tmp_path: Path
) -> None:
    downgrade(peopled, "0001")
    with peopled.write() as db:
        db.execute(text("CREATE TABLE other (door integer)"))  # somebody else's, with the name of an index of ours
        db.execute(text("CREATE INDEX ix_failed_attempts_door_who_at ON other (door)"))
        standing = _left_over(db.connection())
    with pytest.raises(MigrationFailed, match="already exists") as told:
        migrate(peopled, backups=tmp_path / "backups")
    kept = list((tmp_path / "backups").glob("*")) if peopled.is_sqlite else []
    assert [str(path) in told.value.detail for path in kept] == [True] * peopled.is_sqlite
    with peopled.read() as db:
        assert _left_over(db.connection()) == standing
    assert _counts(peopled) == (1, 1)


def test_many_who_migrate_at_once_do_it_once(database: Database, settings: Settings) -> None:
    downgrade(database, "base")
    names = {"BEHOLDER_DATA_DIR": str(settings.data_dir), "BEHOLDER_DATABASE_URL": settings.database_url}
    command_line = [sys.executable, "-m", "app.cli", "migrate"]
    at_once = [
        subprocess.Popen(
            command_line, env=os.environ | names, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in at_once:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    require_current(database)


def test_a_migration_that_cannot_have_its_turn_says_so_and_changes_nothing(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has a file's lock instead: see tests/cli/test_installation.py")
    for held in (f"SELECT pg_advisory_lock({TURN})", "LOCK TABLE failed_attempts"):
        with database.engine.connect() as other:
            other.execute(text(held))
            with pytest.raises(TablesInUse, match="run `beholder migrate` again"):
                downgrade(database, "0001", patience=1)
            other.execute(text("SELECT pg_advisory_unlock_all()"))
        require_current(database)
    downgrade(database, "0001", patience=1)
    migrate(database, patience=1)


def test_the_number_of_a_deleted_draft_is_given_to_no_other_study_whatever_tables_are_written_anew(
    peopled: Database,
) -> None:
    gone = service.create(peopled, "A draft", Protocol())
    moves.delete(peopled, gone)
    downgrade(peopled, "0009")
    migrate(peopled)
    assert service.create(peopled, "Another", Protocol()) > gone  # links are made of the number
