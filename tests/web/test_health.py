"""What probes are told, and what their asking costs."""

import threading

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media, MediaFull
from app.settings import Settings
from app.web.health import StoreProbe


class CountedMedia(Media):
    """A store in memory that counts how often it is tried, and can be full."""

    def __init__(self) -> None:
        super().__init__("memory:///")
        self.tries, self.full = 0, False

    def check_writable(self) -> None:
        self.tries += 1
        if self.full:
            raise MediaFull("probe", "no space left")
        super().check_writable()


def test_the_store_is_tried_once_a_minute_however_many_ask() -> None:
    media, moment = CountedMedia(), [0.0]
    probe = StoreProbe(media, lambda: moment[0])
    threads = [threading.Thread(target=probe.check) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moment[0] = 59.0
    probe.check()
    assert media.tries == 1
    media.full, moment[0] = True, 60.0
    for _ in range(3):
        with pytest.raises(MediaFull):
            probe.check()
    assert media.tries == 2
    media.full, moment[0] = False, 120.0
    probe.check()
    assert media.tries == 3


@pytest.mark.sqlite_only  # a PostgreSQL server that does not answer: see tests/db/test_outages.py
def test_a_database_that_does_not_answer_is_not_ready_and_says_so(
    anonymous: TestClient, database: Database, settings: Settings
) -> None:
    database.close()
    for file in settings.data_dir.glob("beholder.sqlite3*"):
        file.unlink()
    (settings.data_dir / "beholder.sqlite3").mkdir()
    reply = anonymous.get("/readyz", headers={"Accept": "application/json"})
    assert reply.status_code == 503
    assert "does not answer" in reply.json()["detail"]
    assert anonymous.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/login", 200), ("/join/x", 404), ("/admin/studies", 303)]
)
def test_head_is_get_without_the_body(anonymous: TestClient, path: str, status: int) -> None:
    head, get = anonymous.head(path), anonymous.get(path)
    assert (head.status_code, head.content) == (status, b"")
    assert dict(head.headers) == dict(get.headers)


def test_head_changes_no_more_than_get(anonymous: TestClient) -> None:
    assert anonymous.head("/logout").status_code == 405
