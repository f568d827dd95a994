"""A study's own texts in several languages: each subject reads theirs, agrees to it, and answers in it."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import Consent, Questionnaire
from app.jobs.contract import digest_of
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.studies import moves, service
from app.studies.protocol import Protocol
from app.studies.steps import Step
from tests.web import small_study
from tests.web.test_set_up import filled

pytestmark = pytest.mark.one_database
GERMAN = {
    "title": "Eine kleine Studie", "question": "Welches ist näher?",
    "consent_text": "Ich gebe meine Augen.\n\nEine Stunde.",
    "questionnaire": ("hand | Welche Hand? | links / rechts",),
}  # fmt: skip
OWN = {
    "languages": ("en", "de", "zh-Hans"), "question": "Which one is nearer?", "consent_text": "I give my eyes.",
    "instructions": "Look well.", "questionnaire": ("hand | Which hand? | left / right",),
    "translations": {"de": GERMAN},
}  # fmt: skip
Read = Callable[[str], tuple[TestClient, list[str]]]


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, **OWN)


@pytest.fixture
def read(web: FastAPI, database: Database, settings: Settings, study: int) -> Read:
    """The pages of somebody with this language, from the link to the instructions."""

    def pages(language: str) -> tuple[TestClient, list[str]]:
        client = TestClient(web, base_url="http://localhost", headers={"Accept-Language": language})
        link = f"/join/{links.public_token(database, settings.secret(), study)}"
        found = [client.get(link).text]
        reply = client.post(link, data={"locale": language})
        found.append(reply.text)
        session = reply.url.path
        (text_hash,) = re.findall(r'name="text_hash" value="(\w+)"', reply.text)
        reply = client.post(f"{session}/consent", data={"text_hash": text_hash, "agreed": "yes"})
        found.append(reply.text)
        found.append(client.post(f"{session}/questionnaire", data={"q_hand": "right"}).text)
        return client, found

    return pages


def test_a_subject_reads_agrees_and_answers_in_their_own_language(read: Read, database: Database) -> None:
    _, (landing, consent, questionnaire, instructions) = read("de")
    assert '<h1 dir="auto">Eine kleine Studie</h1>' in landing
    assert "A small study" not in landing + consent + questionnaire + instructions
    assert re.search("<title>[^<]+ · Eine kleine Studie</title>", consent)
    assert "Welches ist näher?" in landing
    assert "Ich gebe meine Augen." in consent
    assert "I give my eyes." not in consent
    assert "Welche Hand?" in questionnaire
    assert re.search(r'value="right"[^>]*> <span dir="auto">rechts</span>', questionnaire)
    assert "Welches ist näher?" in instructions
    assert '<div class="prose" lang="en">' in instructions  # which nobody has translated
    assert "Look well." in instructions
    with database.read() as db:
        agreed = db.scalars(select(Consent)).one()
        said = db.scalars(select(Questionnaire)).one()
    assert (agreed.text, agreed.text_hash) == (GERMAN["consent_text"], digest_of(GERMAN["consent_text"]))
    assert said.answers == {"hand": "right"}  # as the protocol has it


def test_who_reads_in_the_first_language_sees_it_as_it_was_written_and_others_are_told_which_it_is(read: Read) -> None:
    _, (landing, consent, questionnaire, instructions) = read("en")
    assert "Which one is nearer?" in landing
    assert '<div class="prose">' in consent
    assert 'lang="' not in (consent + instructions + questionnaire).replace('<html lang="en"', "").replace(
        "hreflang", ""
    )
    _, (landing, consent, questionnaire, instructions) = read("zh-Hans")
    assert '<h1 dir="auto" lang="en">A small study</h1>' in landing  # which nobody has translated into this one
    assert re.search(r'<p class="lead" dir="auto" lang="en">Which one is nearer\?', landing)
    assert '<div class="prose" lang="en">' in consent
    assert '<span dir="auto" lang="en">Which hand?</span>' in questionnaire


def test_the_form_has_fields_for_every_further_language_and_keeps_and_previews_what_is_typed(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    draft = small_study.create(database, media, pictures, opened=False, **OWN | {"translations": {}})
    address = f"/admin/studies/{draft}/set-up/words"
    page = desk.get(address).text
    names = re.findall(r'name="(translations[^"]*)"', page)
    texts = ("title", "question", "consent_text", "instructions", "questionnaire")
    assert names == ["translations", *(f"translations.{tag}.{name}" for tag in ("de", "zh-Hans") for name in texts)]
    assert (
        "“Question”, “Consent text”, “Instructions”, “Questionnaire” are your own: whoever chooses de or"
        in html.unescape(page)
    )
    own = {f"translations.de.{name}": text if isinstance(text, str) else text[0] for name, text in GERMAN.items()}
    typed = filled(database, draft, Step.WORDS, translations="de zh-Hans") | own
    shown = desk.post(f"/admin/studies/{draft}/preview", data=typed | {"show": "consent de"}).text
    assert "Ich gebe meine Augen." in shown
    assert service.get(database, draft).protocol.translations == {}
    desk.post(address, data=typed)
    (german,) = service.get(database, draft).protocol.translations.values()
    assert german.consent_text == GERMAN["consent_text"]
    assert [*map(str, german.questionnaire)] == [*GERMAN["questionnaire"]]
    page = html.unescape(desk.get(address).text)
    assert 'name="translations.de.question" type="text" value="Welches ist näher?"' in page
    assert (
        "“Question”, “Consent text”, “Instructions”, “Questionnaire” are your own: whoever chooses zh-Hans reads"
        in page
    )
    refused = desk.post(address, data=typed | {"translations.de.questionnaire": "nose | Nase? | text"})
    assert refused.status_code == 422
    assert "the questionnaire has no question 'nose'" in html.unescape(refused.text)
    assert '<a href="#translations">Your texts in further languages</a>' in refused.text
    moves.open_study(database, media, draft)
    assert "Ich gebe meine Augen." in desk.get(f"/admin/studies/{draft}/protocol").text


def test_languages_without_a_text_and_texts_that_nobody_reads_are_warned_of(
    database: Database, media: Media, pictures: Path
) -> None:
    def told(**settings: object) -> list[str]:
        number = small_study.create(database, media, pictures, opened=False, **OWN | settings)
        return [
            one.text for one in service.lint(database, media, number) if one.setting in ("translations", "languages")
        ]

    whole = {
        "title": "T",
        "question": "Q",
        "consent_text": "C",
        "instructions": "I",
        "questionnaire": GERMAN["questionnaire"],
    }
    assert told(languages=("en",), translations={}) == []
    assert told(translations={"de": whole, "zh": whole}) == []
    assert told(translations={"de": whole | {"title": ""}, "zh": whole}) == [
        "`title` is your own: whoever chooses de reads it as you wrote it."
    ]
    usual = {name: Protocol.model_fields[name].get_default() for name in OWN}
    assert told(**usual) == []  # of no language is it known that somebody will read in it
    assert told(**usual | {"languages": ("en", "de")}) == [
        "`title` is your own: whoever chooses de reads it as you wrote it."
    ]
    assert told(languages=("en", "de")) == ["`instructions` is your own: whoever chooses de reads it as you wrote it."]
    assert told(languages=(), translations={"zh-Hans": whole, "de-AT": whole}) == [
        "`question`, `consent_text`, `instructions`, `questionnaire` are your own: whoever chooses en reads them as "
        "you wrote them."
    ]
    assert told(languages=("en",), translations={"de": whole}) == [
        "Nobody reads the texts in de: the pages are not offered in it."
    ]
