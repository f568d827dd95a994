"""The demonstration, step by step: each step finds what an earlier run left, and goes on from there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import httpx2
from sqlalchemy import select

from app.db import Database
from app.db.models import JobState, Stimulus, StudyState
from app.errors import AppError
from app.jobs import packaged, views
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.photo_files import folder
from app.jobs.photographs import add_photographs
from app.media import Media
from app.results.report import StudyReport, report
from app.sessions import checks, invitations
from app.simulation.crowd import PLANTED, Member, crowd, strengths
from app.simulation.subject import SimulatedSubject
from app.studies import moves, service, stimuli
from app.studies.protocol import Protocol

SEED = 20260
TASKS = ("denoise", "superres")
OBJECTIVES = ("mae", "1 - ms_ssim", "gmsd")
SCENES = 4  # at least: fewer leave too few comparisons to hide ten catch trials in, and no test over scenes
TITLE = "Demonstration: which measure makes the best objective?"

# Ten catch trials with one failure allowed: somebody who clicks at random passes 1.1 % of the time, not 18.8 %.
PROTOCOL = Protocol(
    trials_per_session=100, judgements_per_pair=11, block_size=12, catch_trials=10, catch_failures_allowed=1,
    practice_trials=3, target_sessions=11, plan_interim=True,  # it is there to be looked at
)  # fmt: skip


class DemonstrationFailed(AppError):
    """A step of the demonstration did not come out as it must."""

    status = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the study found what was planted."""

    found: Mapping[str, tuple[str, ...]]  # conditions from best to worst, by task
    planted: Mapping[str, tuple[str, ...]]
    inattentive: tuple[str, ...]  # labels of the subjects who click at random
    excluded: tuple[str, ...]  # labels of the excluded subjects

    @property
    def recovered(self) -> bool:
        """Whether every task's ranking is the planted one."""
        return self.found == self.planted

    @property
    def caught(self) -> bool:
        """Whether the random clickers are excluded, and nobody else."""
        return set(self.excluded) == set(self.inattentive)


def launch(database: Database, media: Media, photos: Path | None) -> Matrix:
    """The demonstration's trainings and renderings, launched as the desk would launch them."""
    name = "packaged" if photos is None else photos.resolve().name
    files = packaged.packaged() if photos is None else folder(photos).files
    kept = add_photographs(database, media, name, files, test=packaged.TEST if photos is None else None)
    return launch_matrix(
        database, tasks=TASKS, objectives=OBJECTIVES, preset="tiny", photograph_set=name, seed=SEED,
        scenes_per_photograph=ceil(SCENES / max(1, len(kept.test))),
    )  # fmt: skip


def require_success(database: Database, jobs: Sequence[int]) -> None:
    """Nothing, where all these jobs have succeeded; otherwise names the first that has not, and why."""
    for job in (views.get(database, number) for number in jobs):
        if job.state is not JobState.SUCCEEDED:
            raise DemonstrationFailed(
                f"Job {job.id} ({job.title}) is {job.state.value}: {job.error or 'it gave no reason'}. "
                "Its log lies in the data folder under runs.",
                "run the demonstration again to go on",
            )


def open_study(database: Database, media: Media, renderings: Sequence[int]) -> int:
    """The number of the open demonstration that shows exactly these renderings."""
    known = {study: shown for study, shown in _demonstrations(database) if shown in ([], sorted(renderings))}
    study = min(known, default=None)
    if study is None:
        study = service.create(database, TITLE, PROTOCOL, is_demo=True, seed=SEED)
    if not known.get(study):  # new, or left empty by a run that was interrupted
        stimuli.add_renderings(database, study, list(renderings))
    if service.get(database, study).state is StudyState.DRAFT:
        moves.open_study(database, media, study)
    return study


def _demonstrations(database: Database) -> Iterator[tuple[int, list[int]]]:
    """The demonstrations of this program, each with the rendering jobs whose pictures it shows."""
    for known in service.listing(database):
        if known.is_demo and known.title == TITLE and known.protocol == PROTOCOL:
            with database.read() as db:
                origins = db.scalars(select(Stimulus.origin).where(Stimulus.study_id == known.id)).all()
            yield known.id, sorted({origin["job"] for origin in origins if origin})


def seat_crowd(
    database: Database, secret: bytes, study: int, address: str, seated: Callable[[Member, int], None]
) -> tuple[Member, ...]:
    """The simulated subjects, after each has finished a session over HTTP; ``seated`` hears who answered how much."""
    members = crowd(strengths(database, study), seed=SEED)
    invited = invitations.invite(database, secret, study, [member.label for member in members], simulated=True)
    done = {invitation.label: invitation for invitation in invited}
    for member in members:
        invitation = done[member.label]
        answered = 0
        if not invitation.completed:
            try:
                with httpx2.Client(base_url=address, timeout=30) as client:
                    answered = SimulatedSubject(client, f"/p/{invitation.token}", member.observer).sit()
            except httpx2.HTTPError as error:
                raise DemonstrationFailed(
                    f"The server at {address} did not answer {member.label}: {error}",
                    "run the demonstration again; it goes on where it stopped",
                ) from error
        seated(member, answered)
    return members


def judge(database: Database, study: int, members: Sequence[Member]) -> tuple[Verdict, StudyReport]:
    """What the study found, held against what was planted."""
    found = report(database, study)
    sessions = checks.session_summaries(database, study)
    verdict = Verdict(
        found={task.task: tuple(row.condition for row in task.rows) for task in found.tasks},
        planted={task: tuple(sorted(liking, key=lambda name: -liking[name])) for task, liking in PLANTED.items()},
        inattentive=tuple(member.label for member in members if not member.attentive),
        excluded=tuple(session.label for session in sessions if session.simulated and session.excluded),
    )
    return verdict, found
