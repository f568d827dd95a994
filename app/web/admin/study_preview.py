"""A study's pages as its subjects see them, from the draft's own texts: no session begins, and nothing can be sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from app.db.models import Outcome, StudyState
from app.sessions.enrol import Landing
from app.sessions.sample import last_page, sample
from app.sessions.sitting import Stage
from app.studies import inventory, protocol, service
from app.studies.protocol import Protocol
from app.studies.service import StudyView
from app.studies.steps import Step
from app.web.admin.forms import Sent, text
from app.web.admin.protocol_form import said
from app.web.admin.study_head import head, study_page
from app.web.failures import NoSuchPage
from app.web.pages import Context, Ctx, Id, languages, outside, render
from app.web.permits import Runs, sees
from app.web.rights import May
from app.web.subject.said import as_read, in_language, questions, title, tongues
from app.web.texts import Texts

router = APIRouter(dependencies=[Depends(sees)])


class Page(StrEnum):
    """A page of a session's course, by the last part of its address."""

    LANDING = "landing"
    CONSENT = "consent"
    QUESTIONNAIRE = "questionnaire"
    INSTRUCTIONS = "instructions"
    TRIAL = "trial"
    BREAK = "break"
    END = "end"
    FAILED = "failed"
    SCREENED_OUT = "screened-out"
    WITHDRAW = "withdraw"


_NAMES = {
    Page.LANDING: "First page", Page.CONSENT: "Consent", Page.QUESTIONNAIRE: "Questionnaire",
    Page.INSTRUCTIONS: "Instructions", Page.TRIAL: "Trial", Page.BREAK: "Rest", Page.END: "End",
    Page.FAILED: "End, catch trials failed", Page.SCREENED_OUT: "End, screened out", Page.WITHDRAW: "Withdrawing",
}  # fmt: skip
_STAGES = {
    Page.CONSENT: Stage.CONSENT, Page.QUESTIONNAIRE: Stage.QUESTIONNAIRE, Page.INSTRUCTIONS: Stage.INSTRUCTIONS,
    Page.TRIAL: Stage.BLOCK, Page.BREAK: Stage.BREAK,
}  # fmt: skip
_OUTCOMES = {
    Page.END: Outcome.COMPLETED, Page.FAILED: Outcome.FAILED_CHECKS, Page.SCREENED_OUT: Outcome.SCREENED_OUT,
    Page.WITHDRAW: Outcome.COMPLETED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands above a page that is looked at beforehand."""

    study: StudyView
    page: Page
    pages: dict[Page, str]  # those that the study has, each with its name
    language: Texts
    offered: Sequence[Texts]
    typed: tuple[tuple[str, str], ...] = ()  # what is in the form and not saved, to be sent again with the next page

    @property
    def after(self) -> Page | None:
        """The page that comes next."""
        order = [*self.pages]
        at = order.index(self.page) + 1
        return order[at] if at < len(order) else None


@router.get("/admin/studies/{study_id}/preview")
def preview(request: Request, use: Ctx, study_id: Id) -> Response:
    """The pages that subjects of this study meet, in every language that it offers."""
    above = head(use, study_id)
    rule = _seen(request, above.study)
    offered = languages(request).offered(rule.languages)
    return study_page(request, above, "preview", problem="", pages=_pages(above.study, rule), offered=offered)


@router.get("/admin/studies/{study_id}/preview/{page}")
def preview_page(request: Request, use: Ctx, study_id: Id, page: str, language: str = "") -> Response:
    """One of them, as it stands; its buttons are shut."""
    study = service.get(use.database, study_id)
    rule = _seen(request, study)
    return _shown(request, use, _chosen(request, study, rule, page, language), rule)


@router.post("/admin/studies/{study_id}/preview")
def preview_typed(request: Request, use: Ctx, _who: Runs, study_id: Id, form: Sent) -> Response:
    """One of them with what is typed into the protocol form; nothing is saved."""
    study = service.get(use.database, study_id)
    rule = protocol.read(study.protocol.model_dump() | said(form, _shown_in(form)))
    title = " ".join(text(form, "title").split())
    study = replace(study, title=title or study.title, protocol=rule)
    page, _, language = text(form, "show").partition(" ")
    found = _chosen(request, study, rule, page, language)
    typed = tuple((name, value) for name, value in form.multi_items() if name != "show" and isinstance(value, str))
    return _shown(request, use, replace(found, typed=typed), rule)


def _seen(request: Request, study: StudyView) -> Protocol:
    """The protocol as far as it is shown to whoever asks: with an example for a code that is not theirs to know."""
    may: May = request.state.may
    return study.protocol if may.runs else study.protocol.without_codes("")


def _shown_in(form: FormData) -> list[str]:
    """The settings of the steps that the form shows, one or all: a box of theirs that was not sent is not ticked."""
    sent = [step for step in Step if any(name in form for name in step.settings)]
    return [name for step in sent for name in step.settings]


def _pages(study: StudyView, rule: Protocol) -> dict[Page, str]:
    absent = set[Page]()
    if not rule.questionnaire:
        absent.add(Page.QUESTIONNAIRE)
    if len(rule.block_sizes(rule.comparisons(study.pairs))) < 2:
        absent.add(Page.BREAK)
    if not (rule.failed_code or rule.failed_url):
        absent.add(Page.FAILED)  # they see the same as the others
    return {page: name for page, name in _NAMES.items() if page not in absent}


def _chosen(request: Request, study: StudyView, rule: Protocol, page: str, language: str) -> Preview:
    pages, offered = _pages(study, rule), languages(request).offered(rule.languages)
    if page not in [*pages]:
        raise NoSuchPage
    wanted = next((texts for texts in offered if texts.tag == language), offered[0])
    return Preview(study, Page(page), pages, wanted, offered)


def _shown(request: Request, use: Context, found: Preview, rule: Protocol) -> Response:
    """The very template that a session's page is made of, with a view that belongs to no session."""
    home = f"/admin/studies/{found.study.id}/preview"
    values: dict[str, Any] = {
        "preview": found, "is_demo": found.study.is_demo, "simulated": False, "session_url": home,
        "stage": found.page.value, "personal": f"{outside(request, use)}/p/…", "personal_code": "",
        "withdraw_url": f"{home}/{Page.WITHDRAW}?language={found.language.tag}",
    }  # fmt: skip
    if found.page is Page.LANDING:
        return render(request, "subject/landing.html", texts=found.language, **values | _landing(found, rule))
    outcome = _OUTCOMES.get(found.page)
    view = sample(found.study, rule, _STAGES.get(found.page, Stage.END), found.language.tag, outcome)
    values |= {
        "view": in_language(view, found.language), "tongues": tongues(view, found.language),
        "seconds_left": round(rule.break_minutes * 60),
    }  # fmt: skip
    if found.page is Page.TRIAL:
        values |= {"number": 1, "total": view.planned, "practice": False, "tallest": _tallest(use, found.study.id)}
    elif found.page is Page.WITHDRAW:
        values |= {"action": home, "back": f"{home}/{Page.LANDING}?language={found.language.tag}"}
    elif outcome:
        values["ending"] = last_page(rule, outcome)
    values["questions"] = questions(view, found.language, {}, {})
    name = "end" if outcome and found.page is not Page.WITHDRAW else found.page.value
    return render(request, f"subject/{name}.html", texts=found.language, **values)


def _landing(found: Preview, rule: Protocol) -> dict[str, Any]:
    landing = Landing(
        study_title=found.study.title, is_demo=found.study.is_demo, state=StudyState.OPEN, personal=False, pilot=False,
        resumable=False, full=False, question=rule.question, languages=rule.languages, translations=rule.translations,
    )  # fmt: skip
    return {
        "landing": replace(
            landing, study_title=title(landing, found.language).text,
            question=as_read(landing, "question", found.language).text,
        ),
        "tongues": tongues(landing, found.language, ["question"]),
        "locale": found.language.tag, "action": "", "mine": None, "mine_action": None, "sent": "",
        "offered": () if found.typed else found.offered,
    }  # fmt: skip


def _tallest(use: Context, study_id: int) -> int:
    stock = inventory.read(use.database, study_id)
    return max((shown.height for task in stock for shown in task.pictures.values()), default=1)
