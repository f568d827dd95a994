"""``beholder`` commands without the seconds that Python needs to load the program, over and over, for each of them.

One process loads everything and waits. For each command it splits, and what splits off runs the command as a process of
its own, with the arguments, the environment, the folder and the streams of whoever asks, and ends with its exit code.
How a command starts from nothing is asked by the tests that start it as a person does (tests/cli/test_program.py).
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[1]
_DOOR = "door"
_GLANCE = 0.005  # seconds between two looks at whether a command has ended
_PROGRAM = """#!{python} -IS
import os, sys
if sys.argv[1:2] in (["serve"], ["worker"]):
    os.execv("{real}/beholder", ["beholder", *sys.argv[1:]])
sys.path.append("{root}")
from tests.warm import ask
sys.exit(ask("{door}", sys.argv[1:], os.environ, [0, 1, 2]))
"""


class Commands:
    """The process that splits, from when it is made until ``close``."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="beholder-")
        self.door = Path(self._folder.name) / _DOOR
        self.bin = self._program()
        code = "import sys; from tests import warm; warm.split_for_ever(sys.argv[1])"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, str(self.door)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, text: str = "", timeout: float = 120
    ) -> "subprocess.CompletedProcess[str]":
        """``beholder`` with these arguments, to its end; what it is told and what it says goes through files."""
        with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
            told.write(text.encode())
            told.seek(0)
            code = ask(self.door, arguments, environment, [told.fileno(), said.fileno(), errors.fileno()], timeout)
            return subprocess.CompletedProcess(["beholder", *arguments], code, _read(said), _read(errors))

    def _program(self) -> Path:
        """The folder of a ``beholder`` for shells; what goes on until it is stopped starts as it always does."""
        program = Path(self._folder.name) / "bin" / "beholder"
        program.parent.mkdir()
        program.write_text(
            _PROGRAM.format(python=sys.executable, root=ROOT, door=self.door, real=Path(sys.executable).parent)
        )
        program.chmod(0o755)
        return program.parent

    def close(self) -> None:
        """Nothing waits any more."""
        self._process.communicate()
        self._folder.cleanup()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


def ask(
    door: Path | str, arguments: Sequence[str], environment: Mapping[str, str], streams: list[int],
    timeout: float | None = None,
) -> int:  # fmt: skip
    """The exit code of the command, which has the three streams; it is killed where it takes longer, in seconds."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(timeout)
        line.connect(str(door))
        asked = json.dumps([list(arguments), dict(environment), str(Path.cwd())]).encode()
        socket.send_fds(line, [b"%10d" % len(asked)], streams)
        line.sendall(asked)
        return int(line.recv(10))


def split_for_ever(door: str) -> NoReturn:
    """Goes on until standard input ends, which is when nobody needs it any more."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(door)
        listener.listen(16)
        sys.stdout.write("ready\n")  # to whoever made us
        sys.stdout.flush()
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            line, _ = listener.accept()
            with line:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    listener.close()
                    _attend(line)
    os._exit(0)


def _ended() -> int:
    """The exit code of the command; an interpreter that ends would clear away all that was loaded, which takes long."""
    from app.cli import main

    code: object = 1
    try:
        main()
    except SystemExit as error:
        code = error.code
    except BaseException:
        traceback.print_exc()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")  # as Python does
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0)


def _load() -> None:
    """Everything that a command may need has been imported."""
    from importlib import import_module
    from pkgutil import walk_packages

    import app

    sys.path[:] = [str(ROOT), *filter(None, sys.path)]  # commands run in folders of their own
    for module in walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.collect()
    gc.freeze()  # or every command would copy all of it when it collects its own


def _attend(line: socket.socket) -> NoReturn:
    """The command is run by a process that splits off here; its exit code goes back along the line."""
    head, streams, _, _ = socket.recv_fds(line, 10, 3)
    with line.makefile("rb") as rest:
        arguments, environment, folder = json.loads(rest.read(int(head)))
    command = os.fork()
    if command == 0:
        line.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.argv = ["beholder", *arguments]
        os._exit(_ended())
    for stream in streams:
        os.close(stream)
    while not (ended := os.waitpid(command, os.WNOHANG))[0]:
        if select.select([line], [], [], _GLANCE)[0]:  # nobody waits for it any more
            os.kill(command, signal.SIGKILL)
    line.sendall(b"%d" % os.waitstatus_to_exitcode(ended[1]))
    os._exit(0)
