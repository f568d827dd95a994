"""The screening of a study's subjects over the API: what is known of each, who is flagged, and what it would change."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from app.results.options import BadOptions
from app.results.screening_effect import CHOICES
from app.results.subject_flags import Flag
from app.results.subject_report import SubjectReport, screening_of
from app.results.subject_rows import SubjectRow
from app.studies.states import StudyNotFound
from app.web.analysis_turns import IN_TURN, TooManyAnalyses
from app.web.api.route import ResultsRoute, opens
from app.web.api.shapes import Told, example
from app.web.api.told_columns import told_column
from app.web.downloads import Chosen
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ResultsRoute, tags=["results"], dependencies=[IN_TURN])
_SUBJECT = {
    "subject": "7", "sessions": 1, "votes": 880, "catch_seen": 5, "catch_failed": 0, "catch_p": 0.03125,
    "slope": 1.02, "slope_stderr": 0.08, "slope_low": 0.86, "slope_high": 1.18, "likelihood": -0.21,
    "likelihood_distance": 0, "left_share": 0.507, "left_p": 0.71, "side_bias": "no", "repeats": 0,
    "repeats_agreed": 0, "repeats_p": None, "blocks": 0, "triads": None, "zeta": None, "median_ms": 2310,
    "fast_share": 0.004, "flags": [], "proposed": False, "excluded": False, "rule": "",
}  # fmt: skip
_RULE = {"flag": "slope", "words": "follows others too little", "rule": "upper end of …", "flagged": 0}
_TAU = {"task": "denoise", "one": CHOICES[0], "other": CHOICES[1], "tau": 1.0}


def _column(name: str) -> Any:
    return told_column("subjects", name)


class SubjectTold(Told):
    """One subject, as in subjects.csv."""

    model_config = example(_SUBJECT)

    subject: str = _column("subject")
    sessions: int | None = _column("sessions")
    votes: float = _column("votes")
    catch_seen: int = _column("catch_seen")
    catch_failed: int = _column("catch_failed")
    catch_p: float | None = _column("catch_p")
    slope: float | None = _column("slope")
    slope_stderr: float | None = _column("slope_stderr")
    slope_low: float | None = _column("slope_low")
    slope_high: float | None = _column("slope_high")
    likelihood: float | None = _column("likelihood")
    likelihood_distance: float | None = _column("likelihood_distance")
    left_share: float | None = _column("left_share")
    left_p: float | None = _column("left_p")
    side_bias: str | None = _column("side_bias")
    repeats: int = _column("repeats")
    repeats_agreed: int = _column("repeats_agreed")
    repeats_p: float | None = _column("repeats_p")
    blocks: int = _column("blocks")
    triads: int | None = _column("triads")
    zeta: float | None = _column("zeta")
    median_ms: float | None = _column("median_ms")
    fast_share: float | None = _column("fast_share")
    flags: list[Flag] = Field(description="What is flagged; `rules` say what each means.")
    proposed: bool = _column("proposed")
    excluded: bool = _column("excluded")
    rule: str = _column("rule")


class RuleTold(Told):
    """A flag's rule, with its threshold in words."""

    model_config = example(_RULE)

    flag: Flag
    words: str = Field(description="The flag in a few words.")
    rule: str = Field(description="When it is raised.")
    flagged: int = Field(description="How many subjects it flags.")


class TauTold(Told):
    """Kendall's tau-b between the rankings of a task under two choices of subjects."""

    model_config = example(_TAU)

    task: str
    one: str = Field(description=f"One of: {', '.join(CHOICES)}.")
    other: str = Field(description="Another of these.")
    tau: float | None = Field(description="Null where it is not defined.")


class ScreeningTold(Told):
    """The screening of a study's subjects; nobody is excluded by it."""

    model_config = example(
        {
            "sentence": "Of 1 subject whose votes count, none are flagged, and nobody is proposed for exclusion.",
            "subjects": [_SUBJECT], "rules": [_RULE], "kendall_tau": [_TAU],
        }
    )  # fmt: skip

    sentence: str = Field(description="Who is flagged and who is proposed, in one English sentence.")
    subjects: list[SubjectTold]
    rules: list[RuleTold] = Field(description="Every flag with its rule.")
    kendall_tau: list[TauTold] = Field(description="What leaving subjects out does to each task's ranking.")


@router.get(
    "/studies/{study_id}/results/subjects",
    **opens(Scope.RESULTS_READ, StudyNotFound, BadOptions, TooManyAnalyses, numbered=True),
)
def read_screening(use: Ctx, study_id: Id, chosen: Chosen) -> ScreeningTold:
    """What the answers say of every subject, who is flagged by which rule, and what leaving them out would change."""
    return _told(screening_of(use.database, study_id, chosen.options))


def _told(found: SubjectReport) -> ScreeningTold:
    return ScreeningTold(
        sentence=found.sentence,
        subjects=[_subject(row) for row in found.rows],
        rules=[RuleTold.model_validate(rule) for rule in found.rules],
        kendall_tau=[
            TauTold(task=task.task, one=one, other=other, tau=tau)
            for task in found.effects
            for one, other, tau in task.tau
        ],
    )


def _subject(row: SubjectRow) -> SubjectTold:
    return SubjectTold(
        subject=row.subject, sessions=row.sessions, votes=row.votes, catch_seen=row.catch_seen,
        catch_failed=row.catch_failed, catch_p=row.catch_p, slope=row.slope, slope_stderr=row.stderr,
        slope_low=row.low, slope_high=row.high, likelihood=row.likelihood, likelihood_distance=row.distance,
        left_share=row.left_share, left_p=row.left_p, side_bias=row.side, repeats=row.repeats,
        repeats_agreed=row.agreed, repeats_p=row.repeats_p, blocks=row.blocks, triads=row.triads, zeta=row.zeta,
        median_ms=row.median_ms, fast_share=row.fast_share, flags=list(row.flags), proposed=bool(row.proposed),
        excluded=row.excluded, rule=row.rule,
    )  # fmt: skip
