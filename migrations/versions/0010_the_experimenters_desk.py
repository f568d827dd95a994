"""the experimenter's desk

Who may do what and who did it, sets of photographs with their licences, what workers and running trainings tell, and
the rest of a study's life. Whoever has an account keeps all that they could do: they own every study there is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATES = ("draft", "open", "paused", "closed")
_NEW_STATES = ("pilot", "archived")
_ROLES = ("owner", "experimenter", "analyst", "viewer")
_THROUGH = ("desk", "api", "cli", "program")
_NEVER_TWICE = {"sqlite_autoincrement": True}  # links are made of a study's number


def upgrade() -> None:
    with _numbers_kept("studies"):
        _studies()
    _subjects()
    _accounts()
    _work()
    _audit()


def downgrade() -> None:
    """The older program can read the tables; a pilot is paused, an archived study closed, and so is a rehearsal."""
    _audit_undone()
    op.drop_table("job_samples")
    with op.batch_alter_table("photographs") as batch:
        batch.drop_constraint("fk_photographs_thumbnail_digest_pictures", type_="foreignkey")
        batch.drop_constraint("fk_photographs_set_name_photograph_sets", type_="foreignkey")
        for name in ("thumbnail_digest", "likeness", "encoded"):
            batch.drop_column(name)
    op.drop_table("photograph_sets")
    op.drop_index("ix_jobs_state_demand", "jobs")
    _drop("jobs", "needs_memory", "needs_weights", "log_attempt", "log_worker", "log", "step_ms", "device", "usage")
    _drop("workers", "lease_until", "memory", "speeds", "weights")
    op.drop_table("account_invitations")
    op.drop_table("memberships")
    with op.batch_alter_table("accounts") as batch:
        batch.drop_constraint("uq_accounts_oidc_issuer_oidc_subject", type_="unique")
    _drop("accounts", "oidc_subject", "oidc_issuer", "launches", "creates", "operates")
    op.drop_column("subjects", "invited")
    op.execute("UPDATE studies SET state = 'closed' WHERE state = 'archived' OR rehearsal_of IS NOT NULL")
    op.execute("UPDATE studies SET state = 'paused' WHERE state = 'pilot'")
    op.execute("UPDATE studies SET opened_at = created_at WHERE opened_at IS NULL AND state <> 'draft'")
    with _numbers_kept("studies"):
        with op.batch_alter_table("studies", table_kwargs=_NEVER_TWICE) as batch:
            batch.drop_constraint("fk_studies_duplicate_of_studies", type_="foreignkey")
            batch.alter_column(
                "state", type_=_states(_STATES), existing_type=_states(_STATES + _NEW_STATES), existing_nullable=False
            )
        _drop("studies", "imported", "rehearsal_of", "duplicate_of", "revision", "archived_at")
    _drop("trials", "original_token", "original_id")
    _drop("sessions", "original_id")
    _drop("pairs", "original_id")


def _studies() -> None:
    with op.batch_alter_table("studies", table_kwargs=_NEVER_TWICE) as batch:
        batch.alter_column(
            "state", type_=_states(_STATES + _NEW_STATES), existing_type=_states(_STATES), existing_nullable=False
        )
        batch.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("duplicate_of", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("rehearsal_of", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("imported", sa.JSON(), nullable=True))
        batch.create_foreign_key(
            "fk_studies_duplicate_of_studies", "studies", ["duplicate_of"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("studies", table_kwargs=_NEVER_TWICE) as batch:
        batch.alter_column("revision", server_default=None)
    for table in ("pairs", "sessions", "trials"):  # what logs of imported studies name
        op.add_column(table, sa.Column("original_id", sa.Integer(), nullable=True))
    op.add_column("trials", sa.Column("original_token", sa.String(43), nullable=True))


def _subjects() -> None:
    """Nobody knows who came by a public link before, so no quota counts them.

    The table is not written anew: SQLite would forget which numbers were given to subjects that are gone.
    """
    op.add_column("subjects", sa.Column("invited", sa.Boolean(), nullable=False, server_default=sa.true()))


def _accounts() -> None:
    rights = ("operates", "creates", "launches")
    with op.batch_alter_table("accounts") as batch:
        for name in rights:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("oidc_issuer", sa.String(300), nullable=True))
        batch.add_column(sa.Column("oidc_subject", sa.String(255), nullable=True))
        batch.create_unique_constraint("uq_accounts_oidc_issuer_oidc_subject", ["oidc_issuer", "oidc_subject"])
    with op.batch_alter_table("accounts") as batch:
        for name in rights:
            batch.alter_column(name, server_default=None)
    op.create_table(
        "memberships",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", _word("role", _ROLES), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name="fk_memberships_study_id_studies", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_memberships_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "account_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_account_id", "memberships", ["account_id"])
    op.execute(
        "INSERT INTO memberships (study_id, account_id, role, added_at) "
        "SELECT studies.id, accounts.id, 'owner', studies.created_at FROM studies CROSS JOIN accounts"
    )
    op.create_table(
        "account_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("role", _word("role", _ROLES), nullable=True),
        sa.Column("creates", sa.Boolean(), nullable=False),
        sa.Column("launches", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(80), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name="fk_account_invitations_study_id_studies", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_invitations"),
        sa.UniqueConstraint("token_digest", name="uq_account_invitations_token_digest"),
    )
    op.create_index("ix_account_invitations_study_id", "account_invitations", ["study_id"])


def _work() -> None:
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("usage", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("device", sa.String(120), nullable=True))
        batch.add_column(sa.Column("step_ms", sa.Double(), nullable=True))
        batch.add_column(sa.Column("log", sa.Text(), nullable=True))
        batch.add_column(sa.Column("log_worker", sa.String(120), nullable=True))
        batch.add_column(sa.Column("log_attempt", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("needs_weights", sa.Text(), nullable=False, server_default=""))  # as before: anybody
        batch.add_column(sa.Column("needs_memory", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("jobs") as batch:
        for name in ("needs_weights", "needs_memory"):
            batch.alter_column(name, server_default=None)
    op.create_index("ix_jobs_state_demand", "jobs", ["state", "needs_weights", "needs_memory"])
    with op.batch_alter_table("workers") as batch:
        for name in ("weights", "speeds", "memory"):
            batch.add_column(sa.Column(name, sa.JSON(), nullable=True))
        batch.add_column(
            sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
        )
    with op.batch_alter_table("workers") as batch:
        batch.alter_column("lease_until", server_default=None)
    op.create_table(
        "photograph_sets",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("licence", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_photograph_sets"),
    )
    op.execute(
        "INSERT INTO photograph_sets (name, licence, source, added_by, added_at) "
        "SELECT DISTINCT set_name, '', '', '', CURRENT_TIMESTAMP FROM photographs"
    )
    with op.batch_alter_table("photographs") as batch:
        batch.add_column(sa.Column("encoded", sa.String(10), nullable=True))
        batch.add_column(sa.Column("likeness", sa.String(64), nullable=True))
        batch.add_column(sa.Column("thumbnail_digest", sa.String(64), nullable=True))
        batch.create_foreign_key("fk_photographs_set_name_photograph_sets", "photograph_sets", ["set_name"], ["name"])
        batch.create_foreign_key(
            "fk_photographs_thumbnail_digest_pictures", "pictures", ["thumbnail_digest"], ["digest"]
        )
    digests = ("restored_digest", "degraded_digest", "reference_digest")
    op.create_table(
        "job_samples",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in digests),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_samples_job_id_jobs", ondelete="CASCADE"),
        *(
            sa.ForeignKeyConstraint([name], ["pictures.digest"], name=f"fk_job_samples_{name}_pictures")
            for name in digests
        ),
        sa.PrimaryKeyConstraint("job_id", "step", "number", name="pk_job_samples"),
    )


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("through", _word("through", _THROUGH), nullable=False),
        sa.Column("deed", sa.String(60), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_study_id_at", "audit_entries", ["study_id", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit_entries are append-only' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entries_append_only BEFORE DELETE OR UPDATE ON audit_entries FOR EACH ROW "
            "EXECUTE FUNCTION audit_entries_append_only()"
        )
        op.execute(
            "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT "
            "EXECUTE FUNCTION audit_entries_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entries_no_{verb.lower()} BEFORE {verb} ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit_entries are append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries "
        "WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'audit_entries are append-only'); END"
    )


def _audit_undone() -> None:
    op.drop_table("audit_entries")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_append_only()")


@contextmanager
def _numbers_kept(table: str) -> Iterator[None]:
    """SQLite writes the table anew, and would forget which numbers were given to rows that are gone."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    given = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    last = op.get_bind().scalar(given, {"name": table}) if is_sqlite else None
    yield
    if last is not None:
        op.get_bind().execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        op.get_bind().execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": table, "seq": last}
        )


def _drop(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, table_kwargs=_NEVER_TWICE if table == "studies" else {}) as batch:
        for name in columns:
            batch.drop_column(name)


def _states(words: tuple[str, ...]) -> sa.Enum:
    return _word("study_state", words)


def _word(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
