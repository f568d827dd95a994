"""What a subject reads when it does not go on: one page, with a heading and advice for each kind of refusal."""

from starlette.requests import Request
from starlette.responses import Response

from app.errors import AppError, BadInput, Conflict, Forbidden, Gone, NotFound
from app.sessions.enrol import SimulatedNotWelcome, StudyClosed, StudyNotOpenYet, StudyPaused
from app.sessions.links import BadLink
from app.sessions.progress import BreakNotOver, ConsentChanged, ConsentNeeded
from app.web.failures import WrongMethod
from app.web.pages import render

_ASK = "If this surprises you, ask the person who invited you, and tell them what this page says."
# The first kind that fits: special ones before what they derive from.
_KINDS: tuple[tuple[type[AppError], str, str], ...] = (
    (
        BadLink,
        "This link leads nowhere",
        "A link opened from the message itself works more often than one typed by hand.",
    ),
    (StudyNotOpenYet, "The study has not begun", "Keep your link: it will work as soon as the study is open."),
    (StudyPaused, "The study is paused", "Keep your link: it will work again as soon as the study goes on."),
    (StudyClosed, "The study has ended", "You can close this page."),
    (ConsentChanged, "Please read the text again", "Go back to your session: the text that counts stands there."),
    (ConsentNeeded, "Please read the text first", "Go back to your session: the text stands there."),
    (BreakNotOver, "A little more rest", "Go back to your session: it counts down and then lets you continue."),
    (SimulatedNotWelcome, "For people only", "People are welcome: open the link and press its button."),
    (Forbidden, "Not this session", _ASK),
    (NotFound, "Nothing here", _ASK),
    (Gone, "This has ended", _ASK),
    (Conflict, "Something has changed meanwhile", "Go back to your session and continue from what it shows."),
    (WrongMethod, "Not this way", _ASK),
    (BadInput, "That cannot be used", _ASK),
    (AppError, "That did not work", _ASK),
)


def stopped_page(request: Request, error: AppError) -> Response:
    """The refusal as a subject reads it, with a way back where there is one."""
    _, heading, advice = next(kind for kind in _KINDS if isinstance(error, kind[0]))
    session = request.path_params.get("session")
    back = f"/s/{session}" if session and isinstance(error, Conflict) else None
    return render(
        request, "subject/stopped.html", status=error.status, stage="stopped", heading=heading, message=error.message,
        advice=advice, back=back, is_demo=False, simulated=False,
    )  # fmt: skip
