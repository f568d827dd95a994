"""Whether every row that another points to is there, asked once where SQLite minded no foreign keys for a while."""

from sqlalchemy import Connection

from app.errors import AppError


class LostRows(AppError):
    """A migration would have left rows that point to nothing."""

    status = 500

    def __init__(self, tables: set[str]) -> None:
        super().__init__(
            f"The migration was taken back: afterwards rows of {', '.join(sorted(tables))} would have pointed to rows "
            "that are not there. The database is as it was.",
            "go on with the version you had, and report this",
        )


def check_references(connection: Connection) -> None:
    """Nothing, where all foreign keys hold; raises ``LostRows`` otherwise. Other databases than SQLite see to it."""
    if connection.dialect.name == "sqlite":
        lost = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if lost:
            raise LostRows(lost)
