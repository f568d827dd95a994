"""What the scripts on subjects' pages say: one text for each name that ``static/js/texts.js`` declares.

Values keep their names in the texts, ``%(number)s``, and the scripts fill them in. A text in several plural forms is a
table of them, and a table of texts is one text for each case.
"""

from typing import Any

from app.web.gate_texts import screened
from app.web.refusals import REFUSALS
from app.web.texts import Texts


def script_texts(texts: Texts) -> dict[str, Any]:
    """All texts of the scripts, in one language."""
    return _saving(texts) | _waiting(texts) | _looking(texts) | _judged(texts) | _refused(texts) | screened(texts)


def _saving(texts: Texts) -> dict[str, Any]:
    raw, forms = texts.raw, texts.forms
    return {
        "saved": raw("saved ✓"),
        "saving": raw("saving…"),
        "notTaken": forms("%(number)s answer not taken", "%(number)s answers not taken"),
        "keptOnDevice": forms(
            "%(number)s answer kept on this device, waiting for the connection",
            "%(number)s answers kept on this device, waiting for the connection",
        ),
        "keptInPage": forms(
            "%(number)s answer kept in this page: leave it open, waiting for the connection",
            "%(number)s answers kept in this page: leave it open, waiting for the connection",
        ),
        "savedFromLastVisit": forms(
            "%(number)s answer from your last visit is saved ✓", "%(number)s answers from your last visit are saved ✓"
        ),
    }


def _waiting(texts: Texts) -> dict[str, Any]:
    raw, forms = texts.raw, texts.forms
    return {
        "lastAnswers": raw(
            "Waiting for the connection. Your last answers are kept on this device; this part ends when they are saved."
        ),
        "outboxFull": forms(
            "Waiting for the connection. Your last answer is kept on this device; the next pair comes when it is "
            "saved. You may leave this page open.",
            "Waiting for the connection. Your last %(number)s answers are kept on this device; the next pair comes "
            "when they are saved. You may leave this page open.",
        ),
        "partFinished": raw("This part is finished."),
        "fetching": raw("Fetching the pictures…"),
        "noConnection": raw("Waiting for the connection to the server."),
        "noPictures": raw("The pictures cannot be fetched: there is no connection to the server."),
        "otherSize": raw("The pictures of this pair are not of the size that was announced; tell the experimenter."),
        "fault": raw("This page has stopped by a fault of its own; load it again. Everything that was saved is kept."),
        "timeLeft": raw("%(time)s left"),
        "leavingIn": texts.forms("You go there in %(number)s second.", "You go there in %(number)s seconds."),
        "timeRested": raw("%(time)s of rest so far"),
    }


def _looking(texts: Texts) -> dict[str, Any]:
    raw = texts.raw
    return {
        "fit": raw("fit (%(percent)s %%)"),
        "referenceInPlace": raw("The reference is shown in all three places."),
        "flickering": raw("Both pictures take turns with the reference; press F again to stop."),
        "notExact": {
            "scaling": raw(
                "Not pixel by pixel: this browser cannot at a scaling of %(percent)s %%. Set page zoom and display "
                "scaling to 100 or 200 %%, or use Firefox, Chrome or Edge."
            ),
            "enlarged": raw("Not pixel by pixel: the page is enlarged. Pinch it back to its own size."),
        },
        "overview": raw("Overview only: press 1 to judge pixel by pixel."),
        "tooSmall": raw(
            "This window is too small for the whole pictures at 1 : 1; %(seen)s of %(whole)s pixels are in view. "
            "Enlarge it, or drag."
        ),
    }


def _judged(texts: Texts) -> dict[str, Any]:
    raw = texts.raw
    return {
        "practiceRight": {
            "left": raw("Last pair: yes, the left one was closer."),
            "right": raw("Last pair: yes, the right one was closer."),
        },
        "practiceWrong": {  # by what was chosen
            "left": raw("Last pair: the right one was closer to the reference."),
            "right": raw("Last pair: the left one was closer to the reference."),
            "tie": raw("Last pair: one of the two was closer to the reference."),
        },
        "answeredBefore": raw(
            "That pair had been answered “%(stored)s” before, perhaps in another window; “%(given)s” was not counted."
        ),
        "sides": {"left": raw("left"), "right": raw("right"), "tie": raw("can’t tell")},
    }


def _refused(texts: Texts) -> dict[str, Any]:
    return {
        "answersRefused": texts.forms(
            "The server did not take %(number)s answer: %(why)s Nothing is lost: what you chose is kept on this "
            "device. Please tell the experimenter.",
            "The server did not take %(number)s answers: %(why)s Nothing is lost: what you chose is kept on this "
            "device. Please tell the experimenter.",
        ),
        "serverAnswered": texts.raw("The server answered %(status)s."),
        "refusals": {kind: texts.raw(told.message) for kind, told in REFUSALS.items() if "%" not in told.message},
    }
