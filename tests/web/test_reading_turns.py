"""What people send to be read takes turns and is bounded: no file, and no crowd of them, keeps others waiting."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app import strict_yaml
from app.db import Database
from app.media import Media
from app.studies import service
from app.studies.turns import READINGS
from app.web import tokens
from app.web.tokens import Scope
from tests.web import small_study

pytestmark = pytest.mark.one_database
AT_ONCE, WAITING = 2, 4
VALUES = b"task,scene,condition,measure,value\nquagga_task,scene_parrots,okapi_mae,mae,0.1\n"
Send = Callable[[TestClient, TestClient, int], Response]
WAYS: dict[str, Send] = {
    "a study file": lambda desk, api, _: desk.post("/admin/studies/from-file", files={"file": ("a.yaml", b"title: A")}),
    "a study file of a script": lambda desk, api, _: api.post(
        "/api/v1/studies/from-file", content=b"title: A", headers={"Content-Type": "application/yaml"}
    ),
    "a list of labels": lambda desk, api, study: desk.post(
        f"/admin/studies/{study}/links", files={"file": ("a.csv", b"label\nAda\n")}
    ),
    "values of measures": lambda desk, api, study: desk.post(
        f"/admin/studies/{study}/results/agreement", files={"file": ("a.csv", VALUES)}
    ),
    "values of a script": lambda desk, api, study: api.put(
        f"/api/v1/studies/{study}/measures", content=VALUES, headers={"Content-Type": "text/csv"}
    ),
}


@pytest.fixture
def api(web: FastAPI, desk: TestClient, database: Database) -> Iterator[TestClient]:
    key = {"Authorization": f"Bearer {tokens.make(database, 'marlene', 'a script', list(Scope), days=1)}"}
    with TestClient(web, base_url="http://localhost", headers=key) as client:
        yield client


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_read_waits_for_its_turn_and_gives_it_back(
    way: str, desk: TestClient, api: TestClient, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as taken, monkeypatch.context() as impatient:
        impatient.setattr(READINGS, "patience", 0.01)
        for _ in range(AT_ONCE):
            taken.enter_context(READINGS.take())
        refused = WAYS[way](desk, api, study)
        assert refused.status_code == 503, refused.text
        assert "Try again in a minute" in refused.text or "try again in a minute" in refused.text
    for _ in range(AT_ONCE + WAITING + 1):  # a turn that is not given back would be missed here
        assert WAYS[way](desk, api, study).status_code in (200, 201)


def test_a_crowd_of_files_leaves_the_server_answering_others(
    desk: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, go_on, counting = 0, 0, threading.Event(), threading.Lock()
    load = strict_yaml.load

    def slow(*given: Any) -> Any:
        nonlocal inside, most
        with counting:
            inside += 1
            most = max(most, inside)
        assert go_on.wait(30)
        with counting:
            inside -= 1
        return load(*given)

    monkeypatch.setattr(strict_yaml, "load", slow)
    monkeypatch.setattr(READINGS, "patience", 0.2)
    sent = [("file", ("a.yaml", b"title: A"))]
    with ThreadPoolExecutor(12) as crowd:
        replies = [crowd.submit(desk.post, "/admin/studies/from-file", files=sent) for _ in range(12)]
        while sum(reply.done() for reply in replies) < 12 - AT_ONCE:  # all others have been told to come back
            assert desk.get("/admin/studies").status_code == 200
        go_on.set()
        codes = sorted(reply.result().status_code for reply in replies)
    assert codes == [200] * AT_ONCE + [503] * (12 - AT_ONCE)
    assert most == AT_ONCE
    assert len(service.listing(database)) == AT_ONCE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title: A\nprotocol: {catch_pairs: [" + b"1," * 30_000 + b"]}\n", "more than 20,000 values"),
        (b"title: A\nprotocol: {catch_pairs: [" + b"1," * 9_000 + b"]}\n", "more"),
        (b"title: A\nprotocol: " + b"[" * 50_000, "deeper than 12 levels"),
        (b"title: A\n" + b"# nothing\n" * 90_000, "more than 500,000 characters"),
        (b"title: " + b"a" * 499_000, "200 characters"),
        (b"a" * 499_000 + b": 1", "this is not YAML"),
        (b"a" * 1000 + b": 1", "there is no key"),
    ],
)
def test_a_study_file_made_to_take_long_is_refused_with_what_is_too_much(
    desk: TestClient, database: Database, content: bytes, says: str
) -> None:
    reply = desk.post("/admin/studies/from-file", files={"file": ("a.yaml", content)})
    assert reply.status_code == 422
    assert says in reply.text
    assert len(reply.content) < 60_000  # nor does the reply repeat it
    assert service.listing(database) == []


def test_a_long_list_of_labels_is_given_up_where_it_is_too_long(desk: TestClient, study: int) -> None:
    for content, says in (
        (b"label\n" + b"".join(b"%d\n" % n for n in range(100_000)), "more than 5000 labels"),
        (b"label\n" + b"\xc2\x80\n" * 200_000, "and 4991 more"),
        (b"label\n" + b'"' * 600_000, "is not CSV"),
        (b"label\n" + b"'" * 100_000, "80 are allowed"),
    ):
        reply = desk.post(f"/admin/studies/{study}/links", files={"file": ("a.csv", content)})
        assert (says, reply.status_code) == (says, 422)
        assert says in reply.text
