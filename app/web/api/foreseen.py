"""What a check before a launch tells scripts: the same of a matrix and of single jobs."""

from typing import Any

from pydantic import Field

from app.jobs.effort import Effort
from app.jobs.estimate import MatrixEstimate
from app.jobs.foreseen import Foresight
from app.web.api.shapes import Told, example


class LaunchForeseenTold(Told):
    """What launching would do."""

    model_config = example(
        {
            "problems": [], "cautions": [], "jobs": {"new": {"score": 1}}, "seconds": [40.0, 25.0, 64.0],
            "basis": "similar", "lacking": [],
        }
    )  # fmt: skip

    problems: list[str] = Field(description="Why nothing would be launched; empty where it would be.")
    cautions: list[str] = Field(description="It would be launched, and then wait, fail or surprise.")
    jobs: dict[str, dict[str, int]] = Field(
        description="How many jobs, by their fate (new, at work, done, again) and by kind."
    )
    seconds: list[float] | None = Field(
        description="Until the last has ended (of a matrix, its last training): a guess, its low and its high end; "
        "null where all is done."
    )
    basis: str | None = Field(description="What the time stands on: measured, similar or reckoned.")
    lacking: list[str] = Field(description="Measures whose weights no worker has; it is launched with `anyway` only.")


def launch_foreseen(found: Foresight, took: Effort | MatrixEstimate | None) -> dict[str, Any]:
    """The fields of ``LaunchForeseenTold``; ``took`` is what remains to be done, None where nothing does."""
    return {
        "problems": list(found.problems),
        "cautions": list(found.cautions),
        "jobs": found.counts,
        "seconds": None if took is None else [took.seconds.value, took.seconds.low, took.seconds.high],
        "basis": None if took is None else took.basis.value,
        "lacking": list(found.lacking),
    }
