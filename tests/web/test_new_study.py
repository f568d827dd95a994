"""A new study is a draft made from a short form: title, question, pictures, and what does not fit is said."""

import re

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import StudyState
from app.jobs.launch import launch_matrix
from app.media import Media
from app.studies import inventory, service
from app.studies.protocol import Protocol
from app.web.admin.protocol_form import settings_of
from tests.web import trained
from tests.web.small_study import form

HUGE = "9" * 23


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
        ({"trials_per_session": "many"}, "“Trials per session”: Input should be"),
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
