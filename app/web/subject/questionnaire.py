"""The questions about the subject: stored once, or shown again with what is wrong beside each."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from app.sessions import progress, questionnaire
from app.sessions.questionnaire import BadAnswers, Fault
from app.sessions.sitting import Stage
from app.studies.fields import Asked
from app.web.failures import unbroken, wants_json
from app.web.pages import Ctx, languages
from app.web.subject.route import Held, SubjectRoute, to
from app.web.subject.said import questions
from app.web.subject.stages import stage_page
from app.web.texts import Texts, mark

_PREFIX = "q_"  # of a field's name on the page, as in sessions.csv
_FAULTS = {
    Fault.MISSING: mark("Please answer this question."),
    Fault.NO_OPTION: mark("Please choose one of these answers."),
    Fault.NO_NUMBER: mark("Please write a whole number, in digits."),
    Fault.TOO_LONG: mark("Please write at most %(most)s characters."),
    Fault.NOT_PLAIN: mark("Please use letters, digits and punctuation only."),
}
_BETWEEN = mark("Please write a number from %(least)s to %(most)s.")
_AT_LEAST = mark("Please write a number that is at least %(least)s.")
_AT_MOST = mark("Please write a number that is at most %(most)s.")
router = APIRouter(route_class=SubjectRoute)


async def sent(request: Request) -> FormData:  # async, because reading a body is
    """The form that came with the request, whatever its fields are called; a file among them is refused."""
    return await unbroken(request.form(max_files=0))


@router.post("/s/{session}/questionnaire")
def answer(request: Request, session: Held, ctx: Ctx, form: Annotated[FormData, Depends(sent)]) -> Response:
    """The answers about the subject are stored, once; what does not fit comes back with all that was typed."""
    said = {
        name.removeprefix(_PREFIX): value
        for name, value in form.items()
        if isinstance(value, str) and name.startswith(_PREFIX)
    }
    try:
        questionnaire.answer(ctx.database, session, said)
    except BadAnswers as error:
        view = progress.view(ctx.database, session)
        if wants_json(request) or view.stage is not Stage.QUESTIONNAIRE:
            raise
        texts = languages(request).texts(view.locale)
        wrong = {
            asked.name: _told(asked, error.faults[asked.name], texts)
            for asked in view.questionnaire
            if asked.name in error.faults
        }
        again = questions(view, texts, said, wrong)
        return stage_page(request, ctx, session, view, status=error.status, questions=again)
    return to(session)


def _told(asked: Asked, fault: Fault, texts: Texts) -> str:
    if fault is Fault.OUT_OF_RANGE:
        ends = {"least": asked.least, "most": asked.most}
        missing = {None: _BETWEEN, "least": _AT_MOST, "most": _AT_LEAST}
        return texts.say(missing[next((name for name, end in ends.items() if end is None), None)], **ends)
    return texts.say(_FAULTS[fault], most=questionnaire.LONGEST)
