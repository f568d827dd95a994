"""Which pictures are for whom: those of jobs for everybody at the desk, those of a study for who takes part in it."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, Text, cast, exists, select

from app.db import Database
from app.db.models import Account, Job, JobKind, JobSample, Photograph, Rendering, Stimulus, Study
from app.studies import members

_AT_ONCE = 500  # digests in one question


def may_see(database: Database, account_id: int, digest: str) -> bool:
    """Whether a job made the picture or works on it, or a study shows it in which the account has a role."""
    return not hidden(database, account_id, [digest])


def hidden(database: Database, account_id: int, digests: Iterable[str]) -> set[str]:
    """Those of the pictures that are not for the account to see; none where it operates the program."""
    left = set(digests)
    with database.read() as db:
        if db.scalar(select(Account.operates).where(Account.id == account_id)):
            return set()
        for places in _places(account_id):
            (column,) = places.selected_columns
            asked = sorted(left)
            for start in range(0, len(asked), _AT_ONCE):
                left.difference_update(db.scalars(places.where(column.in_(asked[start : start + _AT_ONCE]))))
        recovered = exists().where(Job.kind == JobKind.RECOVER)  # the result of one names its pictures
        return {one for one in left if not db.scalar(select(recovered.where(cast(Job.result, Text).contains(one))))}


def _places(account_id: int) -> Iterator[Select[Any]]:
    """The digests of pictures that the account may see, by where they are kept."""
    shown = select(Stimulus.picture_digest).join(Study, Study.id == Stimulus.study_id)
    yield shown.where(members.takes_part(account_id))
    yield select(Rendering.picture_digest)
    yield select(Photograph.picture_digest)
    yield select(Photograph.thumbnail_digest)
    yield select(JobSample.restored_digest)
    yield select(JobSample.degraded_digest)
    yield select(JobSample.reference_digest)
