"""Launching trainings at the desk: the form, its check without any effect, and what was probably meant."""

import re

import pytest
from fastapi.testclient import TestClient

from app.catalog import MEASURES
from app.catalog.weights import WEIGHTS
from app.db import Database
from app.db.models import Job, JobState, Photograph
from app.jobs import store
from app.jobs.contract import RenderSpec, ScoreSpec, TrainSpec
from app.jobs.photo_files import PhotoFile
from app.jobs.photographs import add_photographs
from app.media import Media
from app.settings import Settings
from tests.web import odd, trained

FORM = {
    "tasks": ["denoise", "superres"],
    "objectives": ["mae", "1 - ms_ssim"],
    "own": "mae + 0.1*gmsd\n\n",
    "preset": "tiny",
    "photograph_set": trained.SET,
    "scene_side": "64",
    "scenes_per_photograph": "1",
    "seed": "0",
}


def test_the_form_launches_every_task_under_every_objective(desk: TestClient, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    reply = desk.post("/admin/trainings", data=FORM)
    assert reply.url.path == "/admin/trainings"
    jobs = store.listing(database)
    assert len(jobs) == 2 * (1 + 3 + 3 + 3 + 1 + 1)
    conditions = {job.spec.condition for job in jobs if isinstance(job.spec, RenderSpec)}
    assert conditions == {"mae", "ms_ssim", "0.1*gmsd+mae", "input"}
    assert "0.1*gmsd" in reply.text
    desk.post("/admin/trainings", data=FORM)
    assert len(store.listing(database)) == len(jobs)


@pytest.mark.one_database
def test_objectives_that_need_weights_say_whether_they_are_here_and_begin_unticked_where_not(
    desk: TestClient, database: Database, media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(settings.data_dir / "torch"))
    trained.photographs(database, media)
    (settings.data_dir / "weights").mkdir()
    (settings.data_dir / "weights" / WEIGHTS["deepiqa"][0].name).touch()
    page = desk.get("/admin/trainings/new").text
    rows = {name: re.search(rf'id="objective-{name}".*', page)[0] for name in MEASURES}  # type: ignore[index]
    told = {
        name: (" checked>" in row, row.partition("needs weights: ")[2].partition("<")[0]) for name, row in rows.items()
    }
    assert told["mae"] == (True, "")
    assert told["deepiqa"] == (True, "here")
    assert told["lpips"] == told["gti_cnn"] == (False, "not on this machine")
    assert "python -m trainer fetch-weights" in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"own": "ms_ssim"}, "worse"),
        ({"own": "mae + psnrr"}, "no measure"),
        ({"tasks": ["dehaze"]}, "no task"),
        ({"tasks": []}, "at least one task"),
        ({"preset": "huge"}, "no preset"),
        ({"photograph_set": "other"}, "no set of photographs"),
        ({"scene_side": "4000"}, "holiday"),
        ({"scenes_per_photograph": "0"}, "each photograph at least one"),
    ],
)
def test_a_form_that_does_not_fit_comes_back_with_a_sentence_and_its_values(
    desk: TestClient, database: Database, media: Media, wrong: dict[str, object], told: str
) -> None:
    trained.photographs(database, media)
    reply = desk.post("/admin/trainings", data={**FORM, "own": "mae + 0.1*gmsd", **wrong})
    assert reply.status_code in (404, 422)
    assert told in reply.text
    assert 'value="1 - ms_ssim" checked' in reply.text
    assert store.listing(database) == []


def test_a_number_that_is_none_is_refused(desk: TestClient, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    reply = desk.post("/admin/trainings", data={**FORM, "seed": "many"})
    assert reply.status_code == 422
    assert "seed" in reply.text
    assert store.listing(database) == []


def test_a_check_says_what_would_start_and_changes_nothing(desk: TestClient, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    before = odd.digest(database)
    page = desk.post("/admin/trainings/new", data=FORM).text
    assert "<h2>24 jobs</h2>" in page
    assert "8 trainings, 8 renderings, 8 scores" in page.replace("\u202f", "")
    assert "No worker is present" in page
    assert "arithmetic alone" in page
    assert odd.digest(database) == before


def test_a_check_finds_what_is_there_already(desk: TestClient, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    desk.post("/admin/trainings", data={**FORM, "tasks": ["denoise"], "own": ""})
    with database.write() as db:
        db.get_one(Job, 1).state = JobState.SUCCEEDED
        db.get_one(Job, 2).state = JobState.FAILED
    page = desk.post("/admin/trainings/new", data={**FORM, "tasks": ["denoise"], "own": ""}).text
    assert "<dt>Done already</dt><dd>1 training: found, not done again" in page
    assert "<dt>Done again</dt><dd>1 training: ended badly before" in page
    assert "<dt>At work already</dt>" in page
    assert "<dt>To be done</dt>" not in page


def test_a_check_tells_everything_that_is_wrong_at_once_with_what_was_meant(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    wrong = {"own": "ms_ssim\nmae + psnrr", "tasks": ["denoise", "dehaze"], "scene_side": "4000"}
    reply = desk.post("/admin/trainings/new", data=FORM | wrong)
    assert reply.status_code == 422
    for words in ("would make Multi-scale structural similarity worse", "psnrr", "no task", "does not hold 1 scene"):
        assert words in reply.text
    assert "Probably <code>1 - ms_ssim</code>" in reply.text
    assert "Probably <code>mae - psnr</code>" in reply.text
    assert store.listing(database) == []


@pytest.mark.parametrize(
    ("line", "meant"),
    [("1 - ms_sim", "1 - ms_ssim"), ("ms_ssim", "1 - ms_ssim"), ("mae - gmsd", "gmsd + mae"), ("mae +", "")],
)
def test_a_line_is_read_while_it_is_typed(desk: TestClient, database: Database, line: str, meant: str) -> None:
    before = odd.digest(database)
    (told,) = desk.post("/admin/trainings/objectives", data={"own": line}).json()
    assert (told["text"], told["canonical"], told["meant"]) == (line, "", meant)
    assert told["problem"]
    (right,) = desk.post("/admin/trainings/objectives", data={"own": "\n 0.5*gmsd+mae \n"}).json()
    assert right == {"text": "0.5*gmsd+mae", "canonical": "0.5*gmsd + mae", "problem": "", "meant": ""}
    assert odd.digest(database) == before


def test_keys_that_replace_the_size_s_are_checked_and_trained(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    reply = desk.post("/admin/trainings/new", data=FORM | {"second_stage": "stepps: 5"})
    assert reply.status_code == 422
    assert "did you mean &#39;steps&#39;" in reply.text
    desk.post("/admin/trainings", data=FORM | {"first_stage": "steps: 7", "second_stage": "steps: 5\nclip_norm: 1"})
    recipes = [job.spec.recipe for job in store.listing(database) if isinstance(job.spec, TrainSpec)]
    assert {recipe.steps for recipe in recipes} == {7, 5}
    assert {recipe.clip_norm for recipe in recipes if recipe.steps == 5} == {1.0}


def test_a_training_is_launched_again_with_changes(desk: TestClient, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    asked = FORM | {"tasks": ["superres"], "objectives": [], "seed": "5", "second_stage": "steps: 9\nema: 0.9"}
    desk.post("/admin/trainings", data=asked)
    number = next(job.id for job in store.listing(database) if isinstance(job.spec, TrainSpec) and job.spec.start_from)
    page = desk.get(f"/admin/trainings/new?like={number}").text
    for words in ("0.1*gmsd + mae</textarea>", "steps: 9\nema: 0.9</textarea>", 'value="superres" checked'):
        assert words in page
    assert 'value="denoise" checked' not in page
    assert 'name="seed" type="number" value="5"' in page
    assert 'value="tiny" checked' in page
    assert 'href="/admin/trainings/new?like=' in desk.get(f"/admin/trainings/{number}").text
    found = desk.post("/admin/trainings/new", data=asked).text
    assert "To be done" not in found, "the form filled so asks for the same jobs"


def test_a_training_whose_photographs_are_gone_is_not_launched_again(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    number = matrix.trainings["denoise", "mae"]
    with database.write() as db:
        for row in db.query(Photograph):
            db.delete(row)
    reply = desk.get(f"/admin/trainings/new?like={number}")
    assert reply.status_code == 409
    assert f"job {number}" in reply.text
    assert "in no set any more" in reply.text
    assert desk.get(f"/admin/trainings/{number}").status_code == 200
    other = desk.get(f"/admin/trainings/new?like={matrix.renderings['denoise', 'mae']}")
    assert other.status_code == 422
    assert "is no training" in other.text


def test_a_training_is_launched_like_another_with_a_caution_where_its_set_has_grown(
    desk: TestClient, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    trainings, renderings = matrix.trainings["denoise", "mae"], matrix.renderings["denoise", "mae"]
    addresses = f"/admin/trainings/new?like={trainings}", f"/admin/renderings/new?like={renderings}"
    assert not any("cannot be compared" in desk.get(address).text for address in addresses)
    more = [PhotoFile(f"late {n}", trained.png_of(trained.noise(50 + n)), "noise") for n in range(3)]
    add_photographs(database, media, trained.SET, more, test=["late 0"])
    page, other = (desk.get(address).text for address in addresses)
    assert f"Job {trainings} learned from 2 of the 4 photographs that {trained.SET} keeps for training by now" in page
    assert f"Job {renderings} showed scenes of 1 of the 2 photographs" in other
    assert "for testing by now" in other


def test_a_set_of_photographs_leads_to_the_form_with_itself_chosen(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    address = f"/admin/trainings/new?photographs={trained.SET}"
    assert f'href="{address}"' in desk.get(f"/admin/photographs/{trained.SET}").text
    assert f'<option value="{trained.SET}" selected>' in desk.get(address).text


@pytest.mark.one_database
def test_weights_that_nobody_has_are_told_and_asked_about_once_more(
    desk: TestClient, database: Database, media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(settings.data_dir / "torch"))
    trained.photographs(database, media)
    asked = FORM | {"tasks": ["denoise"], "objectives": ["mae", "lpips"], "own": ""}
    refused = desk.post("/admin/trainings", data=asked)
    assert refused.status_code == 409
    assert "LPIPS_v0.1_vgg-a78928a0.pth" in refused.text
    assert 'name="anyway" value="yes">Launch anyway' in refused.text
    assert store.listing(database) == []
    assert desk.post("/admin/trainings", data=asked | {"anyway": "yes"}).url.path == "/admin/trainings"
    scores = [job.spec for job in store.listing(database) if isinstance(job.spec, ScoreSpec)]
    assert scores
    assert not any("lpips" in score.measures for score in scores)
