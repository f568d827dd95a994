"""The ways through a study that between them meet every page of a subject, and everything that each may say."""

from datetime import timedelta

import pytest

from app import clock
from app.db import Database
from app.sessions import invitations, sitting, viewing_brightness
from app.simulation.eyes import fill_in
from app.simulation.forms import Form, read_page
from app.studies import moves, wording
from app.studies.fields import AnswerKind, Asked
from tests.web.reader import QUESTION, Invite, Reader

SCREEN = {
    "pixel_ratio": "1", "pane_width": "600", "pane_height": "600", "exact": "true", "touch_only": "false",
    "window_width": "1900", "window_height": "1000", "screen_width": "1920", "screen_height": "1080",
    "zoom_percent": "100", "gamut": "srgb", "dynamic_range": "standard",
}  # fmt: skip
VIEWING = ("card", "brightness", "acuity", "colour")
UNSEEN = {  # what is no right answer, by viewing condition
    "card": {},
    "brightness": dict.fromkeys(viewing_brightness.NAMES, "40"),
    "colour": {f"digit_{number}": "none" for number in range(1, 8)},
}
QUESTIONS = (
    Asked(name="one", label=QUESTION, kind=AnswerKind.CHOICE, options=("1", "2")),
    *(
        Asked(name=name, label=QUESTION, kind=AnswerKind.NUMBER, least=least, most=most, required=False)
        for name, least, most in (("two", 16, 120), ("least", 16, None), ("most", None, 120))
    ),
    Asked(name="words", label=QUESTION, kind=AnswerKind.TEXT, required=False),
)
WRONG = (
    {"q_one": "3", "q_words": "1" * 501},
    {"q_one": "1", "q_two": "?", "q_words": "\u202e"},
    {"q_one": "1", "q_two": "7", "q_least": "7", "q_most": "121"},
)
MTURK = "?assignmentId=3OLF&hitId=3QTF&workerId=A2QX&turkSubmitTo=https://workersandbox.mturk.com"


def sit(reader: Reader, link: str) -> None:
    """A whole session, with a break and some comings back."""
    reader.get(link)
    session = reader.begin(link)
    reader.get(link)  # this browser has begun a session, and answered nothing
    while read_page((page := reader.answer(session, side="left")).text)[0] != "end":
        reader.get(link)
        reader.press(page)


def read_ours(reader: Reader, invite: Invite) -> None:
    """The texts that a study keeps, up to the first pair."""
    ours = {"question": wording.QUESTION, "consent_text": wording.CONSENT, "instructions": wording.INSTRUCTIONS}
    session = reader.begin(invite(questionnaire=wording.QUESTIONNAIRE, **ours)[1])
    reader.press(reader.get(session))
    reader.client.cookies.clear()


def practise(reader: Reader, invite: Invite) -> None:
    """Practice that is passed at the second try; and practice that is never passed, which ends the session."""
    link = invite(practice_pass=1, practice_attempts=2, allow_tie=True)[1]
    session = reader.begin(link)
    reader.press(reader.answer(session, side="tie"))
    reader.press(reader.answer(session))
    reader.client.cookies.clear()
    session = reader.begin(link)
    reader.press(reader.answer(session, side="tie"))
    assert read_page(reader.press(reader.answer(session, side="tie")).text)[0] == "end"
    reader.client.cookies.clear()


def rest(reader: Reader, invite: Invite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sitting that has been long enough, and the page hours and minutes before it may go on, and when it may."""
    session = reader.begin(invite(practice_trials=0, sitting_minutes=5, rest_hours=12)[1])
    assert read_page(reader.answer(session, 1, elapsed_ms=300_000).text)[0] == "resting"
    reader.post(f"{session}/start")  # the rest is not over
    for hours in (11.5, 12.5):
        later = clock.now() + timedelta(hours=hours)
        with monkeypatch.context() as patched:
            patched.setattr(sitting, "now", lambda later=later: later)
            patched.setattr(clock, "now", lambda later=later: later)
            reader.get(session)
    reader.client.cookies.clear()


def come_back(reader: Reader, invite: Invite, database: Database) -> None:
    """A personal link, while the study is open, paused and closed."""
    study, link = invite(practice_trials=0)
    secret = reader.client.app.state.context.secret
    personal = f"/p/{invitations.invite(database, secret, study, ['Ada'])[0].token}"
    session = reader.begin(personal)
    reader.get(personal)
    reader.answer(session, 1)
    moves.pause(database, study)
    assert "paused" in read_page(reader.get(session).text)
    reader.client.cookies.clear()
    reader.get(link)
    reader.post(link)
    reader.get(personal)
    moves.close(database, study)
    reader.get(personal)
    reader.get(link)
    reader.client.cookies.clear()


def be_refused(reader: Reader, invite: Invite, database: Database) -> None:
    """Whatever can go wrong with an address, a form, or the state of things."""
    for address in ("/join/1.wrong", "/s/unknown", "/s/unknown/trials/abc/middle.png", "/s/a/b/c", "/p/a/b"):
        reader.get(address)
    reader.post("/join/1.wrong", locale="x" * 2_000_000)
    _, link = invite(opened=False)
    reader.get(link)
    link = invite()[1]
    for query in ("?PROLIFIC_PID=", "?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE"):
        reader.get(link + query)
    reader.press(reader.get(f"{link}?survey_code=713"))
    reader.client.cookies.clear()
    reader.press(reader.get(f"{link}?survey_code=713"))  # in another browser
    link = invite(public_quota=1)[1]
    reader.begin(link)
    reader.client.cookies.clear()
    reader.get(link)
    reader.post(link)  # there is no place any more
    study, link = invite(practice_trials=0, break_minutes=5)
    reader.post(link, simulated="yes")
    reader.read(reader.client.delete(link))
    session = reader.press(reader.get(link)).url.path
    reader.post(f"{session}/start")
    reader.post(f"{session}/consent")
    reader.post(f"{session}/consent", text_hash="0")
    reader.post(f"{session}/consent", text_hash="0", agreed="yes")
    reader.press(reader.press(reader.get(session)))
    reader.answer(session)
    reader.post(f"{session}/start")  # the break is not over
    moves.close(database, study)
    reader.get(session)
    reader.post(f"{session}/start")
    reader.client.cookies.clear()
    untouched_study, link = invite()
    untouched = reader.begin(link)
    moves.close(database, untouched_study)
    reader.get(untouched)
    reader.client.cookies.clear()


def be_asked(reader: Reader, invite: Invite) -> None:
    """Everything that can come before the first pair, with something wrong at first; then a withdrawal."""
    for rule in ("record", "screen out"):
        link = invite(
            questionnaire=QUESTIONS, display_gate="advise", viewing=VIEWING, viewing_rule=rule,
            screened_out_code="SORRY",
        )[1]  # fmt: skip
        page = reader.press(reader.press(reader.get(link)))
        session = page.url.path
        reader.post(f"{session}/start")  # nothing was answered yet
        reader.post(f"{session}/questionnaire")
        for wrong in WRONG:
            reader.post(f"{session}/questionnaire", **wrong)
        page = reader.post(f"{session}/questionnaire", q_one="1")
        reader.post(f"{session}/questionnaire", q_one="2")
        page = reader.post(f"{session}/display", **SCREEN)
        while read_page(page.text)[0] == "viewing":
            see, skip = read_page(page.text)[1]
            if see.fields["turn"] == "1" and rule == "record":
                page = reader.post(see.action, **_looked(reader, see))  # a second try follows, or smaller rings
            else:
                page = reader.post(skip.action, **skip.fields)
        withdraw(reader, session)


def _looked(reader: Reader, form: Form) -> dict[str, object]:
    unseen = UNSEEN.get(form.step)
    if unseen is None:
        return fill_in(form, lambda picture: reader.client.get(picture).content)
    return {"turn": form.fields["turn"], **unseen}


def end(reader: Reader, invite: Invite) -> None:
    """The ends of those whom a service sent, who go back by a link or a form, and of those whose answers fail."""
    failing = {"catch_failures_allowed": 0, "allow_tie": True, "failed_code": "SORRY"}
    for query, settings in ((MTURK, {}), ("", {"completed_url": "https://example.org/?cc={code}"}), ("", failing)):
        session = reader.begin(invite(practice_trials=0, block_size=20, **settings)[1] + query)
        page = reader.answer(session, side="tie" if settings is failing else "right")
        assert read_page(page.text)[0] == "end"
        if query:
            withdraw(reader, session)
        reader.client.cookies.clear()


def withdraw(reader: Reader, session: str) -> None:
    """The page of the withdrawal, without and with its tick."""
    reader.get(f"{session}/withdraw")
    reader.post(f"{session}/withdraw")
    reader.post(f"{session}/withdraw", agreed="yes")
    reader.get(session)
    reader.client.cookies.clear()
