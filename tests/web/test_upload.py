"""Zips uploaded on a study's page: what comes in, what does not, and that nothing of it is left lying about."""

import asyncio
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media, MediaFull
from app.reserve import RESERVE
from app.settings import Settings
from app.studies import inventory, service
from app.studies.protocol import Protocol
from app.web import login, uploads
from app.web.guard import BODY_LIMIT
from app.web.sign_in import COOKIE
from app.web.uploads import UPLOAD_LIMIT, UPLOADS, temporary, waiting_room
from tests.studies import archives
from tests.studies.pictures import fill, png, with_chunk
from tests.web import small_study

MULTIPART = "multipart/form-data; boundary=b"


@pytest.fixture
def draft(database: Database) -> int:
    return service.create(database, "Restoration", Protocol(catch_trials=3), seed=7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "stimuli")


def _send(desk: TestClient, study: int, data: bytes, **ticks: str):  # type: ignore[no-untyped-def]
    files = {"archive": ("pictures.zip", data, "application/zip")}
    return desk.post(f"/admin/studies/{study}/upload", files=files, data=ticks)


def _pictures(database: Database, study: int) -> dict[str, str]:
    with database.read() as db:
        return {shown.where: shown.digest for task in inventory.load(db, study) for shown in task.pictures.values()}


def _left(settings: Settings) -> list[Path]:
    room = waiting_room(settings)
    return list(room.iterdir()) if room.exists() else []


def test_an_uploaded_zip_is_in_the_draft_and_the_page_says_so(
    desk: TestClient, database: Database, settings: Settings, draft: int, folder: Path
) -> None:
    reply = _send(desk, draft, archives.packed(folder, around="pictures/"))
    assert reply.status_code == 200
    assert "30 of 30 pictures are new: denoise, superres; 6 scenes; conditions gmsd, mae, ms_ssim" in reply.text
    assert len(_pictures(database, draft)) == 30
    assert _left(settings) == []


def test_notes_are_refused_or_taken_out_as_ticked_and_what_is_served_is_what_is_kept(
    desk: TestClient, database: Database, media: Media, draft: int, folder: Path
) -> None:
    for path in folder.glob("denoise/mae/*.png"):
        path.write_bytes(with_chunk(path.read_bytes(), b"tEXt", b"method\0mae"))
    refused = _send(desk, draft, archives.packed(folder))
    assert refused.status_code == 422
    assert "Nothing was imported." in refused.text
    (told,) = re.findall(r"<li>(denoise/mae/[^<]*)</li>", refused.text)
    assert "carries text (tEXt)" in told
    assert "and so with 2 others: " in told
    assert _pictures(database, draft) == {}
    reply = _send(desk, draft, archives.packed(folder), strip="yes")
    assert "3 pictures: text (tEXt) taken out" in reply.text
    digest = _pictures(database, draft)["denoise/mae/cat"]
    assert desk.get(f"/admin/pictures/{digest}.png").content == media.get(digest) == png("denoise/mae/cat")


def test_a_corrected_zip_replaces_its_tasks_only_when_ticked(
    desk: TestClient, database: Database, draft: int, folder: Path
) -> None:
    _send(desk, draft, archives.packed(folder))
    (folder / "denoise/mae/cat.png").write_bytes(png("a better cat"))
    refused = _send(desk, draft, archives.packed(folder))
    assert refused.status_code == 422
    assert "is in the study already, with another picture" in refused.text
    before = _pictures(database, draft)
    assert _send(desk, draft, archives.packed(folder), replace="yes").status_code == 200
    assert len(set(_pictures(database, draft).items()) ^ set(before.items())) == 2


def test_long_lists_of_problems_end_and_say_where_the_rest_is(
    desk: TestClient, draft: int, folder: Path, tmp_path: Path
) -> None:
    names = [(f"denoise/mae/<b>{'x' * (200 + number)}.png", b"") for number in range(60)]
    reply = _send(desk, draft, archives.zipped([*archives.files(folder), *names]))
    assert reply.text.count("<li>denoise/mae/&lt;b&gt;") == 40
    assert "more; <code>beholder ingest" in reply.text
    assert "<b>" not in reply.text


def _form(*parts: tuple[bytes, bytes], end: bytes = b"--b--") -> bytes:
    """A form of these parts, each with its disposition and its content."""
    head = b"--b\r\nContent-Disposition: form-data; "
    return b"".join(head + about + b"\r\n\r\n" + data + b"\r\n" for about, data in parts) + end


FILE, TICK = b'name="archive"; filename="a.zip"', b'name="strip"'
NO_UPLOADS = {
    "it is no multipart form": (b"", "application/zip"),
    "(it is no multipart form": (b"archive=x", "application/x-www-form-urlencoded"),
    "its last part breaks off": (b"", MULTIPART),
    "last part breaks off": (_form((FILE, b"PK"), end=b""), MULTIPART),
    "its parts are malformed": (b"no boundary", MULTIPART),
    "Choose one, then send it": (_form((TICK, b"yes")), MULTIPART),
    "No file came": (_form((b'name="archive"; filename=""', b"")), MULTIPART),
    "a field has more than 1000 bytes": (_form((TICK, b"y" * 1001)), MULTIPART),
    "it has more than 10 fields": (_form(*[(TICK, b"yes")] * 11), MULTIPART),
    "it has more than one file": (_form((FILE, b"PK"), (FILE, b"PK")), MULTIPART),
    "a.zip is no zip archive": (_form((FILE, b"PK")), MULTIPART),
    "parts are malformed": (b"--b\r\n" + b"X" * 9000 + b": y\r\n\r\ny\r\n--b--", MULTIPART),
    "are malformed": (b"--" + b"b" * 300, f"multipart/form-data; boundary={'b' * 300}"),
}


@pytest.mark.parametrize("reason", NO_UPLOADS)
def test_what_is_no_upload_is_refused_with_a_sentence(
    desk: TestClient, database: Database, settings: Settings, draft: int, reason: str
) -> None:
    content, kind = NO_UPLOADS[reason]
    reply = desk.post(f"/admin/studies/{draft}/upload", content=content, headers={"Content-Type": kind})
    assert reply.status_code == 422
    assert reason in reply.text
    assert _pictures(database, draft) == {}
    assert _left(settings) == []


def test_only_a_draft_has_the_form_and_takes_an_upload(
    desk: TestClient, database: Database, media: Media, pictures: Path, folder: Path
) -> None:
    study = small_study.create(database, media, pictures)
    assert 'type="file"' not in desk.get(f"/admin/studies/{study}/stimuli").text
    reply = _send(desk, study, archives.packed(folder))
    assert reply.status_code == 409
    assert "only a draft can be changed" in reply.text
    assert _send(desk, 99, archives.packed(folder)).status_code == 404


def test_a_page_of_another_site_cannot_upload(desk: TestClient, database: Database, draft: int, folder: Path) -> None:
    files = {"archive": ("pictures.zip", archives.packed(folder))}
    reply = desk.post(f"/admin/studies/{draft}/upload", files=files, headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 403
    assert _pictures(database, draft) == {}


def test_a_full_store_says_so_and_nothing_is_imported(
    desk: TestClient, database: Database, settings: Settings, draft: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Media, data: bytes) -> str:
        raise MediaFull("0" * 64, "No space left on device")

    monkeypatch.setattr(Media, "put", full)
    reply = _send(desk, draft, archives.packed(folder))
    assert reply.status_code == 507
    assert "make room" in reply.text.lower()
    assert _pictures(database, draft) == {}
    assert _left(settings) == []


def test_an_upload_stops_before_it_takes_the_room_that_votes_need(
    desk: TestClient, database: Database, settings: Settings, draft: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [RESERVE + 1000]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, free=free[0]))
    reply = _send(desk, draft, archives.packed(folder))
    assert reply.status_code == 507
    assert "are kept for votes" in reply.text
    assert (_pictures(database, draft), _left(settings)) == ({}, [])
    free[0] = 3 * RESERVE
    assert _send(desk, draft, archives.packed(folder)).status_code == 200


def test_four_upload_at_once_and_a_fifth_is_told_when_to_come(
    desk: TestClient, database: Database, draft: int, folder: Path
) -> None:
    with ExitStack() as others:
        for _ in range(4):
            others.enter_context(UPLOADS.take())
        reply = _send(desk, draft, archives.packed(folder))
        assert reply.status_code == 503
        assert "Several others are uploading" in reply.text
    assert _pictures(database, draft) == {}
    assert _send(desk, draft, archives.packed(folder)).status_code == 200


@pytest.mark.parametrize("path", ["/admin/studies/1/upload", "/api/v1/studies/1/stimuli"])
def test_the_limit_of_uploads_is_told_before_anything_is_read(desk: TestClient, path: str) -> None:
    reply = desk.post(path, headers={"Content-Length": str(UPLOAD_LIMIT + 1)})
    assert reply.status_code == 413
    assert "1,000 MB" in reply.text
    assert "larger than 1 MB" in desk.post("/admin/studies/1/stimuli", content=bytes(BODY_LIMIT + 1)).text


@pytest.mark.parametrize(
    "path", ["/admin/studies/1/upload/", "/admin/studies/x/upload", "/admin/studies/1/uploads", "/login"]
)
def test_other_addresses_keep_the_small_limit(desk: TestClient, path: str) -> None:
    assert desk.post(path, headers={"Content-Length": str(BODY_LIMIT + 1)}).status_code == 413


def test_a_chunked_upload_is_cut_off_at_the_limit(
    desk: TestClient, settings: Settings, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.guard.UPLOAD_LIMIT", 2_000_000)
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'
        for _ in range(40):
            sent += 1
            yield bytes(100_000)
        yield b"\r\n--b--"

    reply = desk.post(f"/admin/studies/{draft}/upload", content=body(), headers={"Content-Type": MULTIPART})
    assert reply.status_code == 413
    assert "2 MB" in reply.text
    assert _left(settings) == []


def test_what_a_killed_server_left_goes_with_the_next_upload_and_what_is_in_use_stays(tmp_path: Path) -> None:
    room = tmp_path / "uploads"

    async def two_at_once() -> None:
        async with temporary(room) as first:
            (room / "left").write_bytes(b"by a killed process")
            async with temporary(room) as second:
                assert set(room.iterdir()) == {first.path, second.path}
                assert second.path.stat().st_mode & 0o777 == 0o600
            assert list(room.iterdir()) == [first.path]
        assert list(room.iterdir()) == []

    asyncio.run(two_at_once())


def test_a_file_is_made_and_deleted_while_the_server_answers_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering, at_work = threading.get_ident(), list[int]()
    for name in ("_make", "_remove"):
        monkeypatch.setattr(uploads, name, _told(at_work, getattr(uploads, name)))

    async def one() -> None:
        async with temporary(tmp_path):
            assert len(at_work) == 1

    asyncio.run(one())
    assert len(at_work) == 2
    assert answering not in at_work


def _told(at_work: list[int], made: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, which first notes the thread that it runs in."""

    def noted(about: Any) -> Any:
        at_work.append(threading.get_ident())
        return made(about)

    return noted


class Line:
    """A raw connection to a server, on which the head of a chunked upload has been sent."""

    def __init__(self, port: int, cookie: str = "", path: str = "/admin/studies/1/upload") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.sent = 0
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            f"Content-Type: {MULTIPART}\r\n{f'Cookie: {COOKIE}={cookie}' if cookie else 'X-Nobody: 1'}\r\n\r\n"
        )
        self.socket.sendall(head.encode())
        self._chunk(b"--b\r\nContent-Disposition: form-data; " + FILE + b"\r\n\r\n")

    def send(self, megabytes: int) -> None:
        """So much of a file, or what the server takes of it before it hangs up."""
        with contextlib.suppress(OSError):
            for _ in range(megabytes):
                self._chunk(bytes(1_000_000))

    def _chunk(self, data: bytes) -> None:
        self.socket.sendall(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.sent += len(data)


@pytest.fixture
def port(web: FastAPI, draft: int) -> Iterator[int]:
    """The port of a real server in this process."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(web, log_level="error", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def cramped(settings: Settings, database: Database, draft: int) -> Iterator[int]:
    """The port of a server that may write no file of more than 5 MB, as on a disk that is full."""
    command = [sys.executable, "-m", "app.cli", "serve", "--host", "127.0.0.1", "--port", "0"]
    limited = ["sh", "-c", 'ulimit -f 10000 && exec "$@"', "sh", *command]
    where = {"BEHOLDER_DATA_DIR": str(settings.data_dir), "BEHOLDER_DATABASE_URL": settings.database_url}
    process = subprocess.Popen(limited, env=os.environ | where, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield int(process.stdout.readline().split("localhost:")[1].split()[0])
    process.terminate()
    process.communicate()


@pytest.fixture
def cookie(settings: Settings, database: Database) -> str:
    login.create_account(database, "marlene", None)
    token = login.sign_in_once(database, login.one_time_link(database, "marlene"), hours=1)
    return login.seal(settings.secret(), token)


def _until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to that within 30 s")


@pytest.mark.parametrize("path", ["/admin/studies/1/upload", "/api/v1/studies/1/stimuli"])
def test_nobody_s_upload_of_900_mb_is_refused_unread(port: int, settings: Settings, path: str) -> None:
    line = Line(port, path=path)
    with line.socket:
        line.send(900)
        assert line.sent < 20_000_000  # what the system's buffers hold, and no more
        assert b"401" in line.socket.recv(100)
    assert not waiting_room(settings).exists()


def test_an_upload_that_is_broken_off_leaves_nothing(port: int, settings: Settings, cookie: str) -> None:
    line = Line(port, cookie)
    with line.socket:
        line.send(20)
        _until(lambda: any(path.stat().st_size > 10_000_000 for path in _left(settings)))
    _until(lambda: _left(settings) == [])


def test_a_disk_without_room_says_so_and_nothing_is_left(cramped: int, settings: Settings, cookie: str) -> None:
    line = Line(cramped, cookie)
    with line.socket:
        line.send(50)
        assert b"507" in line.socket.recv(100)
    _until(lambda: _left(settings) == [])


def test_an_upload_that_falls_silent_ends(
    port: int, settings: Settings, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_PATIENCE", 0.2)
    line = Line(port, cookie)
    with line.socket:
        assert b"400" in line.socket.recv(100)
    _until(lambda: _left(settings) == [])
