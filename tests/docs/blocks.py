"""The fenced blocks of a page, and how those that can be run are run.

CONTRIBUTING.md states the convention. All blocks of one page become one bash script, so that what one block exports or
makes is there for the next, as it is for somebody who follows the page from top to bottom.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.warm import Commands

RUN = frozenset({"bash", "python", "yaml"})  # yaml is written to the file that its first line names
SHOWN = frozenset({"text", "json", "csv", "http"})
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXEMPT = re.compile(r"^<!-- not run: (.*?) ?-->\s*\Z", re.DOTALL | re.MULTILINE)
_BACKGROUND = re.compile(r"^((?:[A-Z_]+=\S+ )*beholder (?:serve|worker)\b(?!.*--until-idle)[^#\n]*)", re.MULTILINE)
_MARK = "\x1e"  # between the outputs of two blocks

_PREAMBLE = r"""
set -euo pipefail
background() {  # what would keep a person's terminal goes on behind the page; a server until it answers
  "$@" >>background.log 2>&1 &
  local started=$!
  case " $* " in *" serve "*) ;; *) return 0 ;; esac
  until python -c "import urllib.request as ask; ask.urlopen('http://127.0.0.1:$BEHOLDER_PORT/healthz')" 2>/dev/null; do
    kill -0 $started || { cat background.log >&2; return 1; }
    sleep 0.2
  done
}
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str
    line: int
    not_run: str | None  # the reason, where the page says that it is not to be run
    follows: bool  # nothing stands between it and the block before it

    @property
    def runs(self) -> bool:
        """Whether the block is carried out; one of yaml is only where it says what file it is."""
        named = self.language != "yaml" or self.text.startswith("# ")
        return self.language in RUN and named and self.not_run is None


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found, end = [], 0
    for fence in _FENCE.finditer(text):
        before = text[end : fence.start()]
        exempt = _EXEMPT.search(before)
        reason = " ".join(exempt[1].split()) if exempt else None
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(fence[1], fence[2], line, reason, bool(end) and not before.strip()))
        end = fence.end()
    return found


def misfits(text: str) -> list[str]:
    """What is wrong with a page's blocks before any is run: an unknown language, an exemption without a reason."""
    told = []
    for block in blocks(text):
        if block.language not in RUN | SHOWN:
            told.append(f"line {block.line}: {block.language or 'no language'} is none of {sorted(RUN | SHOWN)}")
        if block.not_run is not None and len(block.not_run.split()) < 3:
            told.append(f"line {block.line}: not run, but why?")
    return told


def exempted(text: str) -> dict[int, str]:
    """The reason of every block that is not to be run, by its line."""
    return {block.line: block.not_run for block in blocks(text) if block.not_run is not None}


def expectations(text: str) -> dict[int, str]:
    """The output that the page shows under a block of bash, by that block's line."""
    found = blocks(text)
    return {
        before.line: shown.text
        for before, shown in pairwise(found)
        if before.language == "bash" and before.runs and shown.language == "text" and shown.follows
    }


def as_shown(shown: str, output: str) -> bool:
    """Whether the output is what the page shows, where `…` stands for anything."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def script(text: str, port: int) -> str:
    """All blocks of a page that run, as one script."""
    parts = [_PREAMBLE]
    for block in blocks(text):
        if not block.runs:
            continue
        own = re.sub(r"\b(localhost|127\.0\.0\.1):8000\b", rf"\1:{port}", block.text)
        parts.append(f"printf '%s%s%s\\n' $'\\x1e' {block.line} $'\\x1e'\n")
        if block.language == "bash":
            parts.append(_BACKGROUND.sub(r"background env \1", own))
        elif block.language == "python":
            parts.append(f"python - <<'END OF THE BLOCK'\n{own}END OF THE BLOCK\n")
        else:
            name = own.splitlines()[0].removeprefix("# ").strip()
            parts.append(f"cat > {name} <<'END OF THE BLOCK'\n{own}END OF THE BLOCK\n")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a page that was followed to its end, or to where it broke."""

    code: int
    outputs: dict[int, str]  # by the line of the block
    errors: str

    def complaint(self) -> str:
        """Where it broke and what was said there."""
        last = max(self.outputs, default=0)
        return f"the block at line {last} ended with {self.code}:\n{self.outputs.get(last, '')}{self.errors}"


def follow(text: str, folder: Path, *, seconds: float, database: str = "", commands: Commands | None = None) -> Outcome:
    """Carries out a page's blocks in the folder, as a person would, and ends what it left running.

    With ``commands`` those of ``beholder`` split from a process that has loaded the program.
    """
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDER_")}
    programs = [*([commands.bin] if commands else []), Path(sys.executable).parent]
    caches = Path(environment.get("XDG_CACHE_HOME", Path.home() / ".cache"))  # a new home must not mean new font lists
    environment |= {
        "PATH": os.pathsep.join(map(str, [*programs, environment["PATH"]])),
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(caches),
        "BEHOLDER_PORT": str(port),
        "BEHOLDER_DATA_DIR": str(folder / "data"),
        "BEHOLDER_DATABASE_URL": database,
        "BEHOLDER_GPUS": "none",
    }
    process = subprocess.Popen(
        ["bash", "-c", script(text, port)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, errors = process.communicate(timeout=seconds)
    finally:
        _end(process.pid)
    pieces = said.split(_MARK)
    return Outcome(
        process.returncode, {int(at): out for at, out in zip(pieces[1::2], pieces[2::2], strict=True)}, errors
    )


def _end(group: int) -> None:
    """Ends the page's shell and everything that it left behind."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, how)
        except ProcessLookupError:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
