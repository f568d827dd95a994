"""Downloads over a real connection: whole or not there, resumed, and from the next source where one fails."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.catalog.weights import WeightFile
from tests.trainer.publisher import Publisher, publishing
from trainer.download import NotFetched, download

CONTENT = bytes(range(256)) * 12_000  # three megabytes: more than one piece


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as served:
        served.files["weights.pth"] = CONTENT
        yield served


def known(*sources: str, content: bytes = CONTENT) -> WeightFile:
    return WeightFile("weights.pth", "random numbers", "CC0", sources, hashlib.sha256(content).hexdigest())


def quiet(there: int, total: int) -> None:
    """Nobody listens."""


def test_a_file_is_fetched_whole_with_its_progress_and_through_a_redirection(
    publisher: Publisher, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    folder = tmp_path / "made" / "for it"
    path = download(known(f"{publisher.address}/moved/weights.pth"), folder, lambda *said: told.append(said))
    assert path.read_bytes() == CONTENT
    assert [file.name for file in folder.iterdir()] == ["weights.pth"]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 2


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_download_that_breaks_off_leaves_no_file_and_is_gone_on_with(
    publisher: Publisher, tmp_path: Path, knows_ranges: bool
) -> None:
    file = known(f"{publisher.address}/weights.pth")
    publisher.break_off_after, publisher.knows_ranges = 2_000_000, knows_ranges
    with pytest.raises(NotFetched, match=r"broke off|stopped after"):
        download(file, tmp_path, quiet)
    assert [left.name for left in tmp_path.iterdir()] == ["weights.pth.part"]
    assert download(file, tmp_path, quiet).read_bytes() == CONTENT
    asked = publisher.asked[-1][1]
    assert asked.startswith("bytes=")
    assert int(asked[6:-1]) > 0
    assert [left.name for left in tmp_path.iterdir()] == ["weights.pth"]


def test_what_was_left_of_another_version_is_thrown_away(publisher: Publisher, tmp_path: Path) -> None:
    for old in (b"x" * 100, CONTENT + b"more", b"x" * len(CONTENT)):
        (tmp_path / "weights.pth").unlink(missing_ok=True)
        (tmp_path / "weights.pth.part").write_bytes(old)
        assert download(known(f"{publisher.address}/weights.pth"), tmp_path, quiet).read_bytes() == CONTENT


def test_a_finished_download_that_was_not_renamed_is_not_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "weights.pth.part").write_bytes(CONTENT)
    assert download(known(f"{publisher.address}/weights.pth"), tmp_path, quiet).read_bytes() == CONTENT
    assert len(publisher.asked) == 1  # answered with 416: nothing is left to send


def test_other_bytes_than_stated_are_refused_with_both_hashes(publisher: Publisher, tmp_path: Path) -> None:
    expected, found = (hashlib.sha256(content).hexdigest() for content in (b"right", CONTENT))
    with pytest.raises(NotFetched, match=f"other bytes \\(sha256 {found}, not {expected}\\)"):
        download(known(f"{publisher.address}/weights.pth", content=b"right"), tmp_path, quiet)
    assert list(tmp_path.iterdir()) == []


def test_the_next_source_is_asked_where_one_fails(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["stale.pth"] = b"an older version"
    sources = [f"{publisher.address}/{name}" for name in ("gone.pth", "stale.pth", "weights.pth")]
    assert download(known(*sources), tmp_path, quiet).read_bytes() == CONTENT
    (tmp_path / "weights.pth").unlink()
    with pytest.raises(NotFetched, match=r"it answers 404 Not Found; .*other bytes"):
        download(known(*sources[:2]), tmp_path, quiet)


@pytest.mark.parametrize("source", ["http://no-such-host.invalid/weights.pth", "http://127.0.0.1:9/weights.pth"])
def test_without_a_connection_the_answer_comes_at_once_and_nothing_is_left(source: str, tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match=r"not known|refused|resolution"):
        download(known(source), tmp_path, quiet)
    assert list(tmp_path.iterdir()) == []


def test_whoever_listens_can_end_the_download_and_what_came_is_kept(publisher: Publisher, tmp_path: Path) -> None:
    def enough(there: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(known(f"{publisher.address}/weights.pth"), tmp_path, enough)
    assert (tmp_path / "weights.pth.part").stat().st_size > 0


def test_two_at_once_fetch_a_file_once(publisher: Publisher, tmp_path: Path) -> None:
    file = known(f"{publisher.address}/weights.pth")
    both = [threading.Thread(target=download, args=(file, tmp_path, quiet)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert (tmp_path / "weights.pth").read_bytes() == CONTENT
    assert len(publisher.asked) == 1
