"""keys of links

A number alone says too little of a link: after a backup was restored it is given again. Rows that are there keep none,
so that the links to them hold.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLES = ("studies", "subjects")


def upgrade() -> None:
    """The tables are not written anew: SQLite would forget which numbers were given to rows that are gone."""
    for table in _TABLES:
        op.add_column(table, sa.Column("link_key", sa.String(22), nullable=True))


def downgrade() -> None:
    """Links that were made with a key lead nowhere: the older program asks for others."""
    for table in _TABLES:
        op.drop_column(table, "link_key")
