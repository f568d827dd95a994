"""The seal of a block: what was issued, and what it shows, as one digest in the session's log.

A vote says left or right; what stood there, only the trial and its pair know. Written when a block starts, the seal
tells whether those rows are still the ones that were issued, sampling probabilities included. No statement of the vote
path comes through here. Of an imported study the seal names what was issued there: original numbers and tokens.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from app.db.models import Pair, Stimulus, Trial

_REFERENCE, _A, _B = (aliased(Stimulus, name=name) for name in ("reference", "a", "b"))
_SHOWN = (
    select(
        Trial.block, Trial.position, func.coalesce(Trial.original_token, Trial.token), Trial.kind, Trial.a_on_left,
        func.coalesce(Pair.original_id, Trial.pair_id),
        Pair.kind, Pair.task, Pair.scene,
        *(column for one in (_REFERENCE, _A, _B) for column in (one.role, one.condition, one.picture_digest)),
        Trial.probability,
    )
    .outerjoin(Pair, Pair.id == Trial.pair_id)
    .outerjoin(_REFERENCE, _REFERENCE.id == Pair.reference_id)
    .outerjoin(_A, _A.id == Pair.a_id)
    .outerjoin(_B, _B.id == Pair.b_id)
    .where(Trial.session_id == bindparam("session"))
    .order_by(Trial.block, Trial.position)
)  # fmt: skip
_OF_BLOCK = _SHOWN.where(Trial.block == bindparam("block"))


def of_block(connection: Connection, session_id: int, block: int) -> str:
    """The seal of one block, from its trials as they are stored."""
    return seal(connection.execute(_OF_BLOCK, {"session": session_id, "block": block}))


def of_session(connection: Connection, session_id: int) -> dict[int, str]:
    """The seal of every block of which trials are stored, from these trials."""
    blocks = dict[int, list[Sequence[Any]]]()
    for row in connection.execute(_SHOWN, {"session": session_id}):
        blocks.setdefault(row.block, []).append(row)
    return {block: seal(rows) for block, rows in blocks.items()}


def seal(rows: Iterable[Sequence[Any]]) -> str:
    """The seal of a block's trials, each told as the statement above tells it, in the order of their positions."""
    told = [list(row) if row[-1] is not None else list(row[:-1]) for row in rows]  # as it was before there were any
    return sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
