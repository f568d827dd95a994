"""The folder of the tests' own PostgreSQL server does not outlive them, however they end."""

import subprocess
import sys
from pathlib import Path

from tests.packaging.closure import ROOT

HOLD = "from tests.postgres import own_folder; print(own_folder()[0], flush=True); input()"


def test_what_killed_tests_left_goes_when_the_next_begin_and_what_is_in_use_stays(tmp_path: Path) -> None:
    def begin() -> tuple["subprocess.Popen[str]", Path]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD], cwd=ROOT, env={"TMPDIR": str(tmp_path)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        return process, Path(process.stdout.readline().strip())

    def kill(process: "subprocess.Popen[str]") -> None:
        process.kill()
        process.communicate()

    killed, left = begin()
    living, used = begin()
    (left / "base").mkdir()
    kill(killed)
    assert left.is_dir()
    following, new = begin()
    try:
        assert sorted(tmp_path.iterdir()) == sorted([used, new])
    finally:
        kill(living)
        kill(following)
