"""No text on a subject's page stands outside the catalogue: every page is read in a language that nobody speaks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from structlog.testing import capture_logs

from app.db import Database
from app.db.silence import DatabaseSilent
from app.errors import AppError, Forbidden
from app.media import Media
from app.resources import LOCALES
from app.sessions import enrol, links
from app.simulation.forms import read_page
from app.studies import service
from app.web.languages import Languages
from app.web.pages import Pages
from app.web.refusals import REFUSALS
from tests.web import messages, pseudo, small_study

QUESTION, CONSENT, HOW = "QUESTION of the study", "CONSENT of the study", "INSTRUCTIONS of the study"
# What is no text of ours: the study's own words, names, addresses, the universal time.
DATA = (QUESTION, CONSENT, HOW, "A small study", "Beholder", "UTC", "English", "polski")


# Pages of which these walks meet a part only: where practice or a look at the eyes fails, and each kind of end.
IN_PARTS = {
    *(f"templates/subject/viewing_{name}.html" for name in ("acuity", "brightness", "card", "colour")),
    *(f"templates/subject/{name}.html" for name in ("end", "practice_done", "resting", "withdraw", "withdrawn")),
    "templates/macros/ending.html",
}
SCREEN = {
    "pixel_ratio": "1", "pane_width": "600", "pane_height": "600", "exact": "true", "touch_only": "false",
    "window_width": "1900", "window_height": "1000", "screen_width": "1920", "screen_height": "1080",
    "zoom_percent": "100", "gamut": "srgb", "dynamic_range": "standard",
}  # fmt: skip


@dataclass
class Reader:
    """A subject whose browser asks for Polish, and who notes whatever is not in that language."""

    client: TestClient
    seen: set[str] = field(default_factory=set)

    def read(self, reply: Response) -> Response:
        """The page, found to be in Polish as a whole."""
        data = (*DATA, *_codes(reply.text))
        assert pseudo.untranslated(pseudo.told(reply.text), data) == []
        assert '<html lang="pl" dir="ltr"' in reply.text
        self.seen.add(read_page(reply.text)[0])
        return reply

    def get(self, address: str) -> Response:
        """The page at an address."""
        return self.read(self.client.get(address))

    def post(self, address: str, **fields: str) -> Response:
        """The page that follows a form."""
        return self.read(self.client.post(address, data=fields))

    def press(self, page: Response) -> Response:
        """The page behind the first button of this one."""
        form = read_page(page.text)[1][0]
        return self.post(form.action, **form.fields)

    def begin(self, link: str) -> str:
        """The address of a session whose first trials wait."""
        page = self.press(self.press(self.get(link)))
        return self.press(page).url.path

    def answer(self, session: str, at_most: int = 100) -> Response:
        """So many answers to what is open, or all; then the page that follows."""
        for trial in self.client.get(f"{session}/trials").json()["trials"][:at_most]:
            self.client.put(trial["vote"], json={"side": "left", "elapsed_ms": 60_000})
        return self.get(session)


def _codes(page: str) -> list[str]:
    """The completion code and the personal link on the page."""
    return [*re.findall(r'class="code"[^>]*>([^<]*)<', page), *re.findall(r'value="(http[^"]*)"', page)]


@pytest.fixture
def reader(web: FastAPI, tmp_path: Path) -> Iterator[Reader]:
    web.state.pages = Pages(web.state.statics, Languages(pseudo.write(tmp_path / "locales", "pl")))
    with TestClient(web, base_url="http://localhost", headers={"Accept-Language": "pl"}) as client:
        yield Reader(client)


@pytest.fixture
def invite(reader: Reader, database: Database, media: Media, pictures: Path) -> Callable[..., tuple[int, str]]:
    """Makes a study; its number and its public link."""

    def made(**settings: object) -> tuple[int, str]:
        own = {"question": QUESTION, "consent_text": CONSENT, "instructions": HOW, "block_size": 3, **settings}
        number = small_study.create(database, media, pictures, **own)
        return number, f"/join/{links.public_token(reader.client.app.state.context.secret, number)}"

    return made


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every message that is said while the test runs."""
    heard = set[str]()
    for name in ("gettext", "ngettext"):
        plain = getattr(GNUTranslations, name)

        def listening(own: object, message: str, *rest: object, plain: Callable[..., str] = plain) -> str:
            heard.add(message)
            return plain(own, message, *rest)

        monkeypatch.setattr(GNUTranslations, name, listening)
    return heard


Invite = Callable[..., tuple[int, str]]


def sit(reader: Reader, link: str) -> None:
    """A whole session, with a break and some comings back."""
    reader.get(link)
    session = reader.begin(link)
    reader.get(link)  # this browser has begun a session, and answered nothing
    while read_page((page := reader.answer(session)).text)[0] != "end":
        reader.get(link)
        reader.press(page)


def come_back(reader: Reader, invite: Invite, database: Database) -> None:
    """A personal link, while the study is open, paused and closed."""
    study, link = invite(practice_trials=0)
    secret = reader.client.app.state.context.secret
    personal = f"/p/{enrol.invite(database, secret, study, ['Ada'])[0].token}"
    session = reader.begin(personal)
    reader.get(personal)
    reader.answer(session, 1)
    service.pause(database, study)
    assert "paused" in read_page(reader.get(session).text)
    reader.client.cookies.clear()
    reader.get(link)
    reader.post(link)
    reader.get(personal)
    service.close(database, study)
    reader.get(personal)
    reader.get(link)


def be_refused(reader: Reader, invite: Invite, database: Database) -> None:
    """Whatever can go wrong with an address, a form, or the state of things."""
    for address in ("/join/1.wrong", "/s/unknown", "/s/unknown/trials/abc/middle.png", "/s/a/b/c", "/p/a/b"):
        reader.get(address)
    reader.post("/join/1.wrong", locale="x" * 2_000_000)
    _, link = invite(opened=False)
    reader.get(link)
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
    service.close(database, study)
    reader.get(session)
    reader.post(f"{session}/start")


def be_asked(reader: Reader, invite: Invite) -> None:
    """Everything that can come before the first pair, with something wrong at first; then a withdrawal."""
    for rule in ("record", "screen out"):
        link = invite(
            questionnaire=(f"one | {QUESTION} | 1 / 2", f"two | {QUESTION} | number 16-120 | optional"),
            display_gate="advise", viewing=("card", "brightness", "acuity", "colour"), viewing_rule=rule,
        )[1]  # fmt: skip
        page = reader.press(reader.press(reader.get(link)))
        session = page.url.path
        reader.post(f"{session}/questionnaire")
        for wrong in ({"q_one": "3"}, {"q_one": "1", "q_two": "?"}, {"q_one": "1", "q_two": "7"}):
            reader.post(f"{session}/questionnaire", **wrong)
        page = reader.post(f"{session}/questionnaire", q_one="1")
        reader.post(f"{session}/questionnaire", q_one="2")
        page = reader.post(f"{session}/display", **SCREEN)
        while read_page(page.text)[0] == "viewing":
            skip = next(form for form in read_page(page.text)[1] if form.action.endswith("/skip"))
            page = reader.post(skip.action, **skip.fields)
        reader.get(f"{session}/withdraw")
        reader.post(f"{session}/withdraw")
        reader.post(f"{session}/withdraw", agreed="yes")
        reader.get(session)
        reader.client.cookies.clear()


def test_every_page_is_said_in_the_language_of_the_session(
    reader: Reader, invite: Invite, database: Database, said: set[str]
) -> None:
    for settings in ({}, {"allow_tie": True, "is_demo": True}, {"block_size": 20, "allow_tie": True, "flicker": True}):
        sit(reader, invite(**settings)[1])
        reader.client.cookies.clear()
    demo = invite(is_demo=True)[1]
    simulated = reader.press(reader.post(demo, locale="pl", simulated="yes"))
    reader.press(simulated)
    reader.client.cookies.clear()
    come_back(reader, invite, database)
    reader.client.cookies.clear()
    be_asked(reader, invite)
    be_refused(reader, invite, database)
    untouched_study, link = invite()
    untouched = reader.begin(link)
    service.close(database, untouched_study)
    reader.get(untouched)
    stages = {"landing", "consent", "instructions", "practice", "practice_done", "block", "break", "paused", "end"}
    stages |= {"questionnaire", "display", "viewing", "withdraw", "withdrawn"}
    assert reader.seen == stages | {"stopped"}
    of_templates = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in messages.extracted()
        if any(place.startswith("templates/") and place not in IN_PARTS for place, _ in message.locations)
    }
    assert of_templates - said == set()


@pytest.mark.parametrize("fault", [RuntimeError(), DatabaseSilent(), Forbidden("No."), AppError("No.")])
def test_a_failure_of_ours_is_told_in_the_language_of_the_browser(
    reader: Reader, invite: Invite, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(enrol, "landing", fail)
    reply = reader.client.get(invite()[1])
    reference = re.findall(r": ([0-9a-f]{8})\.", reply.text)
    assert len(reference) == isinstance(fault, RuntimeError)
    assert pseudo.untranslated(pseudo.told(reply.text), (*DATA, *reference)) == []
    assert reply.status_code in (400, 403, 500, 503)


def test_a_session_keeps_its_language_whatever_the_browser_says_later(reader: Reader, invite: Invite) -> None:
    link = invite()[1]
    session = reader.press(reader.get(link)).url.path
    reader.client.headers["Accept-Language"] = "en"
    reader.get(session)
    reader.read(reader.client.post(f"{session}/start"))
    english = TestClient(reader.client.app, base_url="http://localhost", headers={"Accept-Language": "en"})
    landing = english.get(link)
    assert '<html lang="en" dir="ltr"' in landing.text
    (form,) = read_page(landing.text)[1]
    begun = english.post(form.action, data=form.fields)
    english.headers["Accept-Language"] = "pl"
    assert "Do you want to take part?" in english.get(begun.url.path).text


def test_a_session_whose_language_is_gone_goes_on_in_english(reader: Reader, invite: Invite, tmp_path: Path) -> None:
    session = reader.press(reader.get(invite()[1])).url.path
    web = reader.client.app
    web.state.pages = Pages(web.state.statics, Languages(tmp_path / "empty"))
    assert "Do you want to take part?" in reader.client.get(session).text


def test_a_form_that_asks_for_an_unknown_language_begins_in_english(reader: Reader, invite: Invite) -> None:
    for locale in ("tlh", "<b>", "x" * 500):
        begun = reader.client.post(invite()[1], data={"locale": locale})
        assert begun.status_code == 200
        assert '<html lang="en"' in begun.text


def test_the_catalogue_holds_exactly_the_messages_of_the_sources() -> None:
    assert messages.told(messages.recorded()) == messages.told(messages.extracted()), "run `make messages`"


def test_every_translation_that_is_shipped_is_whole_and_fits() -> None:
    wanted = {message.id for message in messages.extracted() if message.id}
    for path in sorted(LOCALES.glob("*.po")):
        with capture_logs() as logs:
            Languages(LOCALES)
        assert logs == []
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        said = {message.id for message in catalog if message.id and message.string and not message.fuzzy}
        assert wanted - said == set(), path.name


def test_every_row_of_refusals_tells_of_an_error_that_there_is() -> None:
    kinds = {kind.kind() for kind in _below(AppError)}
    assert set(REFUSALS) - kinds == set()


def _below(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from _below(derived)
