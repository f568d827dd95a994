"""Photographs on their way into a set."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from app.db import Database
from app.db.models import Photograph, Picture
from app.errors import BadInput
from app.jobs import packaged
from app.jobs.photo_files import PhotoFile, folder
from app.jobs.photograph_sets import UnknownSet, photographs, sets
from app.jobs.photographs import BadPhotographs, add_photographs
from app.media import Media


def picture(seed: int, size: tuple[int, int] = (80, 70), mode: str = "RGB") -> Image.Image:
    """Noise, so that no two are alike."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def file(name: str, seed: int | None = None, **options: object) -> PhotoFile:
    return PhotoFile(name, encoded(picture(seed if seed is not None else sum(name.encode())), **options), "made here")


def kept(media: Media, digest: str) -> Image.Image:
    image = Image.open(io.BytesIO(media.get(digest)))
    image.load()
    return image


def test_a_photograph_is_kept_losslessly_without_metadata(database: Database, media: Media) -> None:
    original = picture(1)
    exif = Image.Exif()
    exif[0x010F] = "A camera maker"
    data = encoded(original, exif=exif, icc_profile=b"profile", dpi=(72, 72))
    taken = add_photographs(database, media, "set", [PhotoFile("meadow", data, "here"), file("brook")], test=["brook"])
    (view,) = taken.train
    image = kept(media, view.digest)
    assert (image.format, image.mode, image.info) == ("PNG", "RGB", {})
    assert np.array_equal(np.asarray(image), np.asarray(original))
    assert (view.name, view.width, view.height, view.source) == ("meadow", 80, 70, "here")


def test_a_photograph_taken_sideways_is_kept_upright(database: Database, media: Media) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise by a right angle
    original = picture(1)
    add_photographs(database, media, "set", [PhotoFile("meadow", encoded(original, exif=exif), ""), file("brook")])
    views = {
        view.name: view
        for part in (photographs(database, "set").train, photographs(database, "set").test)
        for view in part
    }
    upright = kept(media, views["meadow"].digest)
    assert upright.size == (70, 80)
    assert np.array_equal(np.asarray(upright), np.rot90(np.asarray(original), -1))


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA"])
def test_other_kinds_of_eight_bit_pictures_become_rgb(database: Database, media: Media, mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    data = encoded(picture(1, mode=mode), form)
    taken = add_photographs(database, media, "set", [PhotoFile("meadow", data, "")])
    assert kept(media, taken.train[0].digest).mode == "RGB"


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_registered(database: Database, media: Media) -> None:
    clear = picture(1, mode="RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    deep = Image.fromarray(np.zeros((70, 80), dtype=np.uint16))
    files = [
        file("good", seed=1),
        PhotoFile("copy", encoded(picture(1)), ""),
        file("good", seed=2),
        PhotoFile("letter", b"Dear Sir or Madam", ""),
        PhotoFile("cut", encoded(picture(3))[:2000], ""),
        PhotoFile("stamp", encoded(picture(4, (80, 63))), ""),
        PhotoFile("wall", encoded(Image.new("L", (10_000, 5_001))), ""),
        PhotoFile("glass", encoded(clear), ""),
        PhotoFile("deep", encoded(deep), ""),
        PhotoFile("../etc", encoded(picture(5)), ""),
    ]
    with pytest.raises(BadPhotographs) as refused:
        add_photographs(database, media, "set", files, test=["good", "absent"])
    problems = refused.value.problems
    expected = [
        "'copy' is the same picture as 'good'",
        "'good' is the name of two photographs",
        "'letter' is not a picture",
        "'cut' cannot be read",
        "'stamp' has 80×63 px; each side needs at least 64 px",
        "'wall' has 10000×5001 px, more than 50 megapixels",
        "'glass' has transparent parts",
        "'deep' has not 8 bits per channel",
        "'../etc' is not a name for a photograph",
        "'absent' is to be for testing, but there is no such photograph",
    ]
    assert len(problems) == len(expected)
    for problem, beginning in zip(problems, expected, strict=True):
        assert problem.startswith(beginning), problem
        assert problem in refused.value.message
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Photograph)) == 0
        assert db.scalar(select(func.count()).select_from(Picture)) == 0


def test_a_picture_that_would_burst_the_memory_is_refused_unread(database: Database, media: Media) -> None:
    bomb = encoded(Image.new("1", (30_000, 7_000)))
    with pytest.raises(BadPhotographs, match=r"'bomb' has .*50 megapixels"):
        add_photographs(database, media, "set", [PhotoFile("bomb", bomb, "")])


def test_the_split_is_the_same_whatever_the_order_and_never_takes_all(database: Database, media: Media) -> None:
    files = [file(name) for name in ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")]
    one = add_photographs(database, media, "one", files, test_share=0.3)
    two = add_photographs(database, media, "two", files[::-1], test_share=0.3)
    assert [view.name for view in one.test] == [view.name for view in two.test]
    assert (len(one.train), len(one.test)) == (7, 3)
    assert not {view.digest for view in one.train} & {view.digest for view in one.test}
    others = [file(f"other {n}", seed=500 + n) for n in range(10)]
    greedy = add_photographs(database, media, "greedy", others, test_share=1.0)
    assert (len(greedy.train), len(greedy.test)) == (1, 9)
    assert sets(database) == [("greedy", 1, 9), ("one", 7, 3), ("two", 7, 3)]


def test_a_split_that_was_said_is_kept_and_later_photographs_move_nobody(database: Database, media: Media) -> None:
    files = [file(name) for name in ("a", "b", "c")]
    first = add_photographs(database, media, "set", files, test=["b"])
    assert [view.name for view in first.test] == ["b"]
    assert add_photographs(database, media, "set", files, test=["a"]) == first
    later = add_photographs(database, media, "set", [*files, file("d"), file("e")])
    assert {view.name for view in first.train} <= {view.name for view in later.train}
    assert {view.name for view in first.test} <= {view.name for view in later.test}
    assert len(later.train) + len(later.test) == 5


def test_a_set_keeps_what_it_has_under_the_name_it_has(database: Database, media: Media) -> None:
    add_photographs(database, media, "set", [file("a", seed=1), file("b", seed=2)])
    with pytest.raises(BadPhotographs, match="'a' is already the name of another picture"):
        add_photographs(database, media, "set", [file("a", seed=3)])
    with pytest.raises(BadPhotographs, match="'c' is already in this set as 'a'"):
        add_photographs(database, media, "set", [file("c", seed=1)])


def test_the_name_of_a_set_is_as_long_as_its_column(database: Database, media: Media) -> None:
    with pytest.raises(BadPhotographs, match="at most 80 letters"):
        add_photographs(database, media, "s" * 81, [file("a")])
    add_photographs(database, media, "s" * 80, [file("n" * 100)])
    with database.read() as db:
        assert db.execute(select(Photograph.set_name, Photograph.name)).one() == ("s" * 80, "n" * 100)


def test_an_unknown_set_is_named_with_those_that_exist(database: Database, media: Media) -> None:
    with pytest.raises(UnknownSet, match="none yet"):
        photographs(database, "holidays")
    add_photographs(database, media, "moors", [file("a")])
    with pytest.raises(UnknownSet, match="the sets are: moors"):
        photographs(database, "holidays")


def test_a_folder_gives_its_pictures_by_name_and_leaves_other_files_alone(
    database: Database, media: Media, tmp_path: Path
) -> None:
    for name in ("b.PNG", "a.jpg", ".hidden.png", "manifest.json", "README"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "notes.txt").touch()
    found = folder(tmp_path)
    assert ([photo.name for photo in found.files], found.left_alone) == (["a", "b"], 2)
    with pytest.raises(BadPhotographs, match=r"'a\.jpg' is not a picture that can be read"):
        add_photographs(database, media, "set", found.files)
    with pytest.raises(BadInput, match="holds no pictures"):
        folder(tmp_path / "more")
    with pytest.raises(BadInput, match="is not a folder"):
        folder(tmp_path / "a.jpg")


def test_the_packaged_photographs_are_taken_in_with_author_and_licence(database: Database, media: Media) -> None:
    taken = add_photographs(database, media, "packaged", packaged.packaged(), test=packaged.TEST)
    assert [view.name for view in taken.train] == ["astronaut", "chelsea", "grace_hopper", "rocket"]
    assert tuple(view.name for view in taken.test) == packaged.TEST
    assert min(min(view.width, view.height) for view in taken.train + taken.test) >= 256
    assert taken.train[0].source == "skimage: NASA; public domain"


def test_missing_packages_are_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.packaged.find_spec", lambda name: None)
    with pytest.raises(packaged.PackagesMissing, match=r"china \(sklearn\).*pip install '\.\[trainer\]'"):
        packaged.packaged()
