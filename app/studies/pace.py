"""How long a trial takes: what pilots took, or five seconds where nobody has tried the study."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as OrmSession

from app.db.models import Session, Study, Trial, TrialKind, Vote
from app.studies.states import protocol_of

USUAL_MS = 5_000  # of one trial, where nobody has tried the study
_LONGEST_MS = 60_000  # an answer that took longer was a pause
_FEWEST = 10  # answers that tell a pace


@dataclass(frozen=True, slots=True)
class Pace:
    """Milliseconds from one trial to the next, as pilots of that study took; of no study where it is assumed."""

    ms: float
    sessions: int = 0
    study_id: int | None = None

    def minutes(self, trials: int) -> float:
        """How long so many trials take, without breaks."""
        return trials * self.ms / 60_000

    @property
    def in_words(self) -> str:
        """Where it comes from: ``4.2 s a trial, as 3 pilot sessions took``."""
        told = f"{self.ms / 1000:.1f} s a trial"
        if self.study_id is None:
            return f"{told}, which is assumed, since no pilot session tells"
        return f"{told}, as {self.sessions} pilot {'session' if self.sessions == 1 else 'sessions'} took"


ASSUMED = Pace(USUAL_MS)


def pace_of(db: OrmSession, study: Study) -> Pace:
    """The pace of the study's pilots, else of those of the study that it is a copy of, else the usual one.

    The mean time of an answer, practice apart, with the grey between two trials; longer than a minute counts as a
    minute, and simulated subjects as nobody.
    """
    for number in (study.id, study.duplicate_of):
        if number is None:
            continue
        took = case((Vote.elapsed_ms > _LONGEST_MS, _LONGEST_MS), else_=Vote.elapsed_ms)
        answers, sessions, mean = db.execute(
            select(func.count(Vote.elapsed_ms), func.count(Session.id.distinct()), func.avg(took))
            .join(Trial, Trial.id == Vote.trial_id)
            .join(Session, Session.id == Trial.session_id)
            .where(
                Session.study_id == number, Session.pilot, Session.simulated.is_(False), Vote.elapsed_ms.is_not(None),
                Trial.kind != TrialKind.PRACTICE,
            )
        ).one()  # fmt: skip
        if answers >= _FEWEST:
            return Pace(float(mean) + protocol_of(study).blank_ms, sessions, number)
    return ASSUMED
