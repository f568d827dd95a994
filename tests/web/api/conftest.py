"""Scripts with tokens: one that may do everything, and one made to order."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.web import login, tokens
from app.web.tokens import Scope

Script = Callable[..., TestClient]


@pytest.fixture
def script(web: FastAPI, database: Database) -> Iterator[Script]:
    """Makes a client with a token of these scopes; all of them, where none is named."""
    login.create_account(database, "ada", None)
    opened = list[TestClient]()

    def made(*scopes: Scope, days: int | None = 1) -> TestClient:
        name = f"a script {len(opened) + 1}"
        token = tokens.make(database, "ada", name, scopes or list(Scope), days=days)
        client = TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"})
        opened.append(client)
        return client

    yield made
    for client in opened:
        client.close()


@pytest.fixture
def api(script: Script) -> TestClient:
    return script()
