"""Values of measures come into a study whole or not at all, and are true for every study that shows the pictures."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.catalog import MEASURES
from app.db import Database
from app.db.audit import Actor
from app.db.deeds import deeds
from app.db.models import ForeignMeasure, MeasureSource, MeasureValue, Role, Stimulus, Through
from app.results.measure_import import Imported, MeasuresDiffer, MeasuresOfOthers, import_measures
from app.results.measures_csv import BadMeasures
from app.studies import measured, members
from app.studies.measured import OtherDirection, Source
from app.studies.states import StudyNotFound
from app.web import login
from tests.results.conftest import BuiltStudy
from tests.results.measure_files import HEADER, measures_csv, with_contents

Build = Callable[..., BuiltStudy]
_LINES = ["denoise,beach,mae,mae,0.02", "denoise,beach,gmsd,mae,0.03"]


@pytest.fixture
def study(build: Build, database: Database) -> BuiltStudy:
    made = build()
    with_contents(database, made.id)
    return made


def _import(
    study: BuiltStudy, path: Path, lines: list[str], header: str = HEADER, *, replace: bool = False
) -> Imported:
    return import_measures(study.database, study.id, measures_csv(path, lines, header), replace=replace)


def _held(study: BuiltStudy) -> dict[tuple[str, str, str], float]:
    return {
        (one.scene, one.condition, one.measure): one.value for one in measured.held(study.database, study.id)
    }  # fmt: skip


def _rows(database: Database) -> tuple[int, ...]:
    with database.read() as db:
        tables = (MeasureValue, MeasureSource, ForeignMeasure)
        return tuple(db.scalars(select(func.count()).select_from(table)).one() for table in tables)


def test_values_are_there_and_the_same_again_changes_nothing(study: BuiltStudy, tmp_path: Path) -> None:
    done = _import(study, tmp_path / "m.csv", _LINES)
    assert str(done) == "2 values of m.csv are new"
    assert _held(study) == {("beach", "mae", "mae"): 0.02, ("beach", "gmsd", "mae"): 0.03}
    before = _rows(study.database)
    again = _import(study, tmp_path / "again.csv", [*_LINES, "denoise,beach,mae,mae,0.0200000000001"])
    assert (again.added, again.unchanged, again.replaced_count) == (0, 2, 0)
    assert _rows(study.database) == before
    assert {one.source for one in measured.held(study.database, study.id)} == {"m.csv"}


def test_every_study_that_shows_the_pictures_has_the_values(
    study: BuiltStudy, build: Build, database: Database, tmp_path: Path
) -> None:
    other, without = build(conditions=("mae", "lpips")), build()
    with_contents(database, other.id)
    _import(study, tmp_path / "m.csv", _LINES)
    assert _held(other) == {("beach", "mae", "mae"): 0.02}
    assert _held(without) == {}
    assert str(_import(other, tmp_path / "m.csv", _LINES[:1])) == "0 values of m.csv are new, 1 was here already"


def test_another_value_is_refused_with_its_line_and_replaced_only_where_that_is_asked_for(
    study: BuiltStudy, tmp_path: Path
) -> None:
    _import(study, tmp_path / "m.csv", _LINES)
    new = ["denoise,harbour,mae,mae,0.5", "denoise,beach,mae,mae,0.04"]
    with pytest.raises(MeasuresDiffer) as refused:
        _import(study, tmp_path / "n.csv", new)
    assert "line 3: mae of denoise/mae/beach: 0.04 here and 0.02 in m.csv" in refused.value.message
    assert _held(study) == {("beach", "mae", "mae"): 0.02, ("beach", "gmsd", "mae"): 0.03}
    done = _import(study, tmp_path / "n.csv", new, replace=True)
    assert str(done) == "1 value of n.csv is new, 1 replaced another"
    assert done.replaced == ("line 3: mae of denoise/mae/beach: 0.02 of m.csv is now 0.04",)
    assert _held(study)["beach", "mae", "mae"] == 0.04


def test_the_log_of_every_study_whose_values_another_replaces_says_so(
    study: BuiltStudy, build: Build, database: Database, tmp_path: Path
) -> None:
    other, without = build(conditions=("mae", "lpips")), build()
    with_contents(database, other.id)
    _import(study, tmp_path / "m.csv", _LINES)
    _import(study, tmp_path / "n.csv", ["denoise,beach,mae,mae,0.04", "denoise,beach,gmsd,mae,0.05"], replace=True)
    (told,) = [one for one in deeds(database, 50, study_id=other.id) if one.deed.startswith("measures")]
    assert (told.deed, told.details) == ("measures replaced", {"file": "n.csv", "replaced": 1})
    own = [one.deed for one in deeds(database, 50, study_id=study.id) if one.deed.startswith("measures")]
    assert own == ["measures brought in", "measures brought in"]
    assert [one for one in deeds(database, 50, study_id=without.id) if one.deed.startswith("measures")] == []


@pytest.mark.parametrize(
    ("role", "operates", "may"),
    [
        (None, False, False), (Role.VIEWER, False, False), (Role.ANALYST, False, False),
        (Role.EXPERIMENTER, False, True), (Role.OWNER, False, True), (None, True, True),
    ],
)  # fmt: skip
def test_values_that_another_study_shows_are_replaced_by_those_alone_who_run_it_too(
    study: BuiltStudy, build: Build, database: Database, tmp_path: Path, role: Role | None, operates: bool, may: bool
) -> None:
    other = build(conditions=("mae", "lpips"))
    with_contents(database, other.id)
    rosa = login.create_account(database, "rosa", None, operates=operates)
    members.give(database, study.id, "rosa", Role.OWNER)
    if role is not None:
        members.give(database, other.id, "rosa", role)
    import_measures(database, other.id, measures_csv(tmp_path / "m.csv", _LINES[:1]))
    by, new = Actor(rosa, "rosa", Through.API), measures_csv(tmp_path / "n.csv", ["denoise,beach,mae,mae,0.9"])
    if may:
        assert import_measures(database, study.id, new, replace=True, by=by).replaced_count == 1
    else:
        with pytest.raises(MeasuresOfOthers, match="another study that you do not run") as refused:
            import_measures(database, study.id, new, replace=True, by=by)
        assert (refused.value.status, refused.value.extras()) == (403, {"studies": 1})
        assert [one for one in deeds(database, 50, account="rosa") if one.deed.startswith("measures")] == []
    assert _held(other) == _held(study) == {("beach", "mae", "mae"): 0.9 if may else 0.02}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("denoize,beach,mae,mae,0.1", "line 3: the study has no task 'denoize' (did you mean 'denoise'?)"),
        ("denoise,beech,mae,mae,0.1", "line 3: denoise has no scene 'beech' (did you mean 'beach'?)"),
        ("denoise,beach,mse,mae,0.1", "line 3: denoise has no picture of 'beach' for condition 'mse'"),
        ("denoise,beach,reference,mae,0", "line 3: a value of the reference against itself"),
        ("denoise,beach,mae,mae,x", "line 3: value is 'x'"),
    ],
)
def test_one_wrong_line_keeps_all_of_a_file_out(study: BuiltStudy, tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(BadMeasures, match="Correct these lines") as refused:
        _import(study, tmp_path / "m.csv", [_LINES[0], line])
    assert told in refused.value.message
    assert _rows(study.database) == (0, 0, 0)


def test_a_study_that_is_not_there_is_said_to_be(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StudyNotFound):
        import_measures(database, 7, measures_csv(tmp_path / "m.csv", _LINES))


def test_a_measure_that_the_catalogue_lacks_keeps_its_direction(study: BuiltStudy, tmp_path: Path) -> None:
    header, line = f"{HEADER},better", "denoise,beach,mae,mine,7,higher"
    _import(study, tmp_path / "m.csv", [line], header)
    assert [one.higher_is_better for one in measured.held(study.database, study.id)] == [True]
    _import(study, tmp_path / "n.csv", ["denoise,harbour,mae,mine,8,"], header)  # once is enough
    with pytest.raises(BadMeasures, match="better is lower for 'mine', and it is known here otherwise"):
        _import(study, tmp_path / "o.csv", ["denoise,street,mae,mine,8,lower"], header)
    with pytest.raises(OtherDirection, match="known here as a measure of which a higher value is better"):
        measured.keep(study.database, {}, Source("late.csv"), higher_is_better={"mine": False})


def test_names_of_one_picture_have_one_value(study: BuiltStudy, tmp_path: Path) -> None:
    """Two conditions may bring the very same picture of a scene."""
    with study.database.write() as db:
        two = db.scalars(select(Stimulus).where(Stimulus.scene == "beach", Stimulus.condition.in_(["gmsd", "mae"])))
        first, second = two.all()
        second.picture_digest = first.picture_digest
    with pytest.raises(BadMeasures, match=r"line 3: 0.03, where line 2 has 0.02 for the very same picture"):
        _import(study, tmp_path / "m.csv", _LINES)
    _import(study, tmp_path / "m.csv", [_LINES[0], "denoise,beach,gmsd,mae,0.02"])
    assert _held(study) == {("beach", "mae", "mae"): 0.02, ("beach", "gmsd", "mae"): 0.02}


def test_two_who_bring_the_same_values_at_once_leave_one_of_each(study: BuiltStudy, tmp_path: Path) -> None:
    lines = [f"denoise,{scene},{name},{measure},0.5" for scene in ("beach", "harbour") for name in ("mae", "gmsd")
             for measure in MEASURES]  # fmt: skip
    done, ready = list[Imported](), threading.Barrier(4)

    def bring(number: int) -> None:
        file = measures_csv(tmp_path / f"{number}.csv", lines[number:] + lines[:number])
        ready.wait(timeout=30)
        done.append(import_measures(study.database, study.id, file))

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(one.added for one in done) == [0, 0, 0, len(lines)]
    assert _rows(study.database) == (len(lines), 1, 0)


def test_two_who_replace_the_same_values_at_once_wait_for_each_other(study: BuiltStudy, tmp_path: Path) -> None:
    places = [(scene, name, measure) for scene in ("beach", "harbour") for name in ("mae", "gmsd")
              for measure in MEASURES]  # fmt: skip
    _import(study, tmp_path / "m.csv", [f"denoise,{','.join(place)},0.5" for place in places])
    done, ready = list[Imported](), threading.Barrier(2)

    def bring(number: int) -> None:
        lines = [f"denoise,{','.join(place)},0.{6 + number}" for place in places[:: 1 - 2 * number]]
        file = measures_csv(tmp_path / f"{number}.csv", lines)
        ready.wait(timeout=30)
        done.append(import_measures(study.database, study.id, file, replace=True))

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [one.replaced_count for one in done] == [len(places), len(places)]
    assert len(set(_held(study).values())) == 1
