"""What R and pwcmp read: the counts of the ranking, the side, and a design whose coefficients are the scores."""

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from app.results.options import ReportOptions
from app.results.package import Source, parts
from app.results.report import StudyReport, report_on_file
from tests.results.conftest import START

HEADER = "task,scene,condition_a,condition_b,winner,subject,left"


@pytest.fixture
def found(tmp_path: Path) -> StudyReport:
    """Two tasks; conditions are named in both orders, and one answer in ten is a tie."""
    rng = np.random.default_rng(5)
    lines = []
    for task, names in (("denoise", ("vif", "gmsd", "mae")), ("superres", ("mae", "gmsd"))):
        for who in range(12):
            for scene in ("beach", "street", "harbour"):
                for i, a in enumerate(names):
                    for b in names[i + 1 :]:
                        first, second = (a, b) if rng.random() < 0.5 else (b, a)
                        won = rng.choice(["a", "b", "tie"], p=[0.5, 0.4, 0.1])
                        lines.append(f"{task},{scene},{first},{second},{won},{who},{rng.choice(['a', 'b'])}")
    path = tmp_path / "votes.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return report_on_file(path, ReportOptions(prior=0))


def _tables(found: StudyReport) -> dict[str, list[dict[str, str]]]:
    return {
        part.path: list(csv.DictReader(io.StringIO(b"".join(part.content()).decode())))
        for part in parts(Source(found, "t", START))
        if part.path.startswith(("R/", "pwcmp/")) and part.path.endswith(".csv")
    }


def test_wins_of_pairs_add_up_to_the_counts_of_the_ranking(found: StudyReport) -> None:
    rows = _tables(found)["R/bradley_terry.csv"]
    assert len({tuple(row.values())[:6] for row in rows}) == len(rows)
    assert all(row["condition_1"] < row["condition_2"] for row in rows)
    assert {(row["left_1"], row["left_2"]) for row in rows} == {("1", "0"), ("0", "1")}
    wins = Counter[tuple[str, ...]]()
    for row in rows:
        place = (row["task"], row["scene"])
        wins[*place, row["condition_1"], row["condition_2"]] += float(row["win_1"])  # type: ignore[assignment]
        wins[*place, row["condition_2"], row["condition_1"]] += float(row["win_2"])  # type: ignore[assignment]
    for task in found.tallies:
        names = task.conditions
        told = [[[wins[task.task, scene, a, b] for b in names] for a in names] for scene in task.scenes]
        np.testing.assert_allclose(told, task.wins)


def test_a_row_for_each_vote_leads_to_the_scores_and_knows_the_side(found: StudyReport) -> None:
    task = found.tallies[0]
    rows = [row for row in _tables(found)["R/lme4-denoise.csv"] if row["scene"] == "beach"]
    assert len(rows) == task.wins[0].sum()
    design = np.array([[float(row[f"x_{name}"]) for name in task.conditions] for row in rows])
    y, left = (np.array([float(row[name]) for row in rows]) for name in ("y", "left"))
    assert (design.sum(axis=1) == 0).all()
    assert (np.abs(design).sum(axis=1) == 2).all()
    assert set(left) == {1, -1}
    assert set(y) == {0, 0.5, 1}

    def loss(strength: np.ndarray) -> float:
        z = design @ strength
        return float(np.logaddexp(0, z).sum() - y @ z)

    fitted = minimize(loss, np.zeros(3), tol=1e-12).x
    expected = [row.score for name in task.conditions for row in found.tasks[0].scene_rows
                if (row.scene, row.condition) == ("beach", name)]  # fmt: skip
    np.testing.assert_allclose(fitted - fitted.mean(), expected, atol=1e-4)


def test_pwcmp_gets_a_row_for_each_vote_but_ties_and_count_matrices(found: StudyReport) -> None:
    tables = _tables(found)
    rows = tables["pwcmp/comparisons.csv"]
    assert len(rows) == sum(task.votes - task.ties for task in found.tallies)
    assert {(row["selection"], row["selected_1"]) for row in rows} == {("1", "1"), ("2", "0")}
    assert {row["group"] for row in rows} >= {"denoise/beach", "superres/street"}
    assert {row["observer"] for row in rows} == {str(who) for who in range(12)}
    for task in found.tallies:
        counts = tables[f"pwcmp/counts-{task.task}.csv"]
        told = [[float(row[name]) for name in task.conditions] for row in counts]
        np.testing.assert_allclose(np.reshape(told, task.wins.shape), task.wins)


def test_a_file_without_subjects_sides_or_whole_weights_says_no_more_than_it_knows(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("task,scene,condition_a,condition_b,winner,weight\nt,s,b,a,a,2.5\nt,s,a,b,a,1\n", encoding="utf-8")
    tables = _tables(report_on_file(path))
    assert "pwcmp/comparisons.csv" not in tables
    (row,) = tables["R/bradley_terry.csv"]
    assert [row[name] for name in ("left_1", "left_2", "win_1", "win_2")] == ["", "", "1", "2.5"]
    assert [(row["subject"], row["left"], row["y"], row["weight"]) for row in tables["R/lme4-t.csv"]] == [
        ("", "0", "0", "2.5"), ("", "0", "1", "1"),
    ]  # fmt: skip


def test_very_many_conditions_have_no_columns_of_their_own(found: StudyReport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.results.r_rows.MOST_CONDITIONS", 2)
    tables = _tables(found)
    assert [name for name in tables["R/lme4-denoise.csv"][0] if name.startswith("x_")] == []
    assert [name for name in tables["R/lme4-superres.csv"][0] if name.startswith("x_")] == ["x_gmsd", "x_mae"]
