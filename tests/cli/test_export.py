"""``beholder export`` on a real installation."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from app.db.models import ExclusionAction, Study, StudyState
from app.results import peeks
from app.settings import Settings
from tests.results.conftest import BuiltStudy, build  # noqa: F401
from tests.results.test_export import _judged

pytestmark = pytest.mark.usefixtures("blank_figures")


@pytest.fixture
def study(
    build: Callable[..., BuiltStudy],  # noqa: F811
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> BuiltStudy:
    """A demonstration with votes, in the installation that the environment names."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    return _judged(build)


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["beholder", "export", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_study_goes_into_a_folder_under_the_options_that_are_asked_for(
    study: BuiltStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert _run(monkeypatch, study.id, "--out", out, "--alpha", "0.2", "--correction", "holm", "--excluded") == 0
    files = [path for path in out.rglob("*") if path.is_file()]
    assert capsys.readouterr().out == f"{len(files)} files are in {out}.\n"
    with (out / "rankings.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["alpha"], row["correction"], row["excluded_counted"]) == ("0.2", "holm", "yes")
    assert "| `alpha` | 0.2 |" in (out / "README.md").read_text(encoding="utf-8")


def test_every_choice_of_the_pages_can_be_typed(
    study: BuiltStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    chosen = (
        "--test wilcoxon --ties davidson --anchor mae --scene street --scene beach --incomplete align --without-flagged"
    )
    assert _run(monkeypatch, study.id, "--out", out, *chosen.split()) == 0
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))["options"]
    assert (told["test"], told["ties"], told["anchor"]) == ("wilcoxon", "davidson", "mae")
    assert (told["scenes"], told["incomplete"], told["without_flagged"]) == (["beach", "street"], "align", True)
    with (out / "rankings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["position"] for row in rows} == {"relative to mae"}
    assert {row["scenes"] for row in rows} == {"2"}


def test_a_study_goes_into_one_zip(study: BuiltStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = study.session("late", simulated=True)
    study.decide(session, ExclusionAction.EXCLUDE)
    assert _run(monkeypatch, study.id, "--out", tmp_path / "all.zip", "--parquet") == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = set(archive.namelist())
        assert {"all/votes.csv", "all/parquet/votes.parquet", "all/methods.md", "all/figures/rankings.pdf"} <= names
        assert f"\n{session}," in archive.read("all/README.md").decode()
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == ["all.zip"]


@pytest.mark.parametrize(
    "arguments",
    [["99"], ["1", "--alpha", "2"], ["1", "--anchor", "nobody"], ["1", "--scene", "nowhere"], ["1", "--ties", "no"]],
)
def test_what_cannot_be_exported_is_refused_and_leaves_nothing(
    study: BuiltStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    arguments = [str(study.id) if one == "1" else one for one in arguments]
    assert _run(monkeypatch, *arguments, "--out", tmp_path / "all.zip") == 2
    assert not (tmp_path / "all.zip").exists()


def test_what_is_taken_of_a_study_that_runs_is_a_look_and_a_choice_that_is_refused_is_none(
    study: BuiltStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with study.database.write() as db:
        db.get_one(Study, study.id).state = StudyState.OPEN
    assert _run(monkeypatch, study.id, "--out", tmp_path / "none", "--alpha", "7") != 0
    assert peeks.peeks(study.database, study.id) == ()
    for name in ("out", "again"):
        assert _run(monkeypatch, study.id, "--out", tmp_path / name) == 0
    (look,) = peeks.peeks(study.database, study.id)
    assert (look.by, look.what) == ("", "export")
    assert look.votes > 0
    with study.database.write() as db:
        db.get_one(Study, study.id).state = StudyState.CLOSED
    assert _run(monkeypatch, study.id, "--out", tmp_path / "after") == 0
    assert len(peeks.peeks(study.database, study.id)) == 1
