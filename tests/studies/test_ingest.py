"""Folders come into a draft whole, or not at all and with every reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.db.models import Picture, Stimulus
from app.media import Media
from app.studies import moves, survey
from app.studies.folder import NotAFolder
from app.studies.png import PictureFacts, inspect
from app.studies.states import StudyNotDraft, StudyNotFound
from app.studies.stimuli import IngestReport, ingest_folder
from app.studies.survey import StimuliRefused
from app.studies.turns import INGESTS, TooManyIngests
from tests.studies.pictures import fill, png


def _counts(database: Database) -> tuple[int, int]:
    with database.read() as db:
        rows = [db.scalars(select(func.count()).select_from(table)).one() for table in (Stimulus, Picture)]
        return rows[0], rows[1]


def test_a_folder_comes_in_as_it_is(database: Database, media: Media, draft: int, folder: Path) -> None:
    report = ingest_folder(database, media, draft, folder)
    assert report == IngestReport(("denoise", "superres"), 6, ("gmsd", "mae", "ms_ssim"), 30, 30)
    assert _counts(database) == (30, 27)  # two tasks share their references
    with database.read() as db:
        where = (Stimulus.task == "superres", Stimulus.condition == "mae", Stimulus.scene == "cat")
        digest = db.scalars(select(Stimulus.picture_digest).where(*where)).one()
    assert media.get(digest) == (folder / "superres/mae/cat.png").read_bytes()


def test_the_same_folder_again_changes_nothing(database: Database, media: Media, draft: int, folder: Path) -> None:
    ingest_folder(database, media, draft, folder)
    assert ingest_folder(database, media, draft, folder).added == 0
    assert _counts(database) == (30, 27)


def test_a_corrected_folder_replaces_its_tasks_only_when_told(
    database: Database, media: Media, draft: int, folder: Path, tmp_path: Path
) -> None:
    ingest_folder(database, media, draft, folder)
    other = fill(tmp_path / "other", tasks=["denoise"])
    (other / "denoise/mae/cat.png").write_bytes(png("a better cat"))
    with pytest.raises(StimuliRefused, match="denoise/mae/cat is in the study already, with another picture"):
        ingest_folder(database, media, draft, other)
    assert ingest_folder(database, media, draft, other, replace=True).added == 15
    assert _counts(database)[0] == 30


def test_degraded_inputs_may_be_left_out_or_be_few(database: Database, media: Media, draft: int, folder: Path) -> None:
    (folder / "denoise/degraded/cat.png").unlink()
    for scene in (folder / "superres/degraded").iterdir():
        scene.unlink()
    (folder / "superres/degraded").rmdir()
    assert ingest_folder(database, media, draft, folder).pictures == 26


def test_clutter_of_file_managers_is_overlooked(database: Database, media: Media, draft: int, folder: Path) -> None:
    for where in ("", "denoise", "denoise/mae"):
        (folder / where / ".DS_Store").write_bytes(b"\0")
    assert ingest_folder(database, media, draft, folder).pictures == 30


def _link_out(folder: Path) -> None:
    outside = folder.parent / "outside.png"
    outside.write_bytes(png("outside"))
    (folder / "denoise/mae/cat.png").unlink()
    (folder / "denoise/mae/cat.png").symlink_to(outside)


def _write(where: str, data: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / where).parent.mkdir(parents=True, exist_ok=True)
        (folder / where).write_bytes(data)

    return write


def _remove(where: str) -> Callable[[Path], None]:
    return lambda folder: (folder / where).unlink()


def _copy(source: str, target: str) -> Callable[[Path], None]:
    return lambda folder: _write(target, (folder / source).read_bytes())(folder)


def _lonely(folder: Path) -> None:
    for condition in ("reference", "mae"):
        _write(f"deblur/{condition}/cat.png", png(condition))(folder)


WRONG: dict[str, Callable[[Path], None]] = {
    "denoise/mae/cat.png is missing": _remove("denoise/mae/cat.png"),
    "denoise/mae/dog.png has no reference": _write("denoise/mae/dog.png", png("dog")),
    "denoise/degraded/dog.png has no reference": _write("denoise/degraded/dog.png", png("dog")),
    "denoise/gmsd/cat.png has 9 × 9 pixels, but denoise/reference/cat.png has 12 × 8": _write(
        "denoise/gmsd/cat.png", png("cat", (9, 9))
    ),
    "denoise/gmsd/cat.png is grey, but denoise/reference/cat.png is RGB": _write(
        "denoise/gmsd/cat.png", png("cat", grey=True)
    ),
    "denoise/mae/cat.png and denoise/gmsd/cat.png are the same picture": _copy(
        "denoise/gmsd/cat.png", "denoise/mae/cat.png"
    ),
    "denoise/degraded/cat.png is the same picture as denoise/reference/cat.png": _copy(
        "denoise/reference/cat.png", "denoise/degraded/cat.png"
    ),
    "denoise/mae/cat.png is not a PNG (text)": _write("denoise/mae/cat.png", b"<html>"),
    "denoise/mae/notes.txt is not named .png": _write("denoise/mae/notes.txt", b"!"),
    "README.md does not belong here; only folders may lie beside the tasks": _write("README.md", b"!"),
    "denoise/notes.png does not belong here; only folders may lie beside the conditions": _write(
        "denoise/notes.png", png("x")
    ),
    "denoise/mae/cat.png is a link that leaves the folder": _link_out,
    "denoise/mae/more is not a file": _write("denoise/mae/more/cat.png", png("cat")),
    r"denoise/mae/c\x0aat.png: the name of a scene may not": _write("denoise/mae/c\nat.png", png("x")),
    "denoise/.mae: the name of a condition may not": _write("denoise/.mae/cat.png", png("x")),
    "the name of a task may have 80 characters": _write(f"{'t' * 81}/mae/cat.png", png("x")),
    "deblur has no references; put the originals into deblur/reference/": _write("deblur/mae/cat.png", png("x")),
    "deblur has 1 condition; a comparison needs two": _lonely,
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_is_wrong_with_a_folder_is_said_and_nothing_comes_in(
    database: Database, media: Media, draft: int, folder: Path, reason: str
) -> None:
    WRONG[reason](folder)
    with pytest.raises(StimuliRefused) as refused:
        ingest_folder(database, media, draft, folder)
    assert reason in refused.value.message
    assert _counts(database) == (0, 0)


def test_everything_wrong_is_in_one_report(database: Database, media: Media, draft: int, folder: Path) -> None:
    for reason in (
        "denoise/mae/cat.png is missing",
        "README.md does not belong here; only folders may lie beside the tasks",
    ):
        WRONG[reason](folder)
    (folder / "superres/gmsd/boat.png").write_bytes(b"")
    with pytest.raises(StimuliRefused) as refused:
        ingest_folder(database, media, draft, folder)
    assert len(refused.value.problems) == 3
    assert refused.value.message.startswith(f"Nothing was imported: {folder} has 3 problems.\n- ")


def test_of_very_many_problems_a_hundred_are_told(database: Database, media: Media, draft: int, folder: Path) -> None:
    for number in range(2100):
        (folder / "denoise" / "mae" / f"{number}.txt").touch()
    with pytest.raises(StimuliRefused) as refused:
        ingest_folder(database, media, draft, folder)
    assert refused.value.extras()["problems"] == list(refused.value.problems)
    assert (refused.value.count, len(refused.value.problems)) == (2100, 101)
    assert refused.value.problems[-1] == "and 2,000 more"
    assert refused.value.message.count("\n") == 102
    assert "has 2,100 problems" in refused.value.message


def test_pictures_have_so_many_pixels_together_and_no_more_are_looked_at(
    database: Database, media: Media, draft: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[bytes]()
    monkeypatch.setattr(survey, "MOST_PIXELS_TOGETHER", 5 * 12 * 8 - 1)

    def looked_at(data: bytes) -> PictureFacts:
        asked.append(data)
        return inspect(data)

    monkeypatch.setattr(survey, "inspect", looked_at)
    with pytest.raises(StimuliRefused, match="megapixels together") as refused:
        ingest_folder(database, media, draft, folder)
    assert (refused.value.count, len(asked)) == (1, 5)


def test_the_pictures_of_two_are_looked_at_at_once_and_a_crowd_is_sent_away(
    database: Database, media: Media, draft: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(INGESTS, "patience", 0.01)
    with INGESTS.take(), INGESTS.take(), pytest.raises(TooManyIngests) as refused:
        ingest_folder(database, media, draft, folder)
    assert int(refused.value.headers["Retry-After"]) > 0
    assert ingest_folder(database, media, draft, folder).added > 0  # what was refused holds no place


def test_a_link_inside_the_folder_is_followed(database: Database, media: Media, draft: int, folder: Path) -> None:
    (folder / "superres/reference").rename(folder.parent / "gone")
    (folder / "superres/reference").symlink_to("../denoise/reference")
    assert ingest_folder(database, media, draft, folder).pictures == 30


@pytest.mark.parametrize("where", ["nowhere", "file"])
def test_something_else_than_a_folder_is_refused(
    database: Database, media: Media, draft: int, tmp_path: Path, where: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotAFolder, match="is not a folder"):
        ingest_folder(database, media, draft, tmp_path / where)


def test_an_empty_folder_is_refused(database: Database, media: Media, draft: int, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StimuliRefused, match=r"its layout is task/condition/scene\.png"):
        ingest_folder(database, media, draft, tmp_path / "empty")


def test_only_a_draft_takes_pictures(database: Database, media: Media, draft: int, folder: Path) -> None:
    ingest_folder(database, media, draft, folder)
    moves.open_study(database, media, draft)
    with pytest.raises(StudyNotDraft, match="only a draft can be changed"):
        ingest_folder(database, media, draft, folder)
    with pytest.raises(StudyNotFound):
        ingest_folder(database, media, 99, folder)
