"""adaptive sampling

With what probability the pair of a test trial came into its block. Studies that have opened go on as they were: their
pairs are balanced, and that is written into their protocols.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AS_BEFORE: dict[str, Any] = {"sampling": "balanced", "adaptive_floor": 1}
_RULE = "probability IS NULL OR (probability > 0 AND probability <= 1)"


def upgrade() -> None:
    with op.batch_alter_table("trials") as batch:
        batch.add_column(sa.Column("probability", sa.Double(), nullable=True))
        batch.create_check_constraint("probability_in_range", _RULE)
    drafts = set(op.get_bind().scalars(sa.text("SELECT id FROM studies WHERE state = 'draft'")))
    for study, protocol in _protocols():
        if study not in drafts:
            _write(study, {**protocol, **_AS_BEFORE})


def downgrade() -> None:
    """The older program can read the tables; the probabilities are lost, and with them what sealed their blocks.

    An adaptive study goes on as a balanced one.
    """
    for study, protocol in _protocols():
        _write(study, {name: value for name, value in protocol.items() if name not in _AS_BEFORE})
    with op.batch_alter_table("trials") as batch:
        batch.drop_constraint("probability_in_range", type_="check")
        batch.drop_column("probability")


def _protocols() -> list[tuple[int, dict[str, Any]]]:
    rows = op.get_bind().execute(sa.text("SELECT id, protocol FROM studies")).all()
    return [(study, json.loads(said) if isinstance(said, str) else said) for study, said in rows]


def _write(study: int, protocol: dict[str, Any]) -> None:
    studies = sa.table("studies", sa.column("id", sa.Integer), sa.column("protocol", sa.JSON))
    op.get_bind().execute(studies.update().where(studies.c.id == study).values(protocol=protocol))
