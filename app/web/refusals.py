"""What a subject reads where the server refuses: in the words of somebody who takes part, for each kind of error.

An error's own sentences are written for experimenters and programs. A kind without a row here is told by the row of
what it derives from.
"""

from dataclasses import dataclass

from app.errors import AppError
from app.web.texts import mark

_ASK = mark("If this surprises you, ask the person who invited you, and tell them what this page says.")
_BACK = mark("Go back to your session and continue from what it shows.")
_CLOSE = mark("You can close this page.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The page's heading, what happened, and what to do; ``message`` alone where a script tells it."""

    heading: str
    message: str
    advice: str = _ASK


REFUSALS = {
    "bad-link": Refusal(
        mark("This link leads nowhere"),
        mark(
            "This link does not lead to a study. Links break when they are cut short: copy the whole link again, or "
            "ask the person who sent it to you for a new one."
        ),
        mark("A link opened from the message itself works more often than one typed by hand."),
    ),
    "study-not-open-yet": Refusal(
        mark("The study has not begun"),
        mark("This study has not begun yet; please come back when you are told that it is open."),
        mark("Keep your link: it will work as soon as the study is open."),
    ),
    "study-paused": Refusal(
        mark("The study is paused"),
        mark("This study is paused; everything you answered is kept, so please come back later."),
        mark("Keep your link: it will work again as soon as the study goes on."),
    ),
    "study-closed": Refusal(
        mark("The study has ended"),
        mark("This study has ended and takes no more answers. Thank you for your interest."),
        _CLOSE,
    ),
    "study-full": Refusal(
        mark("All places are taken"),
        mark(
            "This study has as many participants as it needs at the moment. Nothing has begun; thank you for your "
            "interest."
        ),
        mark("If a recruiting service sent you, return your place there. Places may become free again later."),
    ),
    "consent-changed": Refusal(
        mark("Please read the text again"),
        mark("The consent text is not the one you were shown; please read it again."),
        mark("Go back to your session: the text that counts stands there."),
    ),
    "consent-needed": Refusal(
        mark("Please read the text first"),
        mark("Nothing is shown before you have read the text and agreed to take part."),
        mark("Go back to your session: the text stands there."),
    ),
    "already-asked": Refusal(
        mark("Answered before"),
        mark("You have answered these questions before, and otherwise; what you said first is stored."),
        mark("Go back to your session and go on. If an answer was wrong, tell the person who invited you."),
    ),
    "break-not-over": Refusal(
        mark("A little more rest"),
        mark("Please rest your eyes until %(until)s; the next block starts after the break."),
        mark("Go back to your session: it counts down and then lets you continue."),
    ),
    "bad-participant": Refusal(
        mark("This link is not complete"),
        mark("The link should bring the number under which your recruiting service knows you, and does not."),
        mark("Open the study from the service’s own page again; if that does not help, tell the person who runs it."),
    ),
    "only-a-preview": Refusal(
        mark("This is a preview"),
        mark("Nothing can begin here yet: accept the task first, then open this study from it."),
        mark("You will judge pictures, each time the one that is closer to a reference, at a computer’s screen."),
    ),
    "takes-part-already": Refusal(
        mark("Somebody takes part with this number already"),
        mark(
            "A session was begun with this number, and this browser does not hold it. If it is yours, go on in the "
            "browser in which you began, or with the personal link that you were shown."
        ),
    ),
    "tick-needed": Refusal(
        mark("Nothing was withdrawn"),
        mark("The box was not ticked, so everything is as it was."),
        mark("Go back, and tick the box if you want to withdraw."),
    ),
    "withdrawn": Refusal(
        mark("You have withdrawn"),
        mark("You have withdrawn from this study, so nothing more is stored."),
        _CLOSE,
    ),
    "rest-not-over": Refusal(
        mark("A longer rest"),
        mark("You have judged for as long as this study allows at a time; everything you answered is kept."),
        mark("Go back to your session: it says when you may come back."),
    ),
    "simulated-not-welcome": Refusal(
        mark("For people only"),
        mark("This study is not a demonstration, so no simulated subject may take part in it."),
        mark("People are welcome: open the link and press its button."),
    ),
    "not-your-session": Refusal(
        mark("Not this session"),
        mark(
            "This browser does not hold the session at this address: it was begun elsewhere, or somebody else has "
            "begun one here since. Open your own link again; everything you answered is kept."
        ),
    ),
    "session-not-found": Refusal(
        mark("Nothing here"), mark("There is no such session; open your link again, or ask for a new one.")
    ),
    "trial-not-found": Refusal(
        mark("Nothing here"), mark("This session has no such pair; load the page again to go on where you stopped.")
    ),
    "picture-missing": Refusal(
        mark("That did not work"),
        mark(
            "A picture of this pair cannot be read on the server at the moment. Nothing of yours is lost: please tell "
            "the experimenter, and come back with your link."
        ),
    ),
    "no-ties": Refusal(
        mark("That cannot be used"), mark("This study asks for a choice: please take the left or the right picture.")
    ),
    "wrong-method": Refusal(
        mark("Not this way"),
        mark("This address cannot be used that way: go back and use the page’s own buttons."),
    ),
    "forbidden": Refusal(mark("Not this session"), mark("This is not open to this browser.")),
    "not-found": Refusal(
        mark("Nothing here"),
        mark("There is no page at this address: check the link, or ask the person who sent it to you."),
    ),
    "gone": Refusal(mark("This has ended"), mark("What stood here has ended; everything you answered is kept.")),
    "conflict": Refusal(
        mark("Something has changed meanwhile"),
        mark("What you sent no longer fits: something has changed since the page was shown."),
        _BACK,
    ),
    "bad-input": Refusal(
        mark("That cannot be used"), mark("Something in what was sent does not fit. Nothing was changed.")
    ),
    "database-silent": Refusal(
        mark("Not ready"),
        mark("The server cannot look anything up at the moment. Nothing that was saved is lost."),
        mark("Load this page again in a minute."),
    ),
    "too-large": Refusal(mark("That cannot be used"), mark("What was sent is too large. Nothing was changed.")),
    "unexpected": Refusal(
        mark("That did not work"),
        mark("Something went wrong on our side; nothing that was already saved is lost."),
        mark("Try again; if it happens again, tell the person who invited you this: %(reference)s."),
    ),
    "app-error": Refusal(
        mark("That did not work"),
        mark("The server could not do this. Nothing that was already saved is lost: please try again a little later."),
    ),
}


def refusal(kind: type[AppError]) -> Refusal:
    """What a subject reads about errors of this kind."""
    names = (base.kind() for base in kind.__mro__ if issubclass(base, AppError))
    return next(REFUSALS[name] for name in names if name in REFUSALS)
