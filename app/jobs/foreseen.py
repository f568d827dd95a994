"""What launching jobs would come to: which are there already, what is in their way, what they take."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.catalog import MEASURES
from app.db import Database
from app.db.models import Job, JobKind, JobState
from app.jobs.contract import AnySpec, ScoreSpec, digest_of
from app.jobs.effort import Effort
from app.jobs.estimate import MatrixEstimate
from app.jobs.present import absence
from app.jobs.scoring import covering
from app.jobs.views import LIVE
from app.jobs.weights_at_hand import AtHand, measures_of


@dataclass(frozen=True, slots=True)
class ForeseenJob:
    """A job that the launch would ask for."""

    kind: JobKind
    title: str
    job: int | None  # that is there already, and would be found
    state: JobState | None
    measures: tuple[str, ...] = ()  # that it computes

    @property
    def fate(self) -> str:
        """``new``, ``at work`` or ``done`` where it is found, and ``again`` where it had ended badly."""
        if self.state is None:
            return "new"
        if self.state in LIVE:
            return "at work"
        return "done" if self.state is JobState.SUCCEEDED else "again"

    @property
    def is_to_do(self) -> bool:
        """Whether something of it is left for a worker that takes it up from now on."""
        return self.fate in ("new", "again")


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would come of a launch; with problems nothing would be launched."""

    problems: tuple[str, ...]
    cautions: tuple[str, ...] = ()  # it would be launched, and then wait, fail or surprise
    jobs: tuple[ForeseenJob, ...] = ()
    estimate: MatrixEstimate | None = None  # of the trainings that are not done yet, first stages included
    effort: Effort | None = None  # of what else is to be done, where no training is
    lacking: tuple[str, ...] = ()  # measures without weights: launched only by whoever says so again

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """By fate, how many jobs of each kind."""
        found = dict[str, dict[str, int]]()
        for (fate, kind), number in Counter((job.fate, job.kind.value) for job in self.jobs).items():
            found.setdefault(fate, {})[kind] = number
        return found


class Known:
    """The jobs that are there when it is made, by what they do."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as db:
            rows = db.execute(select(Job.spec_hash, Job.id, Job.state).order_by(Job.id)).all()
        self._found = dict[str, tuple[int, JobState]]()
        for digest, number, state in rows:
            before = self._found.get(digest)
            if before is None or _rank(state) >= _rank(before[1]):
                self._found[digest] = (number, state)

    def foreseen(self, spec: AnySpec, title: str, *, covered: bool = False) -> ForeseenJob:
        """The job that a launch of the same would find: one at work, else the latest done, else the latest that ended.

        With ``covered`` a score that says more counts, too.
        """
        number, state = self._found.get(digest_of(spec.model_dump(mode="json")), (None, None))
        if covered and isinstance(spec, ScoreSpec) and (state is None or not _rank(state)):
            other = covering(self._database, spec)
            if other is not None:
                number, state = other
        return ForeseenJob(JobKind(spec.kind), title, number, state, measures_of(spec))


def lacking(jobs: Sequence[ForeseenJob], hand: AtHand) -> tuple[str, ...]:
    """The measures that jobs to be done need, and whose weights nobody has, or nobody who has a job's other ones."""
    missing = {name for job in jobs if job.is_to_do for name in hand.lacking(job.measures)}
    return tuple(name for name in MEASURES if name in missing)


def nobody_works(database: Database) -> Iterator[str]:
    """A sentence where no worker is present."""
    nobody = absence(database)
    if nobody:
        yield f"{nobody[0].upper()}{nobody[1:]}: the jobs wait until `beholder worker` runs."


def _rank(state: JobState) -> int:
    return 2 if state in LIVE else 1 if state is JobState.SUCCEEDED else 0
