"""No photograph, whole or in tiles, is learned from in one place and judged on in another."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.db import Database
from app.db.models import Photograph, Split
from app.jobs.groups import BadGroups
from app.jobs.photo_files import PhotoFile, folder
from app.jobs.photograph_sets import PhotographSet, photographs, registered
from app.jobs.photographs import BadPhotographs, add_photographs
from app.jobs.split import Known, group_of, sides, torn
from app.media import Media

pytestmark = pytest.mark.one_database


def photo(name: str, seed: int, form: str = "PNG", group: str | None = None, **options: object) -> PhotoFile:
    pixels = np.random.default_rng(seed).integers(0, 256, (70, 80, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return PhotoFile(name, buffer.getvalue(), "", group)


def known(set_name: str, name: str, digest: str, split: Split | None = None, group: str | None = None) -> Known:
    return Known(set_name, name, digest, None, group, split)


def names(taken: PhotographSet) -> tuple[list[str], list[str]]:
    return [view.name for view in taken.train], [view.name for view in taken.test]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("lake_0_384", "lake"),
        ("lake_s012", "lake"),
        ("old_mill_96_0", "old_mill"),
        ("lake", "lake"),
        ("lake_2", "lake_2"),
        ("0801", "0801"),
        ("IMG_20201130_105753", "IMG_20201130_105753"),
        ("_0_0", "_0_0"),
    ],
)
def test_tiles_are_known_by_their_names_and_dates_are_no_tiles(name: str, group: str) -> None:
    assert group_of(name) == group


def test_tiles_of_one_photograph_stay_together_whatever_is_drawn(database: Database, media: Media) -> None:
    files = [photo(f"p{n}_{y}_0", 10 * n + y) for n in range(6) for y in range(3)]
    taken = add_photographs(database, media, "tiles", files)
    train, test = ({group_of(name) for name in side} for side in names(taken))
    assert train
    assert test
    assert not train & test
    assert len(taken.test) == 6, "two groups of three, the share of 18"
    later = add_photographs(database, media, "tiles", [photo("p0_9_9", 900), photo(f"{min(test)}_9_9", 901)])
    assert "p0_9_9" in names(later)["p0" in test]
    assert f"{min(test)}_9_9" in names(later)[1]


def test_tiles_that_were_said_to_part_are_refused_and_both_are_named(database: Database, media: Media) -> None:
    files = [photo("lake_0_0", 1), photo("lake_0_384", 2), photo("hill", 3)]
    with pytest.raises(
        BadPhotographs, match="'lake_0_384' is for testing and 'lake_0_0' is for training, but both are"
    ):
        add_photographs(database, media, "set", files, test=["lake_0_384"])
    assert registered(database) == []
    apart = [photo("lake_0_0", 1, group="lake north"), photo("lake_0_384", 2, group="lake south"), photo("hill", 3)]
    assert names(add_photographs(database, media, "set", apart, test=["lake_0_384"]))[1] == ["lake_0_384"]


def test_a_group_that_was_said_holds_photographs_together_that_their_names_do_not(
    database: Database, media: Media
) -> None:
    files = [photo("dawn", 1, group="harbour"), photo("noon", 2, group="harbour"), photo("hill", 3)]
    with pytest.raises(BadPhotographs, match="'dawn' is for testing and 'noon' is for training, but both are parts of"):
        add_photographs(database, media, "set", files, test=["dawn"])
    assert names(add_photographs(database, media, "set", files, test=["dawn", "noon"]))[0] == ["hill"]
    with pytest.raises(BadPhotographs, match=r"'dusk' is for training and '(dawn|noon)' is for testing"):
        add_photographs(database, media, "set", [photo("dusk", 4, group="harbour")], test=[])


def test_a_picture_that_one_set_learns_from_is_not_judged_on_in_another_whatever_file_it_is_in(
    database: Database, media: Media
) -> None:
    add_photographs(database, media, "one", [photo("lake", 1), photo("hill", 2)], test=["hill"])
    copies = [photo("see", 1, "TIFF", compression="tiff_lzw"), photo("berg", 2, "BMP"), photo("wald", 3)]
    with pytest.raises(BadPhotographs) as refused:
        add_photographs(database, media, "two", copies, test=["see"])
    assert refused.value.problems == (
        "'see' is for testing and 'lake' in the set 'one' is for training, but they are the same picture: put both on "
        "one side, leave one out, or say in groups.csv what belongs together",
        "'berg' is for training and 'hill' in the set 'one' is for testing, but they are the same picture: put both on "
        "one side, leave one out, or say in groups.csv what belongs together",
    )
    left_to_us = add_photographs(database, media, "two", copies)
    assert "see" in names(left_to_us)[0]
    assert "berg" in names(left_to_us)[1]


def test_tiles_of_a_photograph_follow_it_across_sets_and_equal_names_of_others_do_not(
    database: Database, media: Media
) -> None:
    add_photographs(database, media, "whole", [photo("lake", 1), photo("hill", 2)], test=["lake"])
    with pytest.raises(BadPhotographs, match="'lake_0_0' is for training and 'lake' in the set 'whole' is for testing"):
        add_photographs(database, media, "tiles", [photo("lake_0_0", 3), photo("moor", 4)], test=["moor"])
    other = add_photographs(database, media, "elsewhere", [photo("lake", 5), photo("hill", 6)], test=["hill"])
    assert names(other) == (["lake"], ["hill"])


def test_a_photograph_of_an_older_version_is_compared_by_what_the_store_calls_it(
    database: Database, media: Media
) -> None:
    add_photographs(database, media, "one", [photo("lake", 1), photo("hill", 2)], test=["hill"])
    with database.write() as db:
        for row in db.query(Photograph):
            row.pixels = None
    with pytest.raises(BadPhotographs, match="'see' is for testing and 'lake' in the set 'one'"):
        add_photographs(database, media, "two", [photo("see", 1), photo("wald", 3)], test=["see"])


def test_what_an_older_version_let_through_is_told() -> None:
    both = [known("one", "lake", "a", Split.TRAIN), known("two", "see", "a", Split.TEST)]
    assert torn(both) == [
        "'see' is for testing and 'lake' in the set 'one' is for training, but they are the same picture"
    ]
    assert torn([both[0], known("two", "lake", "b", Split.TEST)]) == []
    parts = [known("one", "lake_0_0", "a", Split.TEST), known("one", "lake_0_64", "b", Split.TRAIN)]
    assert torn(parts) == ["'lake_0_0' is for testing and 'lake_0_64' is for training, but both are parts of 'lake'"]


def test_a_single_group_is_never_split() -> None:
    new = [known("s", f"lake_{y}_0", str(y)) for y in range(5)]
    chosen, problems = sides(new, [], test=None, share=0.3)
    assert (set(chosen.values()), problems) == ({Split.TRAIN}, [])


def test_groups_are_read_from_the_file_beside_the_photographs(database: Database, media: Media, tmp_path: Path) -> None:
    for name, seed in (("dawn", 1), ("noon", 2), ("hill", 3)):
        content = photo(name, seed).content
        assert isinstance(content, bytes)
        (tmp_path / f"{name}.png").write_bytes(content)
    groups = tmp_path / "groups.csv"
    groups.write_text("name,group\ndawn,harbour\n\nnoon,harbour\nnoon,harbour\n\n")
    found = folder(tmp_path)
    assert ([file.group for file in found.files], found.left_alone) == (["harbour", None, "harbour"], 0)
    taken = add_photographs(database, media, "set", found.files, test_share=0.5)
    assert {"dawn", "noon"} in [set(side) for side in names(taken)]
    assert photographs(database, "set") == taken
    for text, says in (
        ("dawn,harbour\n", "is not a table of groups"),
        ("name,group\ndusk,harbour\n", "names the photograph 'dusk', which is not in the folder"),
        ("name,group\ndawn,harbour\ndawn,pier\n", "puts 'dawn' into 'harbour' and into 'pier'"),
        ("name,group\ndawn,\n", "the group of 'dawn' has no name"),
    ):
        groups.write_text(text)
        with pytest.raises(BadGroups, match=says):
            folder(tmp_path)
