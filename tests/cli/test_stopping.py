"""Commands that work on and on are asked to stop by signals."""

import os
import signal
import subprocess
import sys

import pytest

from app.cli._stopping import stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asking_is_told_once_and_heard_once_where_it_arrives_twice(number: signal.Signals) -> None:
    there, told = signal.signal(number, signal.SIG_DFL), list[str]()  # tests may run under nohup
    with stopping(lambda: told.append("stopping")) as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # the terminal and whoever waits in it
        assert stop.wait(1)
    assert told == ["stopping"]
    assert signal.signal(number, there) is signal.SIG_DFL


def test_whoever_asks_again_is_obeyed_on_the_spot() -> None:
    program = (
        "import time; from app.cli import _stopping; _stopping._TWICE_SECONDS = 0.0\n"
        "with _stopping.stopping(lambda: print('asked', flush=True)):\n"
        "    print('ready', flush=True)\n"
        "    while True: time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
