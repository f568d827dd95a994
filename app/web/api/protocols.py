"""A study's protocol over the API: read, and replaced whole or in part while the study is a draft."""

from typing import Self

from fastapi import APIRouter, Request
from pydantic import ConfigDict, model_validator

from app.studies import service, setting_up
from app.studies.changes import DraftChanged
from app.studies.protocol import BadProtocol, Protocol
from app.studies.states import StudyNotDraft, StudyNotFound
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import IfMatch, revision
from app.web.pages import Ctx, Id
from app.web.rights import May
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])


class SomeSettings(Protocol):
    """Settings of a protocol, as many as are sent: what they must fit together with is the draft's."""

    model_config = ConfigDict(json_schema_extra={"example": {"catch_trials": 12, "catch_failures_allowed": 2}})

    @model_validator(mode="after")
    def _rule_can_fail(self) -> Self:
        return self

    @model_validator(mode="after")
    def _answered_alike(self) -> Self:
        return self


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


@router.patch(
    "/studies/{study_id}/protocol",
    **opens(
        Scope.STUDIES_WRITE, StudyNotFound, StudyNotDraft, DraftChanged, BadProtocol, body="json", numbered=True
    ),
)  # fmt: skip
def change_protocol(use: Ctx, who: Asking, study_id: Id, settings: SomeSettings, if_match: IfMatch = None) -> Protocol:
    """The draft has these settings and keeps all others; with `If-Match` refused only where one of these changed."""
    sent = {name: getattr(settings, name) for name in settings.model_fields_set}
    setting_up.save(use.database, study_id, None, sent, revision=revision(if_match), by=who.actor)
    return service.get(use.database, study_id).protocol
