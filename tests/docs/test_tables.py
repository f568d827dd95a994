"""docs/architecture.md has a sentence on every table of the database: the one its class begins with."""

import app.db.models  # noqa: F401  (declares the tables)
from app.db.base import Base
from tests.docs import pages


def known() -> dict[str, str]:
    rows = {}
    for mapper in Base.registry.mappers:
        name = f"`{mapper.local_table.name}`"  # type: ignore[attr-defined]
        rows[name] = pages.line((name, (mapper.class_.__doc__ or "").splitlines()[0].replace("``", "`")))
    return rows


def test_every_table_of_the_database_is_described() -> None:
    documented = {cells[0]: pages.line(cells) for cells in pages.table(pages.read("architecture.md"), "table")}
    assert not pages.differences("docs/architecture.md", documented, known())


def test_every_table_belongs_to_a_class() -> None:
    assert {f"`{name}`" for name in Base.metadata.tables} == known().keys()
