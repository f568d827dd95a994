"""the analysis plan

A protocol says how the answers are to be analysed. Studies that have opened did so without: theirs says that there is
no plan, and holds the choices that results began with until now.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AS_BEFORE: dict[str, Any] = {
    "plan": "none", "plan_primary": "", "plan_alpha": 0.05, "plan_correction": "none", "plan_prior": 0.1,
    "plan_interval": "scenes", "plan_test": "t", "plan_ties": "half", "plan_include_excluded": False,
    "plan_without_flagged": False, "plan_interim": False,
}  # fmt: skip


def upgrade() -> None:
    for study, state, protocol in _protocols():
        if state != "draft":
            _write(study, {**protocol, **_AS_BEFORE})


def downgrade() -> None:
    """The older program has no words for a plan.

    A study that opened with one loses it, and its protocol's hash no longer holds.
    """
    for study, _, protocol in _protocols():
        _write(study, {name: value for name, value in protocol.items() if name not in _AS_BEFORE})


def _protocols() -> list[tuple[int, str, dict[str, Any]]]:
    rows = op.get_bind().execute(sa.text("SELECT id, state, protocol FROM studies")).all()
    return [(study, state, json.loads(said) if isinstance(said, str) else said) for study, state, said in rows]


def _write(study: int, protocol: dict[str, Any]) -> None:
    studies = sa.table("studies", sa.column("id", sa.Integer), sa.column("protocol", sa.JSON))
    op.get_bind().execute(studies.update().where(studies.c.id == study).values(protocol=protocol))
