"""What probes are told, and what their asking costs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from anyio import to_thread
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media, MediaFull
from app.settings import Settings
from app.web.health import StoreProbe, StoreUntried


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
    for _ in range(3):
        probe.check()
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


class SlowMedia(CountedMedia):
    """A store that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = threading.Event(), threading.Event()

    def check_writable(self) -> None:
        self.asked.set()
        assert self.let.wait(20)
        super().check_writable()


def test_nobody_waits_for_a_slow_store_but_the_one_who_tries_it() -> None:
    media, moment = SlowMedia(), [0.0]
    probe = StoreProbe(media, lambda: moment[0])
    with ThreadPoolExecutor(1) as other:
        first = other.submit(probe.check)
        assert media.asked.wait(20)
        for _ in range(50):
            with pytest.raises(StoreUntried):
                probe.check()
        media.let.set()
        first.result()
        media.asked.clear()
        media.let.clear()
        media.full, moment[0] = True, 60.0
        second = other.submit(probe.check)
        assert media.asked.wait(20)
        probe.check()  # what the last try found
        media.let.set()
        with pytest.raises(MediaFull):
            second.result()
    assert media.tries == 2


@pytest.mark.timeout(60)  # it would wait for a thread for ever
def test_that_the_process_lives_is_answered_while_every_thread_is_at_work(anonymous: TestClient) -> None:
    async def take_every_thread() -> None:
        threads = to_thread.current_default_thread_limiter()
        for number in range(int(threads.total_tokens)):
            threads.acquire_on_behalf_of_nowait(number)

    assert anonymous.portal is not None
    anonymous.portal.call(take_every_thread)
    assert anonymous.get("/healthz").json() == {"status": "alive"}


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
