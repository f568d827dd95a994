"""A study's protocol over the API: read, and replaced whole while the study is a draft."""

from fastapi import APIRouter, Request

from app.studies import service
from app.studies.changes import DraftChanged
from app.studies.protocol import Protocol
from app.studies.states import StudyNotDraft, StudyNotFound
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import IfMatch, revision
from app.web.pages import Ctx, Id
from app.web.rights import May
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])


@router.get("/studies/{study_id}/protocol", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True))
def read_protocol(request: Request, use: Ctx, study_id: Id) -> Protocol:
    """Every setting of the study; of completion codes and the addresses at the end, `set` for who does not run it."""
    found = service.get(use.database, study_id).protocol
    may: May = request.state.may
    return found if may.runs else found.without_codes()


@router.put(
    "/studies/{study_id}/protocol",
    **opens(Scope.STUDIES_WRITE, StudyNotFound, StudyNotDraft, DraftChanged, body="json", numbered=True),
)
def replace_protocol(use: Ctx, who: Asking, study_id: Id, protocol: Protocol, if_match: IfMatch = None) -> Protocol:
    """The draft has exactly this protocol: what is left out has its default, what is unknown is refused."""
    service.edit(use.database, study_id, protocol=protocol, revision=revision(if_match), by=who.actor)
    return protocol
