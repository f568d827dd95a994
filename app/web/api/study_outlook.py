"""What a study can be expected to be, over the API."""

from fastapi import APIRouter
from pydantic import Field

from app.results.outlook import outlook
from app.studies.states import StudyNotFound
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Told, example
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_TASK = {"task": "denoise", "subjects": 20, "votes_per_pair": 5.0, "half_width": 0.31}
_HASH = "9c1185a5c5e9fc54612808977ee8f548b2258d31f0a1d7f4f60e5c2f8f0f3d6a"


class ExpectedTaskTold(Told):
    """What a task can be expected to bring."""

    model_config = example(_TASK)

    task: str
    subjects: int
    votes_per_pair: float = Field(description="And scene.")
    half_width: float | None = Field(description="Of a typical interval, logits; null where none is possible.")


class OutlookTold(Told):
    """What a study can be expected to be."""

    model_config = example({
        "trials": 517, "pace_ms": 5000.0, "pilot_sessions": 0, "minutes": 43.1, "random_kept": 0.1875,
        "inattentive_kept": 0.633, "honest_dropped": 0.004, "tasks": [_TASK], "protocol_hash": _HASH,
        "plan_hash": _HASH,
    })  # fmt: skip

    trials: int = Field(description="Of a whole session, practice apart.")
    pace_ms: float = Field(description="From one trial to the next.")
    pilot_sessions: int = Field(description="That told the pace; 0 where it is assumed.")
    minutes: float = Field(description="Of a whole session, without breaks.")
    random_kept: float | None = Field(description="How probably the catch rule keeps somebody who clicks at random.")
    inattentive_kept: float | None = Field(description="Or somebody who is wrong in a quarter of the trials.")
    honest_dropped: float | None = Field(description="Or excludes somebody who slips in 2 %.")
    tasks: list[ExpectedTaskTold]
    protocol_hash: str
    plan_hash: str | None = Field(description="Null where the study binds itself to no analysis plan.")


@router.get("/studies/{study_id}/outlook", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True))
def read_outlook(use: Ctx, study_id: Id) -> OutlookTold:
    """How long a session will be, how well the catch rule tells people apart, and how sharp the results."""
    seen = outlook(use.database, study_id)
    names = ("minutes", "random_kept", "inattentive_kept", "honest_dropped", "protocol_hash", "plan_hash")
    return OutlookTold(
        trials=seen.study.planned, pace_ms=seen.pace.ms, pilot_sessions=seen.pace.sessions,
        tasks=[ExpectedTaskTold.model_validate(task) for task in seen.expected.tasks],
        **{name: getattr(seen, name) for name in names},
    )  # fmt: skip
