"""Names come in one order, whatever language the database was set up for."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from app.db import Database
from app.db.models import Photograph
from app.db.order import by_code
from app.jobs import views
from app.jobs.photograph_sets import sets
from app.studies import inventory
from tests.db import locks
from tests.jobs.build import reported


def test_names_are_ordered_by_their_characters_codes(database: Database) -> None:
    for name in ("b", "a", "B", "_", "é"):
        reported(database, name)
    assert [worker.name for worker in views.workers(database)] == ["B", "_", "a", "b", "é"]


def test_postgresql_is_told_so() -> None:
    said = str(select(Photograph.id).order_by(by_code(Photograph.name)).compile(dialect=postgresql.dialect()))
    assert said.endswith('ORDER BY photographs.name COLLATE "C"')


def test_the_orders_on_which_recipes_and_schedules_rest_are_of_this_kind(database: Database) -> None:
    with locks.statements(database, reading=True) as said, database.read() as db:
        sets(database)
        inventory.load(db, 1)
    ordered = [statement for statement in said if "ORDER BY" in statement]
    assert len(ordered) == 2
    assert all('COLLATE "C"' in statement for statement in ordered)
