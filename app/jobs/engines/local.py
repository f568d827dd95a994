"""The engine of one machine: a job is a child process in a group of its own, which reports through a pipe."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import IO

from app.jobs.devices import Slot
from app.settings import PREFIX, Settings

GRACE_SECONDS = 30.0  # from the request to stop to the end by force: time to save a checkpoint
_READ_BY_JOBS = {f"{PREFIX}{name}" for name in ("WEIGHTS", "LOG_FORM", "LOG_LEVEL")}  # all else is the worker's own
_LIBPQ = "PG"  # how variables begin that lead into a database, and a job opens none


class Found(Enum):
    """What an engine knows about a process that somebody else started."""

    ALIVE = "alive"
    GONE = "gone"
    ELSEWHERE = "elsewhere"  # on another machine: nothing can be said


def trainer_argv(job: int, attempt: int) -> list[str]:
    """The command line of a job; this is all that ``app`` knows about the trainer."""
    return [sys.executable, "-m", "trainer", "run", str(job), "--attempt", str(attempt)]


class Child:
    """A job's process, started by this worker."""

    def __init__(self, process: "subprocess.Popen[bytes]", reports: IO[str]) -> None:
        self.reports = reports  # one JSON line per report; ends when the process, and all it started, is gone
        self._process = process
        self._lock = threading.Lock()
        self._deadline: threading.Timer | None = None
        self.ref = _ref(process.pid)

    def wait(self) -> int:
        """The exit code (negative: the signal) once the process has ended; what it left running has ended then too."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:  # not yet reaped: its number, and its group's, cannot belong to anybody else
            if self._deadline is not None:
                self._deadline.cancel()
            self._kill_group()
            return self._process.wait()

    def stop(self) -> None:
        """The process has been asked to save and stop; after ``GRACE_SECONDS`` it is ended by force."""
        with self._lock:
            if self._process.returncode is None and self._deadline is None:
                # Not terminate(): that reaps a process which has just ended, and only wait() may.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._process.pid, signal.SIGTERM)  # itself alone: its helpers last until it has saved
                self._deadline = threading.Timer(GRACE_SECONDS, self.kill)
                self._deadline.daemon = True
                self._deadline.start()

    def kill(self) -> None:
        """The process and all it started are ended by force."""
        with self._lock:
            if self._process.returncode is None:
                self._kill_group()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):  # the whole group is already gone
            os.killpg(self._process.pid, signal.SIGKILL)


class LocalEngine:
    """Starts jobs on this machine, one per slot."""

    def __init__(self, settings: Settings, argv: Callable[[int, int], list[str]] = trainer_argv) -> None:
        self._settings = settings
        self._argv = argv

    def start(self, job: int, attempt: int, folder: Path, slot: Slot) -> Child:
        """The running process of that attempt; its output goes to ``folder/log.txt``."""
        read_end, write_end = os.pipe()
        try:
            with (folder / "log.txt").open("ab") as log:
                process = subprocess.Popen(
                    self._argv(job, attempt),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment(slot, write_end),
                    pass_fds=(write_end,),
                    start_new_session=True,  # Ctrl-C in the worker's terminal is the worker's to hand on
                )
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        return Child(process, os.fdopen(read_end, encoding="utf-8", errors="replace"))

    def find(self, ref: str) -> Found:
        """Whether the process that some worker started under ``ref`` still runs."""
        host, pid, started = ref.rsplit(":", 2)
        if host != socket.gethostname():
            return Found.ELSEWHERE
        return Found.ALIVE if started and started == _started(int(pid)) else Found.GONE

    def end(self, ref: str) -> None:
        """The process that a vanished worker left behind on this machine is ended by force."""
        if self.find(ref) is Found.ALIVE:
            os.killpg(int(ref.rsplit(":", 2)[1]), signal.SIGKILL)

    def _environment(self, slot: Slot, report_fd: int) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if _is_for_jobs(name)}
        return inherited | {
            "BEHOLDER_DATA_DIR": str(self._settings.data_dir),
            "BEHOLDER_REPORT_FD": str(report_fd),
            "CUDA_VISIBLE_DEVICES": slot.gpu or "",
            "PYTHONUNBUFFERED": "1",
        }


def _is_for_jobs(variable: str) -> bool:
    """Whether a job may know it: passwords of the database and secrets of an issuer are settings like all others."""
    return variable in _READ_BY_JOBS or not variable.startswith((PREFIX, _LIBPQ))


def _ref(pid: int) -> str:
    """How the process is found again: its start time tells it from a later one with the same number."""
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def _started(pid: int) -> str:
    """The process's start in clock ticks since boot, as the kernel counts; empty where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]  # a zombie has ended, whether or not its parent has noticed
