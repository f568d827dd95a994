"""What stands beside the scores of a report: ties, sides, the position of the scale, and scenes that fall apart."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.analysis.davidson import Ties
from app.analysis.vote_columns import VoteColumns
from app.results.captions import caption
from app.results.export import table_csv
from app.results.judgements import TaskTally
from app.results.options import BadOptions, ReportOptions
from app.results.report import _report
from app.results.summary import summary
from app.results.task_report import TaskReport, task_report
from tests.results.counts import tally_of


def _votes(*, ties: float = 0.0, bias: float = 0.0, scenes: int = 6, seed: int = 3) -> TaskTally:
    """A tally of four conditions: 12 subjects judge every pair of every scene."""
    rng = np.random.default_rng(seed)
    subject, scene, pair = (np.ravel(one) for one in np.indices((12, scenes, 6)))
    first, second = np.triu_indices(4, 1)
    a, b = first[pair], second[pair]
    liking = np.array([0.9, 0.3, -0.2, -1.0]) + rng.normal(0, 0.3, (scenes, 4))
    on_left = rng.integers(0, 2, len(a))
    gap = liking[scene, a] - liking[scene, b] + np.where(on_left == 1, bias, -bias)
    share = (rng.random(len(a)) < 1 / (1 + np.exp(-gap))).astype(float)
    share[rng.random(len(a)) < ties] = 0.5
    columns = VoteColumns(
        scenes=tuple(f"s{i}" for i in range(scenes)), conditions=tuple("wxyz"), subjects=tuple(map(str, range(12))),
        scene=scene, a=a, b=b, share=share, weight=np.ones(len(a)), subject=subject, a_on_left=on_left,
    )  # fmt: skip
    plain = tally_of(columns.wins(), columns.scenes, columns.conditions, ties=float((share == 0.5).sum()))
    judged = np.ones((12, scenes), dtype=bool)
    return replace(plain, columns=columns, judged=judged)


def _scores(report: TaskReport) -> dict[str, float]:
    return {row.condition: row.score for row in report.rows}


def test_scores_sum_to_zero_and_say_so() -> None:
    report = task_report(_votes(), ReportOptions())
    assert report.position == "sum zero"
    assert sum(_scores(report).values()) == pytest.approx(0, abs=1e-8)
    assert sum(row.jod or 0 for row in report.rows) == pytest.approx(0, abs=1e-8)
    assert all(np.sign(row.jod or 0) == np.sign(row.score) for row in report.rows)


def test_an_anchor_shifts_scores_and_turns_intervals_into_those_of_differences() -> None:
    votes = _votes()
    plain, shifted = (task_report(votes, ReportOptions(anchor=name)) for name in (None, "y"))
    scores = _scores(plain)
    assert _scores(shifted) == pytest.approx({name: score - scores["y"] for name, score in scores.items()}, abs=1e-8)
    rows = {row.condition: row for row in shifted.rows}
    assert (rows["y"].score, rows["y"].low, rows["y"].jod) == (0, None, 0)
    # with scenes as the sample, the interval of a difference is the paired t interval
    by_scene = task_report(votes, ReportOptions(anchor="y", interval=plain.options.interval.SCENES))
    row = next(row for row in by_scene.rows if row.condition == "w")
    pair = next(one for one in plain.pair_rows if {one.condition_a, one.condition_b} == {"w", "y"})
    assert row.stderr is not None
    assert pair.t is not None
    assert row.score / row.stderr == pytest.approx(pair.t, rel=1e-6)
    gaps = [one.score for one in shifted.scene_rows if one.condition == "y"]
    assert gaps == [0] * 6
    assert "relative to y" in caption(shifted)
    assert any(note.startswith("Scores are differences to y") for note in shifted.notes)
    assert not any("All subjects judged alike" in note for note in shifted.notes)


def test_an_anchor_that_no_task_has_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadOptions, match="'mae': no task has a condition of that name: choose one of w, x, y, z"):
        _report((_votes(),), ReportOptions(anchor="mae"))


def test_a_task_without_the_anchor_says_that_its_scores_sum_to_zero() -> None:
    report = task_report(_votes(), ReportOptions(anchor="mae"))
    assert report.position == "sum zero"
    assert "mae has no score in this task: its scores sum to zero." in report.notes


def test_ties_are_half_wins_or_answers_of_their_own() -> None:
    votes = _votes(ties=0.3)
    half, own = (task_report(votes, ReportOptions(ties=ties)) for ties in Ties)
    assert half.nu is None
    assert any(note.endswith("answers were ties and count as half a win for both.") for note in half.notes)
    assert own.nu is not None
    assert own.nu > 0
    # half wins draw scores together, because a tie then speaks against every difference
    assert _scores(own)["w"] > _scores(half)["w"]
    assert [row.condition for row in own.rows] == [row.condition for row in half.rows]
    assert not any("answers were ties and count" in note for note in own.notes)
    assert any(note.startswith("Everything else takes a tie for half a win for both: replicates") for note in own.notes)
    assert any(note.startswith("Ties are answers of their own (Davidson's model, ν = ") for note in own.notes)
    assert "Davidson strengths" in caption(own)
    told = list(table_csv("rankings", _report((votes,), ReportOptions(ties=Ties.DAVIDSON))))
    assert ",sum zero,0." in told[1]


def test_where_nobody_tied_davidsons_model_is_bradley_and_terrys() -> None:
    half, own = (task_report(_votes(), ReportOptions(ties=ties)) for ties in Ties)
    assert _scores(own) == _scores(half)
    assert own.nu is None


def test_a_preference_for_a_side_is_told_with_what_it_does_to_the_scores() -> None:
    leaning, level = task_report(_votes(bias=0.8), ReportOptions()), task_report(_votes(), ReportOptions())
    assert leaning.side_bias is not None
    assert leaning.side_bias.estimate == pytest.approx(0.8, abs=0.3)
    (note,) = [one for one in leaning.notes if "side was preferred" in one]
    assert note.startswith("The left side was preferred by 0.")
    assert "clustered by subject" in note
    assert any(one.startswith("No preference for a side shows") for one in level.notes)


def test_without_a_prior_every_split_is_told_in_words_and_to_programs() -> None:
    whole = 1 - np.eye(3)
    split = np.array([[0, 2, 3], [1, 0, 4], [0, 0, 0]], dtype=float)
    votes = tally_of(np.stack([whole, split, whole, whole]), ["a", "b", "c", "d"], ["x", "y", "z"])
    found = _report((votes,), ReportOptions(prior=0))
    (task,) = found.tasks
    assert "Left out: scene b (x and y never lost to z)." in task.notes
    assert any("3 of 4 scenes do" in note for note in task.notes)
    told = json.loads(json.dumps(summary(found), allow_nan=False))["tasks"][0]
    assert told["left_out"] == [
        {
            "scene": "b", "reason": "x and y never lost to z", "components": [["x", "y"], ["z"]],
            "never_lost": [[0, 1]], "never_compared": [],
        }
    ]  # fmt: skip
    with_prior = task_report(votes, ReportOptions())
    assert with_prior.left_out == ()
    scores = {row.condition: row.score for row in with_prior.scene_rows if row.scene == "b"}
    assert scores["z"] is not None
    assert scores["z"] < min(scores["x"] or 0, scores["y"] or 0)
