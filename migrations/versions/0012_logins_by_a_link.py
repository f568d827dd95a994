"""logins by a link

Whoever came in by a link that signs in once may set a password without the one that they forgot; of logins that are
there it is not known how they came to be, so they are asked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("logins", sa.Column("by_link", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """The older program can read the tables; it asks nobody for the present password."""
    op.drop_column("logins", "by_link")
