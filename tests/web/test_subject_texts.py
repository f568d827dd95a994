"""No text on a subject's page stands outside the catalogue: every page is read in a language that nobody speaks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import astuple
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.db import Database
from app.db.silence import DatabaseSilent
from app.errors import AppError, Forbidden, Gone
from app.media import Media
from app.resources import LOCALES
from app.sessions import enrol, links
from app.sessions.sitting import Stage
from app.simulation.forms import read_page
from app.web.languages import Languages
from app.web.pages import Pages
from app.web.refusals import REFUSALS
from tests.web import messages, pseudo, small_study, walks
from tests.web.reader import CONSENT, DATA, HOW, QUESTION, Invite, Reader

FAULTS = {
    "unexpected": RuntimeError(), "database-silent": DatabaseSilent(), "forbidden": Forbidden("No."),
    "gone": Gone("No."), "app-error": AppError("No."),
}  # fmt: skip


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
        ctx = reader.client.app.state.context
        return number, f"/join/{links.public_token(ctx.database, ctx.secret, number)}"

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


def test_every_page_is_said_in_the_language_of_the_session(
    said: set[str], reader: Reader, invite: Invite, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for settings in ({}, {"allow_tie": True, "is_demo": True}, {"block_size": 20, "allow_tie": True, "flicker": True}):
        walks.sit(reader, invite(**settings)[1])
        reader.client.cookies.clear()
    simulated = reader.press(reader.post(invite(is_demo=True)[1], locale="pl", simulated="yes"))
    reader.press(simulated)
    reader.client.cookies.clear()
    walks.read_ours(reader, invite)
    walks.practise(reader, invite)
    walks.rest(reader, invite, monkeypatch)
    walks.come_back(reader, invite, database)
    walks.be_asked(reader, invite)
    walks.be_refused(reader, invite, database)
    walks.end(reader, invite)
    assert reader.seen == {stage.value for stage in Stage} | {"landing", "withdraw", "stopped"}
    every = {
        message.id if isinstance(message.id, str) else message.id[0] for message in messages.extracted() if message.id
    }
    of_faults = {text for kind in FAULTS for text in astuple(REFUSALS[kind])}  # heard by the test below
    assert sorted(every - said - of_faults) == []


@pytest.mark.parametrize("kind", FAULTS)
def test_a_failure_of_ours_is_told_in_the_language_of_the_browser(
    said: set[str], reader: Reader, invite: Invite, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def fail(*_: object) -> None:
        raise FAULTS[kind]

    monkeypatch.setattr(enrol, "landing", fail)
    with capture_logs():  # to write down where it happened takes seconds
        reply = reader.client.get(invite()[1])
    assert set(astuple(REFUSALS[kind])) <= said
    reference = re.findall(r": ([0-9a-f]{8})\.", reply.text)
    assert len(reference) == (kind == "unexpected")
    assert pseudo.untranslated(pseudo.told(reply.text), (*DATA, *reference)) == []
    assert reply.status_code in (400, 403, 410, 500, 503)


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
