"""What is written for TensorBoard is read back as it was meant, by a reader of its own or by TensorBoard's."""

import struct
from pathlib import Path

import pytest

from app.jobs.contract import Progress
from tests.trainer.conftest import Listener
from trainer.board import BoardReport, _checked
from trainer.files import CannotWrite


def records(path: Path) -> list[bytes]:
    """The data of each record, whose checksums are right."""
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert data[8:12] == _checked(data[:8])
        event, data = data[12 : 12 + length], data[12 + length :]
        assert data[:4] == _checked(event)
        found.append(event)
        data = data[4:]
    return found


def test_progress_reaches_the_file_and_the_report_behind_it(tmp_path: Path) -> None:
    listener = Listener(stop_after=300)
    report = BoardReport(listener, tmp_path / "board")
    report.progress(Progress(step=2, total=300, loss=0.5, steps_per_second=4.0))
    assert not report.stop_requested
    report.progress(Progress(step=300, total=300))
    assert report.stop_requested
    assert [progress.step for progress in listener.heard] == [2, 300]
    (path,) = (tmp_path / "board").iterdir()
    begin, first, last = records(path)
    assert b"brain.Event:2" in begin
    assert first[9:11] == b"\x10\x02"  # the step's key, and two
    assert b"\x0a\x04loss\x15" + struct.pack("<f", 0.5) in first
    assert b"steps_per_second\x15" + struct.pack("<f", 4.0) in first
    assert last[9:12] == b"\x10\xac\x02"  # 300 in two bytes of seven bits
    assert last[12:] == b"\x2a\x00", "an empty summary: there was no number to tell"


def test_the_checksum_is_the_published_one() -> None:
    """CRC-32C of "123456789" is 0xE3069283 (RFC 3720), turned by 15 bits and shifted by 0xA282EAD8."""
    turned = (0xE3069283 >> 15 | 0xE3069283 << 17) & 0xFFFFFFFF
    assert _checked(b"123456789") == struct.pack("<I", (turned + 0xA282EAD8) & 0xFFFFFFFF)


def test_a_folder_that_cannot_be_written_is_refused_before_the_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CannotWrite, match="choose another folder"):
        BoardReport(Listener(), tmp_path / "file" / "board")
