"""The twelve simulated subjects of the demonstration: eleven who look, and one who clicks at random."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from sqlalchemy import select

from app.db import Database
from app.db.models import Stimulus, StimulusRole
from app.simulation.observer import BradleyTerryObserver, Observer, RandomClicker

# Logits. The order differs between the tasks, so that a ranking that ignores the votes cannot pass for the right one.
PLANTED: Mapping[str, Mapping[str, float]] = {
    "denoise": {"ms_ssim": 1.3, "mae": 0.0, "gmsd": -1.3},
    "superres": {"mae": 1.3, "gmsd": 0.0, "ms_ssim": -1.3},
}
_REFERENCE, _DEGRADED = 8.0, -8.0
_RANDOM_MEMBER = 7  # neither the first nor the last to sit down


@dataclass(frozen=True, slots=True)
class Member:
    """A simulated subject, under the label of its personal link."""

    label: str
    observer: Observer
    attentive: bool


def strengths(
    database: Database, study_id: int, planted: Mapping[str, Mapping[str, float]] = PLANTED
) -> dict[str, float]:
    """How much each picture of the study pleases, in logits, by the fingerprint of its bytes."""
    with database.read() as db:
        rows = db.execute(
            select(Stimulus.task, Stimulus.condition, Stimulus.role, Stimulus.picture_digest).where(
                Stimulus.study_id == study_id
            )
        ).all()
    liking = {StimulusRole.REFERENCE: _REFERENCE, StimulusRole.DEGRADED: _DEGRADED}
    return {
        digest: liking[role] if role in liking else planted[task][condition] for task, condition, role, digest in rows
    }


def crowd(strength: Mapping[str, float], *, seed: int, size: int = 12) -> tuple[Member, ...]:
    """The subjects in the order in which they sit down, each with a generator of its own."""
    members = []
    for number in range(1, size + 1):
        attentive = number != _RANDOM_MEMBER
        rng = Random(f"{seed}:{number}")
        observer: Observer = BradleyTerryObserver(strength, rng) if attentive else RandomClicker(rng)
        members.append(Member(f"sim-{number:02}", observer, attentive))
    return tuple(members)
