"""The other processes of a job that trains with several GPUs, started and watched by the one that leads.

The leader spends its time in sums over all processes, and there it neither hears a signal nor learns that another has
gone. So a thread beside it looks after the others.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

from app.errors import Conflict
from trainer.exits import DONE, STOPPED
from trainer.report import PIPE

_LOOK = 0.2  # seconds between two looks at the others
_PATIENCE = 5.0  # seconds in which the leader may come to the same end by itself, and say better why
_SAVING = 30.0  # the same where another was stopped: then the leader is saving
_LEAVING = 10.0  # seconds that the others are given to end by themselves when all is done

_Others = Sequence["subprocess.Popen[bytes]"]


class HelperEnded(Conflict):
    """A process that trained along has ended before its time, and the others cannot go on without it."""

    def __init__(self, rank: int, size: int, code: int) -> None:
        if code < 0:
            how, fix = f"by signal {-code}", "where nobody sent it, memory has run out: make room there, and retry"
        else:
            how, fix = f"with exit code {code}", "mend what its last words above this line name, and retry"
        super().__init__(f"Process {rank} of the {size} that train together (counted from 0) was ended {how}", fix)
        self.code = code if code > 0 else 128 - code  # as shells count signals


@contextlib.contextmanager
def helpers(size: int, arguments: Sequence[str]) -> Iterator[None]:
    """While this lasts, ``size`` - 1 processes with the same command line work beside this one, on this machine.

    Where one of them ends before its time the others are ended too, and then this process, whatever it waits for: with
    a sentence, and with that one's exit code.

    Raises
    ------
    HelperEnded
        What was done together broke off because one of them has gone.
    """
    if size == 1 or "RANK" in os.environ:
        yield
        return
    others, over = _started(size, arguments), threading.Event()
    threading.Thread(target=_watch, args=(others, over), daemon=True).start()
    try:
        yield
    except RuntimeError as error:
        for other in others:  # what the leader sees of another's end is a connection that breaks, a moment earlier
            _wait(other, _LOOK)
        if ended := _ended(others):
            raise ended from error
        raise
    finally:
        over.set()
        for other in others:
            if not _wait(other, _LEAVING):
                _end(other)


def _started(size: int, arguments: Sequence[str]) -> _Others:
    """The others, which find this process by the environment that it now has too."""
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(size)}
    inherited = {name: value for name, value in os.environ.items() if name != PIPE} | told
    others = [
        subprocess.Popen(
            [sys.executable, "-m", "trainer", *arguments],
            env=inherited | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(1, size)
    ]
    os.environ.update(told | {"RANK": "0", "LOCAL_RANK": "0"})
    return others


def _watch(others: _Others, over: threading.Event) -> None:
    while not over.wait(_LOOK):
        if ended := _ended(others):
            if not over.wait(_SAVING if ended.code == STOPPED else _PATIENCE):
                for other in others:
                    _end(other)
                sys.stderr.write(f"{ended.message}\n")
                sys.stderr.flush()
                os._exit(ended.code)  # nothing gentler reaches a leader that waits for a sum
            return


def _ended(others: _Others) -> HelperEnded | None:
    """The first of them that has ended otherwise than by being done."""
    for rank, other in enumerate(others, 1):
        if other.poll() not in (None, DONE):
            return HelperEnded(rank, len(others) + 1, other.returncode)
    return None


def _wait(other: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether it has ended within so many seconds."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        other.wait(seconds)
    return other.returncode is not None


def _end(other: "subprocess.Popen[bytes]") -> None:
    other.kill()
    other.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
