"""Rows of pictures: one for each content, whether a folder, a rendering or a photograph brings it."""

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from app.db.engine import Database
from app.db.models import Picture


class Facts(Protocol):
    """What a row says of a picture."""

    @property
    def digest(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def size(self) -> int: ...


def keep_pictures(database: Database, pictures: Iterable[Facts]) -> None:
    """Each picture has a row, whether it had one before or not, in a transaction of its own that ends here.

    A row says what its content is and nothing else, so it does no harm where what the pictures are for then fails. Two
    who bring the same pictures wait for each other row by row: both in the order of the digests, or each would wait for
    the other.
    """
    rows = {
        one.digest: {"digest": one.digest, "width": one.width, "height": one.height, "size": one.size}
        for one in pictures
    }
    if not rows:
        return
    insert, table = sqlite.insert if database.is_sqlite else postgresql.insert, Picture.__table__
    assert isinstance(table, Table)
    with database.write_connection() as connection:
        connection.execute(insert(table).on_conflict_do_nothing(), [rows[digest] for digest in sorted(rows)])
