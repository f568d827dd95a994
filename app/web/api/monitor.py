"""The monitor over the API: how many sessions stand where, and what somebody should know at once."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field

from app.db.upkeep import rooms
from app.sessions import alarms, numbers
from app.sessions.alarms import AlarmKind
from app.studies.states import StudyNotFound
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import LATER, Told, example
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["subjects"])
_ALARM = {
    "kind": "fast answers",
    "text": "subject 7 gave more than half of the last hour's answers in under 500 ms, too fast to have looked",
    "fix": "look at their catch trials and sides; exclude the session with a reason where they did not try",
    "sessions": [41],
}
_MONITOR = {
    "started": 14, "valid": 9, "under_way": 2, "abandoned": 1, "excluded": 2, "screened_out": 0, "withdrawn": 0,
    "pilots": 1, "visitors": 0, "target": 25, "answers": 6210, "last_seen_at": LATER, "alarms": [_ALARM],
}  # fmt: skip


class AlarmTold(Told):
    """What is wrong, and what to do about it."""

    model_config = example(_ALARM)

    kind: AlarmKind
    text: str
    fix: str
    sessions: list[int] = Field(description="The sessions that it is about; none where it is about the whole study.")


class MonitorTold(Told):
    """Sessions by where they stand; pilots and visitors of a demonstration are in none but their own number."""

    model_config = example(_MONITOR)

    started: int
    valid: int = Field(description="Complete, and not excluded.")
    under_way: int
    abandoned: int = Field(description="Heard of no more for a day.")
    excluded: int
    screened_out: int
    withdrawn: int
    pilots: int
    visitors: int = Field(description="People who tried a demonstration.")
    target: int = Field(description="Valid sessions wanted.")
    answers: int = Field(description="Of sessions that are no pilots, practice apart.")
    last_seen_at: datetime | None = Field(description="When any of these subjects was heard of last.")
    alarms: list[AlarmTold] = Field(description="None while all is well.")


@router.get("/studies/{study_id}/monitor", **opens(Scope.SUBJECTS_READ, StudyNotFound, numbered=True))
def read_monitor(request: Request, use: Ctx, study_id: Id) -> MonitorTold:
    """How many sessions stand where, and the alarms; rankings are read as results."""
    counted = numbers.numbers(use.database, study_id)
    found = alarms.alarms(use.database, study_id, rooms(use.settings), counted, named=request.state.may.analyses)
    told = {name: getattr(counted, name) for name in MonitorTold.model_fields if name != "alarms"}
    return MonitorTold(**told, alarms=[AlarmTold.model_validate(one) for one in found])
