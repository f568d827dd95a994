"""photographs and their parts

What tells that two photographs are the same picture in different files, or parts of one. Those that are there keep
empty columns: they are compared by the store's name and by their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("photographs") as batch:
        batch.add_column(sa.Column("pixels", sa.String(64), nullable=True))
        batch.add_column(sa.Column("group_name", sa.String(100), nullable=True))


def downgrade() -> None:
    """The older program can read the tables; groups that were said are lost."""
    with op.batch_alter_table("photographs") as batch:
        batch.drop_column("group_name")
        batch.drop_column("pixels")
