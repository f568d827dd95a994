"""the whole session

Questionnaires, viewing conditions, the screen of every trial, external ids, outcomes and withdrawal; dummy and repeat
trials. Studies that have opened go on under the protocol they opened with: what is new is written into theirs as off.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.db.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KINDS = ("practice", "test", "catch")
_MORE_KINDS = ("practice", "dummy", "test", "catch", "repeat")
_OUTCOMES = ("completed", "failed_checks", "screened_out", "withdrawn")
_CHECKS = ("display", "card", "brightness", "acuity", "colour")
_SERVICES = ("prolific", "mturk", "sona")
_AS_BEFORE: dict[str, Any] = {"dummy_trials": 0, "questionnaire": [], "display_gate": "off", "record_looks": False}
_EVENT_COLUMNS = ("id", "session_id", "number", "kind", "at", "key", "digest", "link")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    _new_tables()
    op.add_column("consents", sa.Column("text", sa.Text(), nullable=True))
    op.add_column("studies", sa.Column("trouble", sa.String(length=500), nullable=True))
    op.add_column("trials", sa.Column("given_back_at", UtcDateTime(), nullable=True))
    _kinds_of_trials(_MORE_KINDS, _KINDS)
    _sessions()
    _erasable_events()
    _freeze_protocols()


def _new_tables() -> None:
    op.create_table(
        "external_ids",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("service", _words("service", _SERVICES), nullable=False),
        sa.Column("participant", sa.String(length=128), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name=op.f("fk_external_ids_study_id_studies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_external_ids_subject_id_subjects"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_external_ids")),
        sa.UniqueConstraint(
            "study_id", "service", "participant", name=op.f("uq_external_ids_study_id_service_participant")
        ),
    )
    op.create_table(
        "questionnaires",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_questionnaires_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_questionnaires")),
    )
    op.create_table(
        "screenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("check", _CHECKS), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_screenings_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
    )
    op.create_index(op.f("ix_screenings_session_id"), "screenings", ["session_id"])
    op.create_table(
        "showings",
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("pixel_ratio", sa.Double(), nullable=False),
        sa.Column("pane_width", sa.Integer(), nullable=False),
        sa.Column("pane_height", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("gamut", sa.String(length=16), nullable=True),
        sa.Column("dynamic_range", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trials.id"], name=op.f("fk_showings_trial_id_trials"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_showings")),
    )


def _kinds_of_trials(wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    with op.batch_alter_table("trials") as batch:
        batch.alter_column(
            "kind",
            type_=_words("trial_kind", wanted),
            existing_type=_words("trial_kind", there),
            existing_nullable=False,
        )


def _sessions() -> None:
    op.add_column("sessions", sa.Column("outcome", sa.String(length=32), nullable=True))
    op.add_column("sessions", sa.Column("comparisons", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("sitting_began_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE sessions SET sitting_began_at = started_at")
    op.execute("UPDATE sessions SET outcome = 'completed' WHERE completed_at IS NOT NULL")
    op.execute(
        "UPDATE sessions SET outcome = 'failed_checks' WHERE completed_at IS NOT NULL AND EXISTS "
        "(SELECT 1 FROM exclusions WHERE session_id = sessions.id AND rule = 'catch') AND (SELECT action "
        "FROM exclusions WHERE session_id = sessions.id ORDER BY exclusions.id DESC LIMIT 1) = 'exclude'"
    )  # as the program does now; who was readmitted has completed it
    connection = op.get_bind()
    for study, protocol in _protocols():
        connection.execute(
            sa.text("UPDATE sessions SET comparisons = planned - :catch WHERE study_id = :study"),
            {"catch": protocol.get("catch_trials", 5), "study": study},
        )
    with op.batch_alter_table("sessions") as batch:
        batch.alter_column("comparisons", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("sitting_began_at", existing_type=UtcDateTime(), nullable=False)
        batch.alter_column("outcome", existing_type=sa.String(length=32), type_=_words("outcome", _OUTCOMES))
        batch.alter_column("completion_code", existing_type=sa.String(length=24), type_=sa.String(length=64))


def _erasable_events() -> None:
    """A payload may be taken out, with its salt; nothing else of a line ever changes."""
    _guard_events(off=True)
    with op.batch_alter_table("events") as batch:
        batch.add_column(sa.Column("key", sa.String(length=40), nullable=True))
        batch.alter_column("payload", existing_type=sa.JSON(), nullable=True)
    op.create_index("uq_events_session_key", "events", ["session_id", "key"], unique=True)
    if _on_sqlite():
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _EVENT_COLUMNS)
        op.execute(
            "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
            f"WHEN NOT (NEW.payload IS NULL AND NEW.salt = '' AND {same}) "
            "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
            "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        )
        return
    same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _EVENT_COLUMNS)
    op.execute(
        "CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF NEW.payload IS NULL AND NEW.salt = '' AND {same} THEN RETURN NEW; "
        "END IF; END IF; RAISE EXCEPTION 'events are append-only' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )


def _guard_events(*, off: bool) -> None:
    """SQLite's triggers are taken away before a rebuild and made again after it; PostgreSQL's stay where they are."""
    if not _on_sqlite():
        return
    for verb in ("UPDATE", "DELETE"):
        if off:
            op.execute(f"DROP TRIGGER events_no_{verb.lower()}")
        else:
            op.execute(
                f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
                "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
            )


def _protocols() -> list[tuple[int, dict[str, Any]]]:
    rows = op.get_bind().execute(sa.text("SELECT id, protocol FROM studies")).all()
    return [(study, json.loads(said) if isinstance(said, str) else said) for study, said in rows]


def _freeze_protocols() -> None:
    connection = op.get_bind()
    studies = sa.table("studies", sa.column("id", sa.Integer), sa.column("protocol", sa.JSON))
    drafts = set(connection.scalars(sa.text("SELECT id FROM studies WHERE state = 'draft'")))
    for study, protocol in _protocols():
        if study not in drafts:
            connection.execute(
                studies.update().where(studies.c.id == study).values(protocol={**protocol, **_AS_BEFORE})
            )


def downgrade() -> None:
    """The older program can read the tables, and what it has no words for is lost for good.

    Dummies and repeats become practice, so that the seals of their blocks no longer hold; outcomes, slots given back
    and erased payloads are forgotten too. Logs of such sessions are broken for ``doctor --verify`` from then on.
    """
    _fewer_settings()
    _guard_events(off=True)
    op.drop_index("uq_events_session_key", "events")
    if not _on_sqlite():
        op.execute(
            "CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    op.execute("ALTER TABLE events DISABLE TRIGGER events_append_only" if not _on_sqlite() else "SELECT 1")
    op.execute("UPDATE events SET payload = '{}' WHERE payload IS NULL")
    op.execute("ALTER TABLE events ENABLE TRIGGER events_append_only" if not _on_sqlite() else "SELECT 1")
    with op.batch_alter_table("events") as batch:
        batch.alter_column("payload", existing_type=sa.JSON(), nullable=False)
        batch.drop_column("key")
    _guard_events(off=False)
    op.execute("UPDATE sessions SET completion_code = substr(completion_code, 1, 24)")
    with op.batch_alter_table("sessions") as batch:
        batch.alter_column("completion_code", existing_type=sa.String(length=64), type_=sa.String(length=24))
        batch.drop_constraint("outcome", type_="check")
        for column in ("outcome", "comparisons", "sitting_began_at"):
            batch.drop_column(column)
    op.execute("UPDATE trials SET kind = 'practice' WHERE kind IN ('dummy', 'repeat')")  # neither was ever counted
    _kinds_of_trials(_KINDS, _MORE_KINDS)
    op.drop_column("trials", "given_back_at")
    op.drop_column("studies", "trouble")
    op.drop_column("consents", "text")
    for table in ("showings", "screenings", "questionnaires", "external_ids"):
        op.drop_table(table)


def _fewer_settings() -> None:
    """Protocols lose the settings that the older program does not know."""
    known = {
        "question", "trials_per_session", "judgements_per_pair", "block_size", "break_minutes", "catch_trials",
        "catch_failures_allowed", "practice_trials", "practice_scenes", "allow_tie", "blank_ms", "min_view_ms",
        "target_sessions", "consent_text", "instructions",
    }  # fmt: skip
    studies = sa.table("studies", sa.column("id", sa.Integer), sa.column("protocol", sa.JSON))
    for study, protocol in _protocols():
        kept = {name: value for name, value in protocol.items() if name in known}
        op.get_bind().execute(studies.update().where(studies.c.id == study).values(protocol=kept))
