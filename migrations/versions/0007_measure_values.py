"""measure values

What measures say of pictures, kept by the content of the picture and of its reference, with where it came from.
"""

import sqlalchemy as sa
from alembic import op

from app.db.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measure_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(file_name IS NULL) <> (job_id IS NULL)", name=op.f("ck_measure_sources_file_or_job")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_measure_sources_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_sources")),
    )
    op.create_table(
        "foreign_measures",
        sa.Column("measure", sa.String(length=80), nullable=False),
        sa.Column("higher_is_better", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("measure", name=op.f("pk_foreign_measures")),
    )
    op.create_table(
        "measure_values",
        sa.Column("picture_digest", sa.String(length=64), nullable=False),
        sa.Column("reference_digest", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=80), nullable=False),
        sa.Column(
            "form",
            sa.Enum("rgb", "y", name="measure_form", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_digest"], ["pictures.digest"], name=op.f("fk_measure_values_picture_digest_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["reference_digest"], ["pictures.digest"], name=op.f("fk_measure_values_reference_digest_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["measure_sources.id"], name=op.f("fk_measure_values_source_id_measure_sources")
        ),
        sa.PrimaryKeyConstraint(
            "picture_digest", "reference_digest", "measure", "form", name=op.f("pk_measure_values")
        ),
    )


def downgrade() -> None:
    for table in ("measure_values", "foreign_measures", "measure_sources"):
        op.drop_table(table)
