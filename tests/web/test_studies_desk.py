"""Studies at the desk: drafts, protocols, stimuli, links, and the moves from draft to closed."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import StudyState
from app.jobs.launch import launch_matrix
from app.media import Media
from app.sessions import enrol, links
from app.settings import Settings
from app.studies import inventory, service
from app.studies.protocol import Protocol
from app.web.admin.protocol_form import settings_of
from app.web.app import create_app
from tests.web import small_study, trained

EVIL = '<script>alert("x")</script>&amp;'
HUGE = "9" * 23


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False)


@pytest.fixture
def opened(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


def form(**values: object) -> dict[str, object]:
    protocol = Protocol(**small_study.PROTOCOL)
    fields = {
        s.name: s.value for group in settings_of(protocol.model_dump()).values() for s in group if s.kind != "tick"
    }
    return {"title": "A study", **fields, **values}


def test_the_desk_opens_on_an_empty_list_that_says_what_to_do(desk: TestClient) -> None:
    page = desk.get("/admin")
    assert page.url.path == "/admin/studies"
    assert "No studies yet" in page.text


def test_a_new_study_is_asked_for_its_title_and_question_and_where_its_pictures_come_from(
    desk: TestClient, database: Database
) -> None:
    page = desk.get("/admin/studies/new").text
    assert set(re.findall(r'<input[^>]* name="(\w+)"', page)) == {"title", "question", "pictures", "file"}
    assert "<textarea" not in page
    page = desk.post("/admin/studies/new", data={"title": "Soon", "question": "Which is nearer?", "pictures": "zip"})
    assert page.url.path == "/admin/studies/1/stimuli"
    assert page.url.fragment == "upload"
    assert service.get(database, 1).protocol == Protocol(question="Which is nearer?")


def test_all_of_a_task_is_ticked_at_once_and_ticks_are_left_out_where_a_zip_is_announced(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    chosen = [matrix.renderings["denoise", name] for name in ("mae", "gmsd")]
    for number in chosen:
        trained.rendered(database, media, number)
    page = desk.get("/admin/studies/new").text
    (whole,) = re.findall(r'name="renderings" id="all-\d+" value="([\d ]+)"', page)
    assert sorted(map(int, whole.split())) == sorted(chosen)
    desk.post("/admin/studies/new", data={"title": "All", "renderings": [whole, str(chosen[0])]})
    assert len(inventory.read(database, 1)[0].conditions) == 2
    desk.post("/admin/studies/new", data={"title": "None", "renderings": whole, "pictures": "zip"})
    assert inventory.read(database, 2) == ()


def test_the_form_shows_every_setting_with_its_default_and_its_reason(desk: TestClient, draft: int) -> None:
    page = desk.get(f"/admin/studies/{draft}/protocol").text
    for name in Protocol.model_fields:
        assert f'name="{name}"' in page
    assert "Default 500: " in page
    assert re.search(
        r'<select id="display_gate".*\n *<option >require<.*\n *<option >advise<.*\n *<option selected>off<', page
    )
    assert "<option >screen out</option>" in page


def test_a_draft_is_made_from_the_form_and_the_chosen_renderings(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    chosen = [matrix.renderings["denoise", "mae"], matrix.renderings["denoise", "gmsd"]]
    for number in chosen:
        trained.rendered(database, media, number)
    assert "denoise · mae · pictures" in desk.get("/admin/studies/new").text
    page = desk.post("/admin/studies/new", data=form(renderings=[str(n) for n in chosen], trials_per_session="7"))
    assert page.url.path.endswith("/stimuli")
    assert "<code>gmsd</code>" in page.text
    (study,) = service.listing(database)
    assert (study.title, study.protocol.trials_per_session, study.state) == ("A study", 7, StudyState.DRAFT)


def test_unchanged_defaults_make_the_default_protocol(desk: TestClient, database: Database) -> None:
    fields = {
        s.name: s.value
        for group in settings_of(Protocol().model_dump()).values()
        for s in group
        if s.kind != "tick" or s.value == "yes"
    }
    desk.post("/admin/studies/new", data={"title": "Plain", **fields})
    (study,) = service.listing(database)
    assert study.protocol == Protocol()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"trials_per_session": "many"}, "trials_per_session"),
        ({"catch_failures_allowed": "2"}, "would never exclude anybody"),
        ({"title": " "}, "needs a title"),
        ({"question": ""}, "question"),
    ],
)
def test_a_protocol_that_does_not_fit_comes_back_and_makes_nothing(
    desk: TestClient, database: Database, wrong: dict[str, object], told: str
) -> None:
    reply = desk.post("/admin/studies/new", data=form(**{"title": "Look <here>.", "question": "Which?", **wrong}))
    assert reply.status_code == 422
    assert told in reply.text
    assert "title" in wrong or "Look &lt;here&gt;." in reply.text
    assert "question" in wrong or 'value="Which?"' in reply.text
    assert service.listing(database) == []


def test_renderings_of_two_launches_are_refused_in_a_line_and_the_form_keeps_what_it_held(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media, 5)
    chosen = list[int]()
    for side in (64, 48):
        matrix = launch_matrix(
            database, tasks=["denoise"], objectives=["mae", "gmsd"], preset="tiny", photograph_set=trained.SET,
            scene_side=side,
        )  # fmt: skip
        number = matrix.renderings["denoise", "mae" if side == 64 else "gmsd"]
        trained.rendered(database, media, number, side)
        chosen.append(number)
    page = desk.get("/admin/studies/new").text
    assert "tiny · holiday · seed 0 · 2 scenes of 64 px" in page
    assert page.index("scenes of 48 px") < page.index("scenes of 64 px")
    reply = desk.post("/admin/studies/new", data=form(renderings=[str(n) for n in chosen], title="Kept"))
    assert reply.status_code == 422
    assert reply.text.count("choose renderings of one launch") == 1
    assert 'value="Kept"' in reply.text
    assert all(f'value="{number}" checked' in reply.text for number in chosen)
    assert service.listing(database) == []


def test_a_draft_is_deleted_by_its_button_and_an_open_study_has_none(
    desk: TestClient, database: Database, draft: int, opened: int
) -> None:
    assert f"/admin/studies/{opened}/delete" not in desk.get(f"/admin/studies/{opened}/stimuli").text
    assert desk.post(f"/admin/studies/{opened}/delete").status_code == 409
    assert f'action="/admin/studies/{draft}/delete"' in desk.get(f"/admin/studies/{draft}/stimuli").text
    assert desk.post(f"/admin/studies/{draft}/delete").url.path == "/admin/studies"
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


def test_a_rendering_that_cannot_be_had_makes_no_draft_and_says_so(desk: TestClient, database: Database) -> None:
    for number, told in [
        ("77", "job 77 is not a rendering"),
        *((n, "no rendering") for n in (HUGE, "9" * 5000, "x", "0")),
    ]:
        reply = desk.post("/admin/studies/new", data=form(renderings=[number]))
        assert reply.status_code == 422
        assert told in reply.text
        assert service.listing(database) == []


def test_a_number_without_end_in_a_setting_is_refused_or_read_as_words(desk: TestClient) -> None:
    for setting in set(Protocol.model_fields) - {"allow_tie"}:
        assert desk.post("/admin/studies/new", data=form(**{setting: HUGE})).status_code in (200, 422), setting


def test_a_number_beyond_all_tables_leads_nowhere(desk: TestClient) -> None:
    tabs = (
        "",
        "/stimuli",
        "/protocol",
        "/links",
        "/monitor",
        "/results",
        "/results/votes.csv",
        "/results/x/forest.svg",
    )
    for address in (f"trainings/{HUGE}", f"trainings/{HUGE}/curve.svg", *(f"studies/{HUGE}{tab}" for tab in tabs)):
        assert desk.get(f"/admin/{address}").status_code == 404, address


def test_nothing_can_be_sent_to_a_number_beyond_all_tables(desk: TestClient) -> None:
    moves = ("stimuli", "protocol", "links", "open", "delete", "pause", "resume", "close", "sessions/1/exclude")
    rest = (f"studies/1/sessions/{HUGE}/exclude", f"studies/1/sessions/{HUGE}/readmit", f"trainings/{HUGE}/cancel")
    for address in (*(f"studies/{HUGE}/{move}" for move in moves), *rest, f"trainings/{HUGE}/retry"):
        assert desk.post(f"/admin/{address}").status_code == 404, address


@pytest.mark.parametrize("tab", ["stimuli", "protocol", "links", "monitor", "results"])
def test_every_tab_of_a_draft_and_of_an_open_study_renders(
    desk: TestClient, database: Database, media: Media, pictures: Path, tab: str
) -> None:
    empty = service.create(database, "Nothing in it", Protocol())
    for study in (
        empty,
        small_study.create(database, media, pictures, opened=False),
        small_study.create(database, media, pictures, is_demo=True),
    ):
        reply = desk.get(f"/admin/studies/{study}/{tab}")
        assert reply.status_code == 200
        assert ("Demonstration:" in reply.text) == service.get(database, study).is_demo
    assert desk.get(f"/admin/studies/{empty}").status_code == 200


@pytest.mark.parametrize("tab", ["", "/stimuli", "/protocol", "/links", "/monitor", "/results", "/results/votes.csv",
                                 "/results/rankings.csv"])  # fmt: skip
def test_an_unknown_study_is_not_found_and_says_so(desk: TestClient, tab: str) -> None:
    reply = desk.get(f"/admin/studies/999{tab}")
    assert reply.status_code == 404
    assert "no study 999" in reply.text


MOVES = ("open", "pilot", "draft", "delete", "pause", "resume", "close", "archive", "unarchive")


@pytest.mark.parametrize("move", MOVES)
def test_an_unknown_study_is_not_moved(desk: TestClient, move: str) -> None:
    assert desk.post(f"/admin/studies/999/{move}").status_code == 404


def test_states_move_by_buttons_alone(desk: TestClient, database: Database, draft: int) -> None:
    states = [service.get(database, draft).state]
    for move in ("pilot", "draft", "open", "pause", "resume", "close", "archive", "unarchive"):
        assert desk.get(f"/admin/studies/{draft}/{move}").status_code in (404, 405)
        assert service.get(database, draft).state is states[-1]
        page = "set-up/open" if states[-1] is StudyState.DRAFT else "monitor"
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


def test_the_protocol_of_a_draft_is_edited_and_that_of_an_open_study_is_not(
    desk: TestClient, database: Database, draft: int, opened: int
) -> None:
    page = desk.post(f"/admin/studies/{draft}/protocol", data=form(title="Renamed", allow_tie="yes", catch_trials="3"))
    assert "The protocol is saved" in page.text
    study = service.get(database, draft)
    assert (study.title, study.protocol.allow_tie, study.protocol.catch_trials) == ("Renamed", True, 3)
    refused = desk.post(f"/admin/studies/{opened}/protocol", data=form(title="Renamed"))
    assert refused.status_code == 409
    assert service.get(database, opened).title == "A small study"


def test_the_page_says_how_likely_a_random_clicker_passes(desk: TestClient, database: Database) -> None:
    study = service.create(database, "Published", Protocol())
    assert "18.8 %" in desk.get(f"/admin/studies/{study}/monitor").text


def test_links_are_shown_and_personal_ones_made_for_labels(
    desk: TestClient, database: Database, settings: Settings, opened: int
) -> None:
    public = links.public_token(settings.secret(), opened)
    address = f"/admin/studies/{opened}/links"
    assert f"http://localhost/join/{public}" in desk.get(address).text
    page = desk.post(address, data={"labels": f"P01\r\n{EVIL}\r\n\r\n"}).text
    assert page.count("/p/") == 2
    assert "not begun" in page
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    shown = [part.split('"')[0] for part in page.split('value="http://localhost')[1:]]
    assert all(desk.get(link).status_code == 200 for link in shown)


@pytest.mark.parametrize("labels", ["", " \n ", "x" * 81, "tab\there"])
def test_labels_that_cannot_be_used_are_refused(desk: TestClient, opened: int, labels: str) -> None:
    reply = desk.post(f"/admin/studies/{opened}/links", data={"labels": labels})
    assert reply.status_code == 422
    assert "label" in reply.text


def test_the_operator_s_address_stands_in_links(
    desk: TestClient, database: Database, media: Media, settings: Settings, opened: int
) -> None:
    told = settings.model_copy(update={"base_url": "https://study.example/"})
    with TestClient(create_app(told, database, media), base_url="http://localhost", cookies=desk.cookies) as client:
        assert "https://study.example/join/" in client.get(f"/admin/studies/{opened}/links").text


def test_titles_are_text_wherever_they_stand(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = service.create(database, EVIL, Protocol(question=EVIL, instructions=EVIL))
    for address in ("", "/new", *(f"/{study}/{tab}" for tab in ("stimuli", "protocol", "links", "monitor", "results"))):
        page = desk.get(f"/admin/studies{address}").text
        assert EVIL not in page
        assert "<script>" not in page


def test_links_say_what_they_do_while_a_study_runs_and_after_it(
    desk: TestClient, database: Database, opened: int
) -> None:
    address = f"/admin/studies/{opened}/links"
    page = desk.get(address).text
    assert "Whoever presses Start behind this link becomes a new subject; opening it has no effect." in page
    assert "still shows a finished subject their code" in page
    service.close(database, opened)
    page = desk.get(address).text
    assert "becomes a new subject" not in page
    assert page.count("the study has ended") == 3
    assert "still shows a finished subject their code" in page


def test_a_frozen_protocol_says_how_long_a_session_is_once(desk: TestClient, opened: int) -> None:
    page = desk.get(f"/admin/studies/{opened}/protocol").text
    assert "8 trials: 6 comparisons, 2 catch trials" in page
    assert "Trials per session" not in page
    assert "probability of 75 %" in page
    assert f"No. {opened}" in page


def test_a_study_under_its_subjects_is_closed_by_a_typed_word_and_the_page_says_what_becomes_of_them(
    desk: TestClient, database: Database, settings: Settings, opened: int
) -> None:
    monitor = f"/admin/studies/{opened}/monitor"
    assert "Type the word" not in desk.get(monitor).text
    secret = settings.secret()
    for _ in range(2):
        enrol.begin(database, secret, links.public_token(secret, opened))
    page = desk.get(monitor).text
    assert page.count("2 subjects sit at their screens right now.") == 2  # beside either button
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
    service.close(database, opened)
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


def test_a_copy_is_made_by_a_button_and_its_page_tells_what_differs(
    desk: TestClient, database: Database, opened: int
) -> None:
    page = desk.post(f"/admin/studies/{opened}/duplicate")
    number = int(page.url.path.split("/")[3])
    assert (number, page.url.path) != (opened, f"/admin/studies/{opened}/protocol")
    assert f"Copy of No. {opened}" in page.text
    desk.post(f"/admin/studies/{number}/protocol", data=form(title="A small study", catch_trials="3", question=EVIL))
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
