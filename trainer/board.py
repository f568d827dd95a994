"""Progress as TensorBoard reads it: a file of records, written without TensorBoard.

A record is its length, a checksum of that, the data and a checksum of the data; the data is an ``Event`` of
TensorBoard's protocol buffers, of which three fields are needed: moment, step, and a summary of named numbers.
"""

import os
import socket
import struct
from pathlib import Path

from app.clock import now
from app.jobs.contract import Progress
from trainer.files import CannotWrite
from trainer.report import Report

_POLYNOMIAL = 0x82F63B78  # of CRC-32C, bits reversed
_DOUBLE, _VARINT, _BYTES, _FLOAT = 1, 0, 2, 5  # protocol buffers' wire types


class BoardReport:
    """A report that also writes loss and speed into a TensorBoard file, and otherwise is the one that it was given."""

    def __init__(self, report: Report, folder: Path) -> None:
        self._report = report
        self._path = folder / f"events.out.tfevents.{int(now().timestamp())}.{socket.gethostname()}.{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._write(_number(1, _DOUBLE, now().timestamp()) + _text(3, b"brain.Event:2"))  # how such a file begins
        except OSError as error:
            raise CannotWrite(self._path, error.strerror or str(error)) from error

    @property
    def stop_requested(self) -> bool:
        """Whether the job shall save and stop."""
        return self._report.stop_requested

    @stop_requested.setter
    def stop_requested(self, wish: bool) -> None:
        self._report.stop_requested = wish

    def due(self) -> bool:
        """Whether it is time to say something again."""
        return self._report.due()

    def progress(self, progress: Progress) -> None:
        """Says how far the job is, here and there."""
        self._report.progress(progress)
        told = {"loss": progress.loss, "steps_per_second": progress.steps_per_second}
        values = b"".join(
            _text(1, _text(1, name.encode()) + _number(2, _FLOAT, value))
            for name, value in told.items()
            if value is not None
        )
        moment = _number(1, _DOUBLE, now().timestamp())
        self._write(moment + _key(2, _VARINT) + _varint(progress.step) + _text(5, values))

    def _write(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        with self._path.open("ab") as file:  # opened each time: a reader, or a power cut, finds whole records
            file.write(length + _checked(length) + event + _checked(event))


def _number(field: int, kind: int, value: float) -> bytes:
    return _key(field, kind) + struct.pack("<d" if kind == _DOUBLE else "<f", value)


def _text(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _varint(value: int) -> bytes:
    """Seven bits to a byte, the lowest first; the eighth says that more follow."""
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def _checked(data: bytes) -> bytes:
    """The checksum of ``data``, CRC-32C turned and shifted as the format wants it."""
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum ^= byte
        for _ in range(8):
            checksum = checksum >> 1 ^ (_POLYNOMIAL if checksum & 1 else 0)
    checksum ^= 0xFFFFFFFF
    return struct.pack("<I", ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF)
