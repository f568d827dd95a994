"""The subject's pages, looked at beforehand: the draft's texts in the very templates, and nothing that can be sent."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import AuditEntry, Session
from app.media import Media
from app.studies import service
from app.studies.wording import CONSENT
from tests.web import odd, small_study
from tests.web.test_two_editors import form

pytestmark = pytest.mark.one_database
OWN: dict[str, Any] = {
    "question": "Which one is nearer?",
    "consent_text": "I give my eyes.\n\nFor an hour.",
    "questionnaire": ("town | Which town? | text",),
    "completed_url": "https://app.prolific.com/submissions/complete?cc={code}",
    "completed_code": "CTHANKS1",
    "failed_code": "CFAILED1",
}


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False, **OWN)


def pages(desk: TestClient, study: int) -> list[str]:
    """The address of every page of the preview, in every language."""
    return [
        html.unescape(one)
        for one in re.findall(
            r'href="(/admin/studies/\d+/preview/[^"]+)"', desk.get(f"/admin/studies/{study}/preview").text
        )
    ]


def test_every_page_is_shown_in_every_language_and_nothing_of_it_can_be_sent(
    desk: TestClient, database: Database, draft: int
) -> None:
    before = odd.digest(database)
    found = pages(desk, draft)
    assert len(found) == 3 * 10
    for address in found:
        reply = desk.get(address)
        assert reply.status_code == 200, address
        above, _, page = reply.text.partition("<main")
        language = address.rpartition("=")[2]
        assert f'<html lang="{language}"' in above
        assert "No session begins" in above
        shut = page.split('<fieldset class="previewed" disabled>', 1)[1].rsplit("</fieldset>", 1)
        for control in ("<form", "<button", "<input"):  # all of them inside what is shut
            assert control not in page.replace(shut[0], ""), f"{control} of {address}"
        assert "<script" not in reply.text
        assert re.findall(r'<a [^>]*href="(?!/admin/studies/)(?!\?language)[^"]*"', page) == []
    assert odd.digest(database) == before
    with database.read() as db:
        assert db.query(Session).count() == 0


@pytest.mark.parametrize(
    ("page", "language", "says"),
    [
        ("landing", "en", "Which one is nearer?"),
        ("consent", "de", "I give my eyes."),
        ("questionnaire", "en", "Which town?"),
        ("instructions", "de", "So geht es"),
        ("trial", "en", "block 1 of 2"),
        ("break", "de", "Block 1 von 2"),
        ("end", "en", "Back to app.prolific.com"),
        ("end", "en", "CTHANKS1"),
        ("failed", "en", "CFAILED1"),
        ("screened-out", "en", "Thank you for your interest"),
        ("withdraw", "en", "Do you want to withdraw?"),
    ],
)
def test_a_page_says_what_the_draft_says(desk: TestClient, draft: int, page: str, language: str, says: str) -> None:
    shown = desk.get(f"/admin/studies/{draft}/preview/{page}", params={"language": language}).text
    assert says in html.unescape(shown.partition("<main")[2])


def test_pages_that_the_study_has_not_are_not_offered(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    plain = small_study.create(database, media, pictures, opened=False, block_size=100, languages=("de",))
    found = pages(desk, plain)
    assert {one.rpartition("=")[2] for one in found} == {"de"}
    for absent in ("questionnaire", "break", "failed", "no-such-page"):
        assert not any(f"/{absent}?" in one for one in found)
        assert desk.get(f"/admin/studies/{plain}/preview/{absent}").status_code == 404
    assert '<html lang="de"' in desk.get(f"/admin/studies/{plain}/preview/consent?language=fr").text


def test_what_is_typed_is_shown_on_every_page_and_saved_by_none(
    desk: TestClient, database: Database, draft: int
) -> None:
    address = f"/admin/studies/{draft}/preview"
    assert f'formaction="{address}"' in desk.get(f"/admin/studies/{draft}/protocol").text
    before = odd.digest(database)
    typed = form(0, consent_text="Typed <b>and not saved</b>.", question="Typed?", show="consent")
    first = desk.post(address, data=typed)
    assert "Typed &lt;b&gt;and not saved&lt;/b&gt;." in first.text.partition("<main")[2]
    assert "Preview of what is typed, not saved" in first.text
    again = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', first.text.partition("<main")[0])
    }
    assert again == {name: value for name, value in typed.items() if name != "show"}
    second = desk.post(address, data=again | {"show": "landing de"})
    assert '<html lang="de"' in second.text
    assert "Typed?" in second.text.partition("<main")[2]
    step = {"question": "Typed at one step?", "show": "landing"}  # of which some others were not sent: they stay
    assert "Typed at one step?" in desk.post(address, data=step).text.partition("<main")[2]
    refused = desk.post(address, data=typed | {"catch_trials": "many"})
    assert refused.status_code == 422
    assert odd.digest(database) == before
    assert service.get(database, draft).protocol.consent_text == OWN["consent_text"]


def test_an_open_study_is_looked_at_as_it_was_frozen(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures)
    before = odd.digest(database)
    shown = html.unescape(desk.get(f"/admin/studies/{study}/preview/consent").text)
    assert CONSENT.splitlines()[0][:60] in shown
    assert odd.digest(database) == before
    with database.read() as db:
        assert db.query(AuditEntry).filter(AuditEntry.deed == "study opened").count() == 1
