"""A database that goes away, and comes back, under a web server that stays."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from app import cli
from app.clock import now
from app.db import Database
from app.db.models import Account
from app.db.silence import DatabaseCollision, DatabaseSilent, is_silent, said_of
from app.media import Media
from app.settings import Settings
from app.web.app import create_app
from tests.postgres import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of this file's own, which may be stopped."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url
        server.start_again()


@pytest.fixture
def client(url: str, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path / "data", database_url=url)
    database = Database(settings.database)
    with TestClient(create_app(settings, database, Media(settings.media)), base_url="http://localhost") as client:
        yield client
    database.close()


def _sign_in(client: TestClient) -> int:
    return client.post("/login", data={"name": "ada", "password": "a long password"}).status_code


def test_a_server_that_stops_is_a_503_with_a_sentence_until_it_is_back(client: TestClient, server: Server) -> None:
    assert client.get("/readyz").status_code == 200
    before = _sign_in(client)
    assert before == 401
    server.stop()
    for _ in range(2):
        reply = client.post("/login", data={"name": "ada", "password": "a long password"})
        assert reply.status_code == 503
        assert "The database does not answer; nothing that was saved is lost." in reply.text
        assert reply.headers["Retry-After"] == "10"
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    server.start()
    assert client.get("/readyz").status_code == 200
    assert _sign_in(client) == before


def test_connections_that_the_server_ended_are_replaced_unnoticed(client: TestClient, server: Server, url: str) -> None:
    assert _sign_in(client) == 401
    server.cut(url.partition("@/")[2].partition("?")[0])
    assert _sign_in(client) == 401


def test_a_transaction_whose_connection_is_ended_leaves_nothing(server: Server, url: str) -> None:
    database = Database(url)
    with pytest.raises(OperationalError) as failure, database.write() as db:
        db.add(Account(name="ada", password_hash=None, created_at=now()))
        db.flush()
        server.cut(database.url.database or "")
        db.execute(text("SELECT 1"))
    assert isinstance(said_of(failure.value), DatabaseSilent)
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM accounts")) == 0
    database.close()


def test_a_command_that_loses_the_database_ends_with_a_sentence(
    server: Server, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lose() -> None:
        database = Database(url)
        with database.read() as db:
            db.execute(text("SELECT 1"))
            server.cut(database.url.database or "")
            db.execute(text("SELECT 1"))

    monkeypatch.setattr(cli, "program", lambda: lose)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("The database does not answer; nothing that was saved is lost.")


def test_a_statement_that_is_wrong_is_still_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def err() -> None:
        with Database(f"sqlite:///{tmp_path}/empty").read() as db:
            db.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr(cli, "program", lambda: err)
    with pytest.raises(OperationalError, match="nowhere"):
        cli.main()


def test_two_who_wait_for_each_other_are_told_so_and_not_that_the_database_is_away(url: str) -> None:
    database, gate, errors = Database(url), threading.Barrier(2), list[DBAPIError]()

    def insert(names: tuple[str, str]) -> None:
        try:
            with database.write() as db:
                for name in names:
                    db.add(Account(name=name, password_hash=None, created_at=now()))
                    db.flush()
                    if name == names[0]:
                        gate.wait(30)
        except DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=insert, args=(names,)) for names in (("ada", "grace"), ("grace", "ada"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    (deadlock,) = errors
    assert isinstance(said_of(deadlock), DatabaseCollision)
    assert not is_silent(deadlock)


def test_more_threads_than_the_web_process_has_find_a_connection(url: str) -> None:
    database, gate, errors = Database(url), threading.Barrier(40), list[BaseException]()

    def look() -> None:
        try:
            with database.read() as db:
                db.execute(text("SELECT 1"))
                gate.wait(30)  # all forty hold theirs at once
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert errors == []
