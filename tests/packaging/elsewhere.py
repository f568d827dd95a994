"""The program as somebody else has it: its wheel, in an environment of its own, run far from any checkout."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

from tests.packaging.closure import ROOT


def wheel(folder: Path) -> Path:
    """The wheel of this checkout, built into the folder without any network."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@dataclass(frozen=True)
class Elsewhere:
    """An environment with a wheel in it, and an empty folder to run it from."""

    environment: Path
    folder: Path
    data: Path

    @property
    def variables(self) -> dict[str, str]:
        """What a command finds in its environment."""
        return {
            "PATH": f"{self.environment / 'bin'}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "BEHOLDER_DATA_DIR": str(self.data),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def command(self, *words: str) -> list[str]:
        """A command line of a program that the environment holds."""
        return [str(self.environment / "bin" / words[0]), *words[1:]]

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """What the command did."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.variables | more,
            capture_output=True,
            text=True,
            check=False,
        )


def installed(made: Path, needs: Iterable[Distribution], folder: Path) -> Elsewhere:
    """The wheel beside the packages it needs, and no others; they are lent by the environment that runs the tests."""
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    for distribution in needs:
        for top in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
            target = packages / top
            if not target.exists():
                target.symlink_to(Path(str(distribution.locate_file(top))))
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin/python")]
    options = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(made)]
    subprocess.run([*pip, *options], check=True, cwd=folder, env={**os.environ, "PYTHONPATH": ""})
    place = folder / "somewhere"
    place.mkdir()
    return Elsewhere(environment, place, folder / "data")
