"""Run folders: ``runs/<job>/<attempt>/`` belongs to one attempt alone, so that a zombie writes where nobody reads."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.errors import AppError
from app.jobs.contract import AnyResult, AnySpec, Assignment, Result

_RESULT: TypeAdapter[AnyResult] = TypeAdapter(Result)
_TAIL_LINES, _TAIL_BYTES = 20, 8192


class BadResult(AppError):
    """A job said it was done, and what it left does not bear that out."""

    def __init__(self, what: str) -> None:
        super().__init__(what, "read the job's log for the cause, then retry the job")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one attempt at one job."""

    runs: Path
    job: int
    attempt: int

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.runs / str(self.job) / str(self.attempt)

    def make(self) -> None:
        """The folder stands and is empty; one left by another database with the same numbers is set aside."""
        if self.path.exists():
            self.path.rename(self.path.with_name(f"{self.attempt}.aside-{secrets.token_hex(4)}"))
        self.path.mkdir(parents=True)

    def assign(self, assignment: Assignment) -> None:
        """``spec.json`` tells the trainer what to do."""
        (self.path / "spec.json").write_text(assignment.model_dump_json(indent=2), encoding="utf-8")

    def newest_checkpoint(self, spec: AnySpec) -> Path | None:
        """The checkpoint with the most steps among those that earlier attempts at this very spec left whole."""
        for checkpoint in sorted(self._earlier(spec), key=_step_of, reverse=True):
            if _is_whole(checkpoint):
                return checkpoint
        return None

    def result(self) -> AnyResult:
        """What the trainer left in ``result.json``; raises ``BadResult``."""
        path = self.path / "result.json"
        try:
            return _RESULT.validate_json(path.read_bytes())
        except FileNotFoundError:
            raise BadResult(f"The job ended without a result ({path} is missing)") from None
        except ValidationError as error:
            raise BadResult(f"The job left a result that cannot be read ({path}): {error}") from error

    def log_tail(self) -> str:
        """The last lines of the log, for a person who wonders why; empty where no attempt has written one."""
        return "\n".join(self._log_lines()[-_TAIL_LINES:])

    def log_end(self) -> str:
        """The last 8 KB of the log in whole lines, without the signs that PostgreSQL keeps in no text."""
        return "\n".join(self._log_lines()).replace("\0", "")

    def last_words(self) -> str:
        """The log's last line: the sentence with which a trainer refuses."""
        lines = self._log_lines()
        return lines[-1] if lines else "The job ended without a word: its log is empty."

    def forget_earlier_checkpoints(self) -> None:
        """The checkpoints of earlier attempts are gone: the job has succeeded without them."""
        for folder in (self.runs / str(self.job)).iterdir():
            if folder.name.isdecimal() and int(folder.name) < self.attempt:
                for file in folder.glob("checkpoint-*"):
                    file.unlink(missing_ok=True)

    def _log_lines(self) -> list[str]:
        try:
            with (self.path / "log.txt").open("rb") as file:
                start = file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
                text = file.read().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return []
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return lines[1:] if start and len(lines) > 1 else lines  # the first was cut off somewhere

    def _earlier(self, spec: AnySpec) -> Iterator[Path]:
        for folder in (self.runs / str(self.job)).iterdir():
            if folder.name.isdecimal() and int(folder.name) < self.attempt and _assigned(folder) == spec:
                yield from folder.glob("checkpoint-*.pt")


def _assigned(folder: Path) -> AnySpec | None:
    try:
        return Assignment.model_validate_json((folder / "spec.json").read_bytes()).spec
    except (OSError, ValidationError):
        return None


def _note(checkpoint: Path) -> dict[str, Any]:
    """What the trainer noted beside a checkpoint; empty where there is no readable note."""
    try:
        note = json.loads(checkpoint.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _step_of(checkpoint: Path) -> int:
    step = checkpoint.stem.removeprefix("checkpoint-")
    return int(step) if step.isdecimal() else -1


def _is_whole(checkpoint: Path) -> bool:
    with checkpoint.open("rb") as file:
        return _note(checkpoint).get("sha256") == hashlib.file_digest(file, "sha256").hexdigest()
