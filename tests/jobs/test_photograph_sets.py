"""Sets of photographs after they were made: what is wrong with them, who used them, and how they go."""

import io

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from app.clock import now
from app.db import Database
from app.db.audit import Actor
from app.db.models import AuditEntry, JobState, Split, Through
from app.jobs import claims, photograph_sets, store, training
from app.jobs.contract import Recipe, TrainSpec
from app.jobs.launch import launch_matrix
from app.jobs.photo_files import PhotoFile
from app.jobs.photograph_changes import TextTooLong, describe, remove, restore
from app.jobs.photograph_lint import Weight, lint
from app.jobs.photograph_sets import Part, SetRemoved, UnknownSet, holder, parts, photographs, sets
from app.jobs.photograph_uses import uses
from app.jobs.photographs import add_photographs
from app.jobs.pixels import BadPhotograph, read
from app.jobs.training import UnknownPhotograph
from app.media import Media
from tests.db import locks
from tests.jobs.build import claimed

ADA = Actor(None, "ada", Through.DESK)


def picture(seed: int, side: int = 300) -> Image.Image:
    """Blotches, so that no two are alike and each survives being compressed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def files(*seeds: int, side: int = 300, form: str = "PNG") -> list[PhotoFile]:
    return [PhotoFile(f"photo {seed}", encoded(picture(seed, side), form), "made here") for seed in seeds]


def moors(database: Database, media: Media, **options: object) -> None:
    """Nine photographs to learn from and one to judge on, with nothing wrong."""
    said = {"test": ["photo 9"], "licence": "CC0", "source": "made here", "by": ADA}
    add_photographs(database, media, "moors", files(*range(10)), **said | options)


def launched(database: Database) -> int:
    matrix = launch_matrix(
        database, tasks=["denoise"], objectives=["mae"], preset="tiny", photograph_set="moors", scene_side=64
    )
    return matrix.pretrainings["denoise"]


def texts(database: Database, name: str = "moors") -> str:
    return "\n".join(finding.text for finding in lint(database, name))


def deeds(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        return [(row.account, row.deed) for row in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_set_in_order_has_no_findings_and_says_who_added_it(database: Database, media: Media) -> None:
    moors(database, media)
    assert lint(database, "moors") == []
    view = photograph_sets.get(database, "moors")
    assert (view.train, view.test, view.licence, view.source, view.added_by) == (9, 1, "CC0", "made here", "ada")
    assert deeds(database) == [("ada", "photographs added")]


def test_each_photograph_has_a_small_copy_for_lists(database: Database, media: Media) -> None:
    moors(database, media)
    (shown,) = photographs(database, "moors").test
    assert shown.thumbnail is not None
    assert Image.open(io.BytesIO(media.get(shown.thumbnail))).size == (160, 160)


def test_a_set_without_licence_or_source_says_so_until_both_are_written(database: Database, media: Media) -> None:
    moors(database, media, licence="", source="")
    assert "under which licence" in texts(database)
    assert "come from" in texts(database)
    describe(database, "moors", licence="CC BY 4.0", source="ada", by=ADA)
    assert lint(database, "moors") == []
    describe(database, "moors", source="ada", by=ADA)
    assert deeds(database) == [("ada", "photographs added"), ("ada", "photographs described")], "nothing changed"
    with pytest.raises(TextTooLong, match="201 characters"):
        describe(database, "moors", licence="x" * 201)


def test_a_licence_that_comes_with_an_upload_is_in_the_log(database: Database, media: Media) -> None:
    moors(database, media, licence="", source="")
    moors(database, media)
    view = photograph_sets.get(database, "moors")
    assert (view.licence, view.source) == ("CC0", "made here")
    moors(database, media, licence="CC BY 4.0")  # where there is one, it stays
    assert deeds(database) == [("ada", "photographs added"), ("ada", "photographs described")]


def test_photographs_smaller_than_a_crop_of_a_preset_are_named(database: Database, media: Media) -> None:
    add_photographs(database, media, "small", files(1, 2, 3, side=180), test=["photo 3"])
    told = texts(database, "small")
    assert "2 photographs (photo 1, photo 2) are too small for the 192 px crops of lab and paper" in told
    assert "'photo 3' is too small for scenes of 256 px" in told
    assert "176 px" not in told
    assert "only" not in told
    assert "learns from 2 photographs" in told


def test_a_set_with_nothing_to_judge_on_cannot_be_used(database: Database, media: Media) -> None:
    add_photographs(database, media, "one-sided", files(1, 2), test=[])
    first = lint(database, "one-sided")[0]
    assert (first.severity, first.text) == (Weight.ERROR, "There is no photograph to judge on.")
    assert "parts of one photograph never lie on both sides" in first.fix


def test_a_compressed_or_scaled_copy_on_the_other_side_is_found_in_any_set(database: Database, media: Media) -> None:
    moors(database, media)
    copy = PhotoFile("renamed", encoded(picture(3).resize((280, 280)), "JPEG"), "made here")
    add_photographs(database, media, "kodak", [copy, *files(20)], test=["renamed"])
    for name, told in (("kodak", "'renamed' and 'photo 3' (set 'moors')"), ("moors", "'renamed' (set 'kodak')")):
        assert "Nearly the same picture stands on both sides" in texts(database, name)
        assert told in texts(database, name)
    assert "JPEG" in texts(database, "kodak")
    assert "JPEG" not in texts(database)


def test_the_same_picture_in_another_set_is_told(database: Database, media: Media) -> None:
    moors(database, media)
    add_photographs(database, media, "again", [*files(1, 2), *files(30)], test=["photo 30"])
    assert "2 photographs (photo 1, photo 2) are in the set 'moors', too" in texts(database, "again")


def test_a_set_that_no_job_has_used_is_gone_without_a_trace(database: Database, media: Media) -> None:
    moors(database, media)
    assert remove(database, "moors", by=ADA) is False
    with pytest.raises(UnknownSet):
        photograph_sets.get(database, "moors")
    moors(database, media, test=["photo 1"])
    assert [view.name for view in photographs(database, "moors").test] == ["photo 1"], "sides can be chosen anew"
    assert ("ada", "photographs removed") in deeds(database)


def test_jobs_keep_what_they_use_and_nothing_new_is_launched_with_a_removed_set(
    database: Database, media: Media
) -> None:
    moors(database, media)
    first = launched(database)
    assert {(use.job, use.photographs) for use in uses(database, "moors")} >= {(first, 9)}
    assert remove(database, "moors", by=ADA) is True
    assert sets(database) == []
    with pytest.raises(SetRemoved, match="bring it back with `beholder photographs restore 'moors'`"):
        launched(database)
    with pytest.raises(SetRemoved):
        moors(database, media)
    spec = store.get(database, first).spec
    assert isinstance(spec, TrainSpec)
    other = spec.model_copy(update={"recipe": Recipe(**{**spec.recipe.model_dump(), "seed": 7})})
    with pytest.raises(UnknownPhotograph, match="back when it is"):
        training.launch_training(database, other)
    assert claimed(database).job == first, "what was queued runs"
    assert media.has(spec.photographs[0].digest)
    restore(database, "moors", by=ADA)
    assert launched(database) == first
    assert deeds(database)[-1][1] != "photographs removed"


def test_what_was_learned_from_is_never_judged_on_even_after_its_set_was_removed(
    database: Database, media: Media
) -> None:
    moors(database, media)
    launched(database)
    remove(database, "moors")
    with pytest.raises(Exception, match="they are the same picture"):
        add_photographs(database, media, "other", files(1, 40), test=["photo 1"])


def test_a_running_job_whose_set_is_removed_ends_as_ever(database: Database, media: Media) -> None:
    moors(database, media)
    first = launched(database)
    held = claimed(database)
    remove(database, "moors")
    claims.running(database, held, "1")
    claims.succeed(database, held, {"kind": "train"})
    assert store.get(database, first).state is JobState.SUCCEEDED
    removed = photograph_sets.get(database, "moors").removed_at
    assert removed is not None
    assert removed <= now()


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(ls) run\n",
        b"GIF89a" + bytes(40),
    ],
)
def test_what_is_no_photograph_is_refused_whatever_its_name_says(content: bytes) -> None:
    with pytest.raises(BadPhotograph, match="is not a picture that can be read"):
        read(content)


def test_pictures_that_look_alike_have_like_likenesses_and_others_do_not() -> None:
    one, again, other = (
        int(read(encoded(image, form)).likeness, 16)
        for image, form in ((picture(1), "PNG"), (picture(1).resize((200, 200)), "JPEG"), (picture(2), "PNG"))
    )
    assert (one ^ again).bit_count() < 12
    assert (one ^ other).bit_count() > 80


def test_the_set_that_holds_photographs_holds_these_alone_or_has_grown() -> None:
    large, exact, other = (
        Part("a", frozenset({"one", "two", "three"})), Part("b", frozenset({"one", "two"})), Part("c", frozenset("x")),
    )  # fmt: skip
    assert holder([large, exact, other], {"one", "two"}) == exact
    assert holder([other, large, exact], {"one"}) == large
    assert holder([large, exact, other], {"one", "x"}) is None


def test_all_sets_are_read_at_once_and_removed_ones_where_they_count(database: Database, media: Media) -> None:
    moors(database, media)
    add_photographs(database, media, "bogs", files(20, 21), test=["photo 21"])
    launched(database)
    remove(database, "moors")
    with locks.statements(database, reading=True) as said:
        assert [part.name for part in parts(database, Split.TRAIN)] == ["bogs"]
    assert len(said) == 1
    both = parts(database, Split.TRAIN, removed=True)
    assert [(part.name, len(part.digests), part.removed) for part in both] == [("bogs", 1, False), ("moors", 9, True)]
