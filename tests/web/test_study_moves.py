"""A study's life by buttons, from the draft that is tried to the archive; offered where it will be accepted."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.db import Database
from app.db.audit import Actor
from app.db.models import StudyState, Through
from app.media import Media
from app.sessions import enrol, links
from app.settings import Settings
from app.studies import moves, service
from app.studies.protocol import Protocol
from tests.web import small_study
from tests.web.small_study import form

EVIL = '<script>alert("x")</script>&amp;'
MOVES = ("open", "pilot", "draft", "delete", "pause", "resume", "close", "archive", "unarchive")


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False)


@pytest.fixture
def opened(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


def test_a_draft_is_deleted_by_a_typed_word_and_an_open_study_has_no_button_for_it(
    desk: TestClient, database: Database, draft: int, opened: int
) -> None:
    assert f"/admin/studies/{opened}/delete" not in desk.get(f"/admin/studies/{opened}/stimuli").text
    assert desk.post(f"/admin/studies/{opened}/delete").status_code == 409
    assert desk.get(f"/admin/studies/{opened}/delete").url.path == f"/admin/studies/{opened}/monitor"
    assert f'href="/admin/studies/{draft}/delete"' in desk.get(f"/admin/studies/{draft}/stimuli").text
    assert "the personal links made for it" in desk.get(f"/admin/studies/{draft}/delete").text
    for typed in ({}, {"typed": "yes"}):
        refused = desk.post(f"/admin/studies/{draft}/delete", data=typed)
        assert refused.status_code == 422
        assert "Type the word delete" in refused.text
        assert len(service.listing(database)) == 2
    assert desk.post(f"/admin/studies/{draft}/delete", data={"typed": "Delete "}).url.path == "/admin/studies"
    assert [study.id for study in service.listing(database)] == [opened]


def test_opening_is_offered_when_nothing_is_missing_and_says_what_freezes(
    desk: TestClient, database: Database, draft: int
) -> None:
    assert f'href="/admin/studies/{draft}/set-up/open"' in desk.get(f"/admin/studies/{draft}/stimuli").text
    page = desk.get(f"/admin/studies/{draft}/set-up/open").text
    assert "8 trials, about 1 minute at 5.0 s a trial, which is assumed" in page
    assert service.get(database, draft).protocol.plan_hash in page
    assert "freezes for good" in page
    empty = service.create(database, "Nothing in it", Protocol())
    page = desk.get(f"/admin/studies/{empty}/set-up/open").text
    assert f'action="/admin/studies/{empty}/open"' not in page
    assert re.search(r"\d things? to mend first", page)
    assert re.search(r"<button [^>]*disabled[^>]*>Open and freeze</button>", page)


@pytest.mark.parametrize("move", MOVES)
def test_an_unknown_study_is_not_moved(desk: TestClient, move: str) -> None:
    assert desk.post(f"/admin/studies/999/{move}").status_code == 404


def test_states_move_by_buttons_alone(desk: TestClient, database: Database, draft: int) -> None:
    states = [service.get(database, draft).state]
    for move in ("pilot", "draft", "open", "pause", "resume", "close", "archive", "unarchive"):
        asks = move == "close"  # on a page of its own
        assert desk.get(f"/admin/studies/{draft}/{move}").status_code == (200 if asks or move == "pause" else 405)
        assert service.get(database, draft).state is states[-1]
        page = "set-up/open" if states[-1] is StudyState.DRAFT else "close" if asks else "monitor"
        assert f'action="/admin/studies/{draft}/{move}"' in desk.get(f"/admin/studies/{draft}/{page}").text
        assert desk.post(f"/admin/studies/{draft}/{move}").status_code == 200
        states.append(service.get(database, draft).state)
    assert [state.value for state in states] == [
        "draft", "pilot", "draft", "open", "paused", "open", "closed", "archived", "closed",
    ]  # fmt: skip


def test_a_move_from_the_wrong_state_is_refused_with_a_sentence(desk: TestClient, draft: int) -> None:
    reply = desk.post(f"/admin/studies/{draft}/pause")
    assert reply.status_code == 409
    assert "Open it first." in reply.text


def test_a_study_with_a_lost_picture_stays_a_draft_and_lists_what_is_missing(
    desk: TestClient, database: Database, media: Media, settings: Settings, draft: int
) -> None:
    victim = next((settings.data_dir / "media").rglob("*/*"))
    victim.unlink()
    reply = desk.post(f"/admin/studies/{draft}/open")
    assert reply.status_code == 409
    assert "The store has lost" in reply.text
    assert service.get(database, draft).state is StudyState.DRAFT


def test_a_study_under_its_subjects_is_closed_by_a_typed_word_and_the_page_says_what_becomes_of_them(
    desk: TestClient, database: Database, settings: Settings, opened: int
) -> None:
    home = f"/admin/studies/{opened}"
    assert f'action="{home}/pause"' in desk.get(f"{home}/monitor").text
    assert "Type the word" not in desk.get(f"{home}/close").text
    secret = settings.secret()
    for _ in range(2):
        enrol.begin(database, secret, links.public_token(database, secret, opened))
    assert f'action="{home}/pause"' not in desk.get(f"{home}/monitor").text  # it asks first
    for word in ("pause", "close"):
        assert f'href="{home}/{word}"' in desk.get(f"{home}/monitor").text
        assert "2 subjects sit at their screens right now." in desk.get(f"{home}/{word}").text
    for word, state in (("pause", StudyState.OPEN), ("close", StudyState.PAUSED)):
        for typed in ({}, {"typed": "yes"}):
            refused = desk.post(f"/admin/studies/{opened}/{word}", data=typed)
            assert refused.status_code == 409
            assert f"Type the word {word}" in refused.text
            assert "these answers are taken, marked late, and count" in refused.text
            assert service.get(database, opened).state is state
        assert desk.post(f"/admin/studies/{opened}/{word}", data={"typed": word}).status_code == 200
    assert service.get(database, opened).state is StudyState.CLOSED


def test_the_list_leaves_archived_studies_out_and_says_where_they_are(
    desk: TestClient, database: Database, draft: int, opened: int
) -> None:
    assert "archived stud" not in desk.get("/admin/studies").text
    moves.close(database, opened)
    shown = desk.post(f"/admin/studies/{opened}/archive")
    assert shown.url.path == "/admin/studies"
    assert f'href="/admin/studies/{opened}"' not in shown.text
    assert "1 archived study" in shown.text
    archive = desk.get("/admin/studies?archived=true").text
    assert f'href="/admin/studies/{opened}"' in archive
    assert f'href="/admin/studies/{draft}"' not in archive
    assert desk.get(f"/admin/studies/{opened}/results").status_code == 200
    desk.post(f"/admin/studies/{opened}/unarchive")
    assert "The archive is empty" in desk.get("/admin/studies?archived=true").text


def test_a_pilot_says_that_nothing_counts_and_what_opening_keeps(
    desk: TestClient, database: Database, draft: int
) -> None:
    page = desk.post(f"/admin/studies/{draft}/pilot").text
    protocol = service.get(database, draft).protocol
    assert "the pilot link lets people in" in page
    assert "stay as the pilot had them" in page
    assert protocol.hash in page
    assert protocol.plan_hash in page
    assert "what pilots answer never counts" in desk.get(f"/admin/studies/{draft}/results").text
    assert "Frozen for the pilot" in desk.get(f"/admin/studies/{draft}/protocol").text


def test_a_pilot_that_somebody_has_begun_is_not_offered_to_become_a_draft_and_says_why(
    desk: TestClient, database: Database, settings: Settings, draft: int
) -> None:
    back = f'action="/admin/studies/{draft}/draft"'
    assert back in desk.post(f"/admin/studies/{draft}/pilot").text
    secret = settings.secret()
    enrol.begin(database, secret, links.pilot_token(database, secret, draft))
    page = desk.get(f"/admin/studies/{draft}/monitor").text
    assert back not in page
    assert re.search(r'<button disabled aria-describedby="begun">Back to draft</button>', page)
    assert "1 session of the pilot has begun, and what was seen there must stay what it was." in page
    refused = desk.post(f"/admin/studies/{draft}/draft")
    assert refused.status_code == 409
    assert service.get(database, draft).state is StudyState.PILOT


def test_a_copy_is_made_by_a_button_and_its_page_tells_what_differs(
    desk: TestClient, database: Database, opened: int
) -> None:
    page = desk.post(f"/admin/studies/{opened}/duplicate")
    number = int(page.url.path.split("/")[3])
    assert (number, page.url.path) != (opened, f"/admin/studies/{opened}/protocol")
    assert f"Copy of No. {opened}" in page.text
    desk.post(
        f"/admin/studies/{number}/protocol",
        data=form(title="A small study", catch_trials="3", question=EVIL),
    )
    told = desk.get(f"/admin/studies/{number}/differences").text
    assert "Trials per session that show the reference" in told
    assert EVIL not in told
    assert "&lt;script&gt;" in told
    assert "Nothing differs" in desk.get(f"/admin/studies/{number}/differences?to={number}").text
    assert desk.get(f"/admin/studies/{number}/differences?to=999").status_code == 404
    assert "Nothing to compare with yet" in desk.get(f"/admin/studies/{opened}/differences").text


def test_a_draft_is_tried_in_the_browser_by_one_button_and_stays_as_it_was(
    desk: TestClient, database: Database, media: Media, draft: int
) -> None:
    assert f'action="/admin/studies/{draft}/try"' in desk.get(f"/admin/studies/{draft}/stimuli").text
    page = desk.post(f"/admin/studies/{draft}/try")
    assert page.url.path.startswith("/join/")
    assert "A small study" in page.text
    assert [study.id for study in service.listing(database)] == [draft]
    empty = service.create(database, "Nothing in it", Protocol())
    refused = desk.post(f"/admin/studies/{empty}/try")
    assert refused.status_code == 409
    assert "The study cannot be tried yet." in refused.text


@pytest.mark.parametrize(("move", "button"), [("open", "Open and freeze"), ("pilot", "Freeze and begin the pilot")])
def test_a_draft_that_was_changed_after_somebody_looked_at_it_is_not_frozen_until_they_have_seen_the_change(
    desk: TestClient, database: Database, draft: int, move: str, button: str
) -> None:
    place = f"/admin/studies/{draft}/set-up/open"

    def pressed(page: str) -> Response:
        own = page.split(f'action="/admin/studies/{draft}/{move}"')[1].split("</form>")[0]
        assert button in own
        revision = re.search(r'name="revision" value="(\d+)"', own)
        assert revision
        return desk.post(f"/admin/studies/{draft}/{move}", data={"revision": revision[1]})

    looked_at = desk.get(place).text
    changed = service.get(database, draft).protocol.model_copy(update={"question": "Which is duller?"})
    service.edit(database, draft, protocol=changed, by=Actor(None, "kim", Through.DESK))
    refused = pressed(looked_at)
    assert refused.status_code == 409
    assert "kim: protocol changed (“Question”)" in refused.text
    assert "look at it, and press again" in refused.text
    assert service.get(database, draft).state is StudyState.DRAFT
    assert pressed(refused.text).status_code == 200
    assert service.get(database, draft).protocol_hash == changed.hash


def test_a_pilot_opens_by_its_button_only_as_the_pilot_that_was_looked_at(
    desk: TestClient, database: Database, draft: int
) -> None:
    page = desk.post(f"/admin/studies/{draft}/pilot", data={"revision": service.get(database, draft).revision}).text
    own = page.split(f'action="/admin/studies/{draft}/open"')[1].split("</form>")[0]
    desk.post(f"/admin/studies/{draft}/draft")
    service.edit(database, draft, title="Another question")
    revision = re.search(r'name="revision" value="(\d+)"', own)
    assert revision
    assert desk.post(f"/admin/studies/{draft}/open", data={"revision": revision[1]}).status_code == 409
    assert service.get(database, draft).state is StudyState.DRAFT
