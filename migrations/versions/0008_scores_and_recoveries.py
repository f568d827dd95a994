"""scores and recoveries

Two more kinds of job: what measures say of a rendering's pictures, and a photograph found again by an objective.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BEFORE = ("train", "render")
_NEW = ("score", "recover")


def upgrade() -> None:
    _kinds(_BEFORE + _NEW, _BEFORE)


def downgrade() -> None:
    """The older program can read the tables; scores and recoveries are lost, and the values that scores brought."""
    gone = f"SELECT id FROM jobs WHERE kind IN {_NEW}"
    brought = f"SELECT id FROM measure_sources WHERE job_id IN ({gone})"
    op.execute(f"DELETE FROM measure_values WHERE source_id IN ({brought})")
    op.execute(f"DELETE FROM measure_sources WHERE job_id IN ({gone})")
    op.execute(f"DELETE FROM job_points WHERE job_id IN ({gone})")
    op.execute(f"DELETE FROM job_needs WHERE job_id IN ({gone}) OR needs_id IN ({gone})")
    op.execute(f"DELETE FROM jobs WHERE kind IN {_NEW}")
    _kinds(_BEFORE, _BEFORE + _NEW)


def _kinds(wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("kind", type_=_words(wanted), existing_type=_words(there), existing_nullable=False)


def _words(words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name="job_kind", native_enum=False, create_constraint=True, length=32)
