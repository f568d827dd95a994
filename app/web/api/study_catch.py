"""A study's catch pairs over the API: what they are, what they could be, and what their rule can do."""

from collections.abc import Sequence
from enum import StrEnum

from fastapi import APIRouter
from pydantic import Field

from app.studies import catching, inventory, measured, service
from app.studies.catching import NoCatchPair, Proposal
from app.studies.changes import DraftChanged
from app.studies.effort_lint import INATTENTIVE, catch_rule
from app.studies.protocol import BadProtocol
from app.studies.states import StudyNotDraft, StudyNotFound
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import IfMatch, Sent, Told, example, revision
from app.web.pages import Context, Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_PAIR = {"task": "denoise", "scene": "boat", "better": "reference", "worse": "degraded"}
_PROPOSED = _PAIR | {"proposed": "usual", "shown": True, "missing": False, "apart": None, "measures": 0}


class ProposedBy(StrEnum):
    """What proposes a pair."""

    USUAL = "usual"
    MEASURES = "measures"
    PROTOCOL = "protocol"


class ProposalTold(Told):
    """A pair that catch trials could show."""

    model_config = example(_PROPOSED)

    task: str
    scene: str
    better: str
    worse: str
    proposed: ProposedBy = Field(
        description="`usual`: a reference against its degraded input; `measures`: the two conditions of a scene that "
        "all measures put farthest apart; `protocol`: neither, but the protocol names it."
    )
    shown: bool = Field(description="Whether catch trials show it as the protocol stands.")
    missing: bool = Field(description="Whether one of its pictures is not there.")
    apart: float | None = Field(
        description="Mean distance over measures, in standard deviations within a scene; null where none was asked."
    )
    measures: int = Field(description="How many agree about which one is better.")


class CatchTold(Told):
    """A study's catch rule, what it can do, and the pairs for it."""

    model_config = example({
        "catch_trials": 5, "catch_failures_allowed": 1, "random_kept": 0.1875, "inattentive_kept": 0.633,
        "honest_dropped": 0.004, "items": [_PROPOSED],
    })  # fmt: skip

    catch_trials: int
    catch_failures_allowed: int
    random_kept: float | None = Field(
        description="How probably the rule keeps somebody who clicks at random; null, as the next two, without a rule."
    )
    inattentive_kept: float | None = Field(description="Or somebody who is wrong in a quarter of the trials.")
    honest_dropped: float | None = Field(description="Or excludes somebody who slips in 2 %.")
    items: list[ProposalTold] = Field(description="The pairs that are shown, and those that are proposed.")


class PairSent(Sent):
    """Two conditions of a scene of which one is plainly better."""

    model_config = example(_PAIR)

    task: str = Field(min_length=1, max_length=200)
    scene: str = Field(min_length=1, max_length=200)
    better: str = Field(min_length=1, max_length=200)
    worse: str = Field(min_length=1, max_length=200)


class ChosenCatch(Sent):
    """The pairs that a draft's catch trials are to show, and their rule."""

    model_config = example({"pairs": [_PAIR], "catch_trials": 10, "catch_failures_allowed": 1})

    pairs: list[PairSent] = Field(max_length=1000, description="Just the usual ones leave the protocol without any.")
    catch_trials: int | None = Field(None, ge=0, le=200, description="As it is, where it is left out.")
    catch_failures_allowed: int | None = Field(None, ge=0, le=200, description="As it is, where it is left out.")


@router.get("/studies/{study_id}/catch", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True))
def read_catch(use: Ctx, study_id: Id) -> CatchTold:
    """The pairs that catch trials show, those that they could show, and the power of the rule."""
    return _told(use, study_id)


@router.put(
    "/studies/{study_id}/catch",
    **opens(
        Scope.STUDIES_WRITE, StudyNotFound, StudyNotDraft, DraftChanged, NoCatchPair, BadProtocol, body="json",
        numbered=True,
    ),
)  # fmt: skip
def choose_catch(use: Ctx, who: Asking, study_id: Id, chosen: ChosenCatch, if_match: IfMatch = None) -> CatchTold:
    """A draft's catch trials show these pairs; every other setting stays as it is."""
    pairs = [pair.model_dump() for pair in chosen.pairs]
    numbers = {name: value for name in catching.RULE if (value := getattr(chosen, name)) is not None}
    catching.choose(use.database, study_id, pairs, numbers, revision=revision(if_match), by=who.actor)
    return _told(use, study_id)


def _told(use: Context, study_id: int) -> CatchTold:
    rule, stock = service.get(use.database, study_id).protocol, inventory.read(use.database, study_id)
    found = catching.offered(rule, stock, measured.held(use.database, study_id))
    shown = {one.pair for one in catching.in_force(rule, stock)}
    power = catch_rule(rule) if rule.catch_trials else None

    def told(proposals: Sequence[Proposal], by: ProposedBy) -> list[ProposalTold]:
        return [
            ProposalTold(
                **one.pair.model_dump(), proposed=by, shown=one.pair in shown, missing=one.pictures is None,
                apart=one.apart, measures=one.measures,
            )
            for one in proposals
        ]  # fmt: skip

    return CatchTold(
        catch_trials=rule.catch_trials, catch_failures_allowed=rule.catch_failures_allowed,
        random_kept=power.random_passes if power else None,
        inattentive_kept=1 - power.honest_fails(INATTENTIVE) if power else None,
        honest_dropped=power.honest_fails() if power else None,
        items=[
            *told(found.usual, ProposedBy.USUAL), *told(found.widest, ProposedBy.MEASURES),
            *told(found.own, ProposedBy.PROTOCOL),
        ],
    )  # fmt: skip
