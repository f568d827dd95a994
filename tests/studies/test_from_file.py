"""Form → study → file → study: the same protocol, the same pictures; or no draft, and the reason with its line."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.models import Stimulus
from app.jobs.launch import launch_matrix
from app.media import Media
from app.studies import as_file, from_file, inventory, service, study_file
from app.studies.protocol import Protocol
from app.studies.stimuli import add_renderings, ingest_folder
from app.studies.study_file import BadStudyFile
from app.studies.study_text import text_of
from app.studies.survey import StimuliRefused
from tests.studies import archives
from tests.studies.pictures import fill
from tests.web import trained

pytestmark = pytest.mark.one_database


def made(database: Database, media: Media, text: str, beside: Path | None = None) -> int:
    asked, source = study_file.parse(text.encode(), "study.yaml")
    return from_file.create(database, media, asked, source, beside)


def shown(database: Database, study: int) -> set[tuple[str, str, str, str]]:
    return {
        (one.task, one.condition, one.scene, one.digest)
        for task in inventory.read(database, study)
        for one in task.pictures.values()
    }


def again(database: Database, media: Media, study: int) -> int:
    return made(database, media, text_of(as_file.described(database, study)))


def test_a_study_of_an_ingested_folder_comes_back_from_its_file(
    database: Database, media: Media, draft: int, folder: Path
) -> None:
    ingest_folder(database, media, draft, folder)
    twin = again(database, media, draft)
    assert shown(database, twin) == shown(database, draft)
    assert service.get(database, twin).protocol.hash == service.get(database, draft).protocol.hash
    assert service.get(database, twin).title == "Restoration"


def test_a_study_of_renderings_comes_back_with_their_numbers_even_where_some_pictures_were_left_out(
    database: Database, media: Media
) -> None:
    trained.photographs(database, media, 5)  # two to judge on
    matrix = launch_matrix(
        database, tasks=["denoise"], objectives=["mae", "gmsd"], preset="tiny", photograph_set=trained.SET,
        scene_side=64,
    )  # fmt: skip
    jobs = [matrix.renderings["denoise", name] for name in ("mae", "gmsd")]
    for job in jobs:
        trained.rendered(database, media, job)
    study = service.create(database, "Rendered", Protocol())
    add_renderings(database, study, jobs)
    with database.write() as db:
        victim = db.scalars(select(Stimulus).where(Stimulus.study_id == study, Stimulus.condition == "gmsd")).first()
        db.delete(victim)
    file = as_file.described(database, study)
    assert file.stimuli.renderings == tuple(jobs)
    assert not file.stimuli.pictures
    assert list(file.stimuli.leave_out["denoise"]) == ["gmsd"]
    twin = again(database, media, study)
    assert shown(database, twin) == shown(database, study)
    with database.read() as db:
        origins = db.scalars(select(Stimulus.origin).where(Stimulus.study_id == twin))
        assert all(origin and origin["job"] in jobs for origin in origins)


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_or_a_zip_beside_the_file_brings_the_chosen_pictures_alone(
    database: Database, media: Media, tmp_path: Path, packed: bool
) -> None:
    fill(tmp_path / "pictures")
    if packed:
        (tmp_path / "pictures.zip").write_bytes(archives.packed(tmp_path / "pictures"))
    text = (
        f"title: t\nprotocol: {{catch_trials: 1, catch_failures_allowed: 0}}\nstimuli:\n"
        f"  folder: pictures{'.zip' if packed else ''}\n"
        "  tasks:\n    denoise: {conditions: [mae, gmsd], scenes: [boat, cat]}\n"
    )
    study = made(database, media, text, tmp_path)
    assert {(task, condition, scene) for task, condition, scene, _ in shown(database, study)} == {
        ("denoise", condition, scene)
        for condition in ("mae", "gmsd", "reference", "degraded")
        for scene in ("boat", "cat")
    }


def test_a_check_reads_everything_and_makes_nothing(database: Database, media: Media, folder: Path) -> None:
    asked, source = study_file.parse(f"title: t\nstimuli:\n  folder: {folder.name}\n".encode(), "study.yaml")
    found = from_file.check(database, media, asked, source, folder.parent)
    assert "18 comparisons are too few" not in " ".join(finding.text for finding in found)
    assert any("is kept with a probability of 18.8 %" in finding.text for finding in found)
    (folder / "denoise" / "degraded").rename(folder.parent / "away")
    (folder / "superres" / "degraded").rename(folder.parent / "away too")
    found = from_file.check(database, media, asked, source, folder.parent)
    assert any("no scene has a degraded input" in finding.text for finding in found)
    assert service.listing(database) == []


@pytest.mark.parametrize(
    ("stimuli", "told"),
    [
        ("folder: nowhere", r"line 3: stimuli: .*nowhere is neither a folder nor a zip file"),
        ("folder: stimuli\n  tasks: [denois]", r"no task 'denois' was brought in \(did you mean 'denoise'\?\)"),
        (
            "folder: stimuli\n  tasks:\n    denoise:\n      scenes: [bote]",
            r"line 6: stimuli: denoise: no scene 'bote' was brought in \(did you mean 'boat'\?\)",
        ),
        ("tasks: [denoise]", r"no task 'denoise' was brought in \(there is none at all\)"),
        (f"pictures: {{denoise: {{mae: {{boat: {'a' * 64}}}}}}}", "this installation has no picture aaaaaaaaaaaa…"),
    ],
)
def test_pictures_that_cannot_be_had_make_no_draft(
    database: Database, media: Media, folder: Path, stimuli: str, told: str
) -> None:
    with pytest.raises(BadStudyFile, match=told):
        made(database, media, f"title: t\nstimuli:\n  {stimuli}\n", folder.parent)
    assert service.listing(database) == []


def test_a_folder_with_a_fault_and_a_rendering_that_is_none_make_no_draft(
    database: Database, media: Media, folder: Path
) -> None:
    (folder / "denoise" / "mae" / "boat.png").unlink()
    with pytest.raises(StimuliRefused, match=r"denoise/mae/boat\.png is missing"):
        made(database, media, "title: t\nstimuli: {folder: stimuli}\n", folder.parent)
    with pytest.raises(StimuliRefused, match="job 7 is not a rendering"):
        made(database, media, "title: t\nstimuli: {renderings: [7]}\n")
    with pytest.raises(BadStudyFile, match="cannot be reached from here, since the file was sent"):
        made(database, media, "title: t\nstimuli: {folder: stimuli}\n")
    assert service.listing(database) == []
