"""Photographs in a zip or sent one by one, vetted before anything is unpacked."""

import io
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.db import Database
from app.errors import AppError
from app.jobs.photograph_sets import sets
from app.jobs.photographs import BadPhotographs
from app.media import Media
from app.studies.photo_archive import NoPhotographsSent, NotAPictureFile, in_archive, loose
from app.studies.photo_intake import BadShare, Intake, take_in
from app.studies.survey import StimuliRefused
from app.studies.zipped import NotAZip

pytestmark = pytest.mark.one_database


def png(seed: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (80, 80, 3), dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def brought(database: Database, media: Media, path: Path, **said: object) -> list[tuple[str, int, int]]:
    with in_archive(path, "moors.zip") as given:
        take_in(database, media, given, Intake("moors", **said))  # type: ignore[arg-type]
    return sets(database)


def test_a_zip_brings_its_photographs_from_any_folder_and_leaves_the_rest(
    database: Database, media: Media, tmp_path: Path
) -> None:
    members = {f"moors/{n % 2}/fell {n}.png": png(n) for n in range(6)} | {"moors/README.txt": b"by ada"}
    path = packed(tmp_path / "a.zip", members)
    assert brought(database, media, path, test=("fell 1", "fell 2")) == [("moors", 4, 2)]
    with in_archive(path, "moors.zip") as given:
        assert given.left_alone == 1


def test_groups_in_a_zip_keep_the_parts_of_one_photograph_together(
    database: Database, media: Media, tmp_path: Path
) -> None:
    members = {"a.png": png(1), "b.png": png(2), "c.png": png(3), "groups.csv": b"name,group\na,lake\nb,lake\n"}
    path = packed(tmp_path / "a.zip", members)
    with pytest.raises(BadPhotographs, match="both are parts of 'lake'"):
        brought(database, media, path, test=("a",))
    assert brought(database, media, path, test=("c",)) == [("moors", 2, 1)]


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"a.png": b'<svg xmlns="http://www.w3.org/2000/svg"/>'}, "'a' is not a picture that can be read"),
        ({"a.png": b"<html></html>", "b.png": png(1)}, "'a' is not a picture that can be read"),
        ({"../a.png": png(1)}, "leads out of the archive"),
        ({"a.png": bytes(4_000_000)}, "unpacks to more than 200 times its size"),
        ({"a.zip": b"PK", "b.png": png(1)}, "is an archive in the archive"),
        ({"1/a.png": png(1), "2/a.png": png(2)}, "is the name of two photographs"),
        ({"notes.txt": b"no pictures"}, "holds no photographs"),
    ],
)
def test_what_does_not_belong_into_a_set_is_refused_with_a_sentence(
    members: dict[str, bytes], refusal: str, database: Database, media: Media, tmp_path: Path
) -> None:
    with pytest.raises(AppError, match=refusal):
        brought(database, media, packed(tmp_path / "a.zip", members))
    assert sets(database) == []


def test_a_link_in_a_zip_is_refused(database: Database, media: Media, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(StimuliRefused, match="is a link"):
        brought(database, media, tmp_path / "a.zip")


def test_a_picture_that_unpacks_to_gigabytes_of_pixels_is_refused_before_it_does(
    database: Database, media: Media, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    with pytest.raises(BadPhotographs, match="megapixels"):
        brought(database, media, packed(tmp_path / "a.zip", {"a.png": buffer.getvalue(), "b.png": png(1)}))


def test_a_file_that_is_no_zip_is_none(database: Database, media: Media, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(png(1))
    with pytest.raises(NotAZip):
        brought(database, media, tmp_path / "a.zip")


def test_files_chosen_one_by_one_must_all_be_photographs() -> None:
    given = loose([("b.png", lambda: png(1)), ("groups.csv", lambda: b"name,group\nb,lake\n")])
    assert [(file.name, file.source, file.group) for file in given.files] == [("b", "b.png", "lake")]
    with pytest.raises(NotAPictureFile, match=r"'logo.svg' is no photograph"):
        loose([("b.png", lambda: png(1)), ("logo.svg", lambda: b"<svg/>")])
    with pytest.raises(NoPhotographsSent):
        loose([("groups.csv", lambda: b"")])


def test_a_share_is_between_one_and_ninety_nine_in_a_hundred(database: Database, media: Media) -> None:
    given = loose([("b.png", lambda: png(1))])
    for share in (0.0, 1.5, float("nan")):
        with pytest.raises(BadShare):
            take_in(database, media, given, Intake("moors", share=share))
