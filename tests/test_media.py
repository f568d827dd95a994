"""The store keeps what it is given, under a name that cannot lie, and says in a sentence what stands in its way."""

import shutil
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.media import Media, MediaFull, MediaMissing, MediaRefused, MediaUnreachable, NoLocalCopy
from app.reserve import RESERVE
from app.settings import Settings


@pytest.fixture
def store(settings: Settings) -> Path:
    """The folder behind ``media``."""
    return settings.data_dir / "media"


def place(store: Path, digest: str) -> Path:
    return store / digest[:2] / digest[2:]


def test_what_was_put_is_got_streamed_and_fetched(media: Media, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"meadow" * 500_000)
    digest = media.put_file(tmp_path / "file")
    assert media.put(b"meadow" * 500_000) == digest
    assert media.get(digest) == b"meadow" * 500_000
    size, chunks = media.stream(digest)
    assert (size, b"".join(chunks)) == (3_000_000, b"meadow" * 500_000)
    assert media.fetch(digest, tmp_path / "inputs" / "copy").read_bytes() == b"meadow" * 500_000


def test_an_object_that_is_gone_or_altered_is_missing_and_comes_back_when_put_again(media: Media, store: Path) -> None:
    digest = media.put(b"meadow")
    place(store, digest).write_bytes(b"meadoW")
    with pytest.raises(MediaMissing, match=digest):
        media.get(digest)
    media.put(b"meadow")
    assert media.get(digest) == b"meadow"
    place(store, digest).unlink()
    assert not media.has(digest)
    for ask in (media.get, media.stream):
        with pytest.raises(MediaMissing, match=digest):
            ask(digest)


@pytest.mark.parametrize("name", ["a #1", "what?", "100%20", "Übung ;x"])
def test_a_store_lies_where_its_url_says_whatever_the_folder_is_called(tmp_path: Path, name: str) -> None:
    digest = Media((tmp_path / name / "media").as_uri()).put(b"meadow")
    assert place(tmp_path / name / "media", digest).read_bytes() == b"meadow"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_full_disk_is_named_where_an_object_is_put_and_where_it_is_fetched(media: Media, tmp_path: Path) -> None:
    digest = media.put(b"meadow" * 2000)
    code = f"""
import resource, sys
from pathlib import Path
from app.media import Media, MediaFull, NoLocalCopy
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # the kernel refuses to let any file grow beyond this
media = Media({media.url!r})
for act in (
    lambda: media.put(b"moor" * 2000),
    lambda: media.put_file(Path({str(tmp_path / "moor")!r})),
    lambda: media.fetch({digest!r}, Path({str(tmp_path / "inputs" / "copy")!r})),
):
    try:
        act()
    except (MediaFull, NoLocalCopy) as error:
        print(type(error).__name__, error.status, error.message)
"""
    (tmp_path / "moor").write_bytes(b"moor" * 2000)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split()[:2] for line in said] == [["MediaFull", "507"], ["MediaFull", "507"], ["NoLocalCopy", "507"]]
    assert all("File too large" in line and "make room" in line for line in said)
    assert not list((tmp_path / "inputs").iterdir())
    moor = media.put(b"moor" * 2000)  # room has been made
    assert media.get(moor) == b"moor" * 2000


def test_a_disk_of_ours_takes_no_new_object_from_the_room_that_votes_need(
    media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = media.put(b"meadow")
    free = [RESERVE + 11]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, free=free[0]))
    (tmp_path / "moor").write_bytes(b"moor" * 3)
    for act in (lambda: media.put(b"moor" * 3), lambda: media.put_file(tmp_path / "moor")):
        with pytest.raises(MediaFull, match="are kept for votes"):
            act()
    assert media.put(b"meadow") == kept  # what is there takes no more room
    assert Media("memory:///").put(b"moor" * 3)
    free[0] += 1
    assert media.get(media.put(b"moor" * 3)) == b"moor" * 3


def test_a_store_that_does_not_answer_is_not_taken_for_one_that_has_lost_an_object(media: Media, store: Path) -> None:
    digest = media.put(b"meadow")
    place(store, digest).unlink()
    place(store, digest).parent.rmdir()
    place(store, digest).parent.write_text("a file where the store wants a folder")
    for ask in (media.get, media.stream, media.has):
        with pytest.raises(MediaUnreachable, match=r"cannot be reached \(.*Not a directory.*\): see that") as trouble:
            ask(digest)
        assert len(trouble.value.message.splitlines()) == 1


def test_a_copy_that_cannot_be_written_here_is_not_the_store_s_fault(media: Media, tmp_path: Path) -> None:
    digest = media.put(b"meadow")
    (tmp_path / "inputs").write_text("a file where a folder is wanted")
    with pytest.raises(NoLocalCopy, match="inputs/copy could not be written"):
        media.fetch(digest, tmp_path / "inputs" / "copy")


def test_a_store_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the store wants a folder")
    for url in ((tmp_path / "media").as_uri(), "nowhere://bucket"):
        with pytest.raises(MediaUnreachable, match="cannot be reached"):
            Media(url)


def test_a_store_in_memory_takes_objects_too() -> None:
    media = Media("memory:///")
    media.check_writable()
    assert media.get(media.put(b"meadow")) == b"meadow"


def test_a_store_that_takes_nothing_says_so(media: Media, store: Path) -> None:
    (store / "probe").write_text("a file where the store wants a folder")
    with pytest.raises(MediaRefused, match="did not take object probe/") as told:
        media.check_writable()
    assert (told.value.status, "make room" in told.value.fix) == (503, False)  # its disk is not full


class _Forbidding(BaseHTTPRequestHandler):
    """A service that lets nobody in."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_a_service_that_forbids_writing_is_not_told_to_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Forbidding)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    try:
        for take in (Media("s3://bucket").check_writable, lambda: Media("s3://bucket").put(b"meadow")):
            with pytest.raises(MediaRefused, match="lets this installation write") as told:
                take()
            assert (told.value.status, type(told.value)) == (503, MediaRefused)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.timeout(60)  # obstore by itself asks for three minutes
def test_a_service_that_is_not_there_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        told = {
            "ENDPOINT_URL": f"http://127.0.0.1:{nobody.getsockname()[1]}", "ALLOW_HTTP": "true", "REGION": "nowhere",
            "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b",
        }  # fmt: skip
        for name, value in told.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        with pytest.raises(MediaRefused, match="after 2 retries"):
            Media("s3://bucket/beholder").check_writable()
