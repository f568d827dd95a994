"""From votes to a ranking with everything behind it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from app.analysis.significance import LARGEST_ALPHA, SMALLEST_ALPHA, Correction
from app.results.captions import caption
from app.results.judgements import TaskTally
from app.results.options import BadOptions, ReportOptions
from app.results.report import NothingToRank, report, report_on_file
from app.results.task_report import TaskReport, task_report
from tests.results.conftest import BuiltStudy
from tests.results.counts import tally_of


def _tally(
    scenes: int = 12, *, liking: Sequence[float] = (1.0, 0.9, -1.0), seed: int = 1, votes: int = 20
) -> TaskTally:
    """Simulated counts of conditions named after their liking's place: c0, c1, …"""
    rng = np.random.default_rng(seed)
    n = len(liking)
    wins = np.zeros((scenes, n, n))
    for scene in range(scenes):
        taste = np.array(liking) + rng.normal(0, 0.2, n)
        for i, j in combinations(range(n), 2):
            won = rng.binomial(votes, 1 / (1 + np.exp(taste[j] - taste[i])))
            wins[scene, i, j], wins[scene, j, i] = won, votes - won
    names = [f"scene {s:02}" for s in range(scenes)]
    return tally_of(wins, names, [f"c{i}" for i in range(n)], judged=np.ones((20, scenes), dtype=bool))


def _of(tally: TaskTally, **options: object) -> TaskReport:
    return task_report(tally, ReportOptions(**options))  # type: ignore[arg-type]


def test_conditions_come_best_first_with_intervals_and_letters() -> None:
    found = _of(_tally())
    assert [row.rank for row in found.rows] == [1, 2, 3]
    scores = [row.score for row in found.rows]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(0, abs=1e-8)
    assert found.tests == "Paired t-tests over 12 scenes for these subjects at α = 0.05, uncorrected."
    assert _of(_tally(), correction=Correction.HOLM, alpha=0.01).tests.endswith("at α = 0.01, Holm-corrected.")
    assert found.rows[-1].condition == "c2"
    assert all(row.low is not None and row.high is not None and row.low < row.score < row.high for row in found.rows)
    assert found.rows[-1].letters == "b"
    assert sum(row.wins for row in found.rows) == found.votes
    assert found.title == "Denoising"
    assert found.sentence == "c0 and c1 cannot be told apart; both beat c2."


def test_every_pair_is_tested_once_with_the_better_first() -> None:
    found = _of(_tally())
    assert [(row.condition_a, row.condition_b) for row in found.pair_rows] == [
        (a.condition, b.condition) for a, b in combinations(found.rows, 2)
    ]
    for row in found.pair_rows:
        assert row.difference >= 0
        assert row.p is not None
        assert row.p_bh is not None
        assert row.p_holm is not None
        assert row.p <= row.p_bh <= row.p_holm
        assert row.distinguishable is (row.p < 0.05)


def test_a_correction_can_only_join_groups() -> None:
    tally = _tally(liking=(0.5, 0.35, 0.2, 0.0, -0.3, -0.75), seed=3)
    apart = {
        correction: {
            (r.condition_a, r.condition_b) for r in _of(tally, correction=correction).pair_rows if r.distinguishable
        }
        for correction in Correction
    }
    assert apart[Correction.HOLM] < apart[Correction.NONE]
    assert apart[Correction.HOLM] <= apart[Correction.BH] <= apart[Correction.NONE]


@pytest.mark.parametrize("alpha", [SMALLEST_ALPHA, LARGEST_ALPHA])
def test_every_alpha_that_is_allowed_can_be_followed(alpha: float) -> None:
    for row in _of(_tally(), alpha=alpha).rows:
        assert row.low is not None
        assert row.high is not None
        assert row.low < row.score < row.high


def test_a_smaller_alpha_widens_intervals() -> None:
    usual, strict = _of(_tally()), _of(_tally(), alpha=0.001)
    for one, other in zip(usual.rows, strict.rows, strict=True):
        assert one.low is not None
        assert other.low is not None
        assert other.low < one.low


@pytest.mark.parametrize("scenes", [1, 2])
def test_under_three_scenes_tests_and_intervals_over_scenes_are_left_out_and_said_to_be(scenes: int) -> None:
    found = _of(_tally(scenes))
    assert len(found.rows) == 3
    assert all(row.low is None and row.letters == "" for row in found.rows)
    assert found.pair_rows == ()
    assert not found.tested
    assert "no test over scenes is possible" in found.sentence
    assert "Tests over scenes need 3 scenes and are left out." in found.notes
    assert any(
        note.startswith("No interval: intervals for any scenes need 3 scenes, and there") for note in found.notes
    )


def test_an_adaptive_study_is_ranked_and_nothing_more() -> None:
    plain = _tally()
    tested, ranked = _of(plain), _of(replace(plain, adaptive=True))
    assert tested.tested
    assert [row.condition for row in ranked.rows] == [row.condition for row in tested.rows]
    assert [row.score for row in ranked.rows] == [row.score for row in tested.rows]
    assert {(row.low, row.high, row.letters) for row in ranked.rows} == {(None, None, "")}
    assert (ranked.pair_rows, ranked.boxes, ranked.generalises_to, ranked.tests) == ((), (), None, "")
    assert "adaptive sampling gives this order and no test" in ranked.sentence
    assert any("left out" in note and "biased" in note for note in ranked.notes)
    assert "without intervals and tests" in caption(ranked)


def test_a_scene_without_votes_is_named_and_stands_in_the_table_without_a_score() -> None:
    tally = _tally(4)
    tally.wins[2] = 0
    found = _of(tally)
    assert found.scenes == 3
    assert "Left out: scene scene 02 (it has no votes)." in found.notes
    rows = [row for row in found.scene_rows if row.scene == "scene 02"]
    assert [(row.score, row.left_out) for row in rows] == [(None, "it has no votes")] * 3


def _few(scenes: int, votes: int = 1, conditions: str = "ab") -> TaskTally:
    """Each condition beats all after it, every time, in every scene."""
    wins = np.stack([votes * np.triu(np.ones((len(conditions),) * 2), 1)] * scenes)
    return tally_of(wins, [f"s{s}" for s in range(scenes)], conditions)


@pytest.mark.parametrize("votes", [1, 100])
def test_what_is_the_same_in_all_scenes_has_no_test_and_no_interval_and_is_no_win(votes: int) -> None:
    found = _of(_few(3, votes))
    assert found.sentence == (
        "a scores highest, before b; every difference is the same in all three scenes, so that no test over scenes is "
        "possible."
    )
    assert [row.letters for row in found.rows] == ["a", "a"]
    assert [(row.low, row.high) for row in found.rows] == [(None, None)] * 2
    (pair,) = found.pair_rows
    assert (pair.t, pair.p, pair.p_holm, pair.p_bh, pair.distinguishable) == (None, None, None, None, False)
    assert pair.difference > 0
    assert found.generalises_to is None
    assert "The difference is the same in all 3 scenes: not testable (a – b)." in found.notes
    assert "The score is the same in all 3 scenes: no interval (a and b)." in found.notes


def test_many_pairs_that_cannot_be_tested_are_counted() -> None:
    notes = _of(_few(3, conditions="abcd")).notes
    assert "The difference is the same in all 3 scenes: not testable (a – b, a – c, a – d and 3 more)." in notes


@pytest.mark.parametrize(
    ("scenes", "votes", "said"),
    [
        (4, 3, "4 scenes"),
        (5, 2, "2 votes per pair and scene"),
        (3, 1, "3 scenes and 1 vote per pair and scene"),
        (5, 3, None),
    ],
)
def test_few_scenes_or_votes_make_tests_rough_and_this_is_noted(scenes: int, votes: int, said: str | None) -> None:
    notes = [note for note in _of(_tally(scenes, liking=(0, 0, 0), votes=votes)).notes if "rough" in note]
    assert notes == ([f"With only {said} {ROUGH}"] if said else [])


ROUGH = (
    "tests are rough: uncorrected ones can tell equal conditions apart more often than α says. Corrected t-tests "
    "therefore take no standard error to be smaller than the votes alone make it."
)


def test_less_than_a_vote_for_each_pair_and_scene_is_noted_as_ruled_by_the_prior() -> None:
    tally = _few(5, conditions="abc")
    tally.wins[:, 0, 2] = 0
    assert any(note.startswith("There are only 0.67 votes per pair and scene: the prior") for note in _of(tally).notes)
    assert not any("the prior" in note for note in _of(_few(5)).notes)


def test_rounding_does_not_reach_the_rows() -> None:
    wins = np.zeros((6, 4, 4))
    rng = np.random.default_rng(3)
    for scene in wins:  # c and d mirror each other from scene to scene: their mean difference is rounding
        scene[:2] = rng.integers(1, 5, (2, 4))
        scene[:, :2] = rng.integers(1, 5, (4, 2))
    wins[:, range(4), range(4)] = 0
    wins[3:] = wins[:3][:, [0, 1, 3, 2]][:, :, [0, 1, 3, 2]]
    tally = tally_of(wins, "123456", "abcd", task="t")
    found = _of(tally)
    numbers = [value for row in found.rows for value in (row.score, row.low, row.high) if value is not None]
    numbers += [row.score for row in found.scene_rows if row.score is not None]
    assert numbers == [round(value, 9) for value in numbers]
    (mirrored,) = [row for row in found.pair_rows if {row.condition_a, row.condition_b} == {"c", "d"}]
    assert (str(mirrored.difference), str(mirrored.t), mirrored.p) == ("0.0", "0.0", 1)


def test_a_long_list_of_scenes_left_out_is_shortened() -> None:
    tally = _tally(14)
    tally.wins[:5] = 0
    for scene in range(5, 8):
        tally.wins[scene, 0] = tally.wins[scene, :, 0] = 0
    notes = _of(tally).notes
    assert "Left out: scenes scene 00, scene 01, scene 02 and 2 more (it has no votes)." in notes
    assert "Left out: scenes scene 05, scene 06 and scene 07 (it has no votes on c0)." in notes


def test_more_reasons_than_a_reader_wants_are_counted() -> None:
    liking = [0.5, 0.4, 0.3, 0.2, 0.1, 0]
    tally = _tally(14, liking=liking)
    for scene in range(6):
        tally.wins[scene, scene] = tally.wins[scene, :, scene] = 0
    notes = [note for note in _of(tally).notes if note.startswith("Left out")]
    assert len(notes) == 4
    assert notes[3] == "Left out for other reasons: 3 scenes; scores_by_scene.csv names all."


def test_a_stray_row_is_noted_with_what_to_do() -> None:
    tally = _few(4, conditions="abcD")
    tally.wins[1:, 3] = tally.wins[1:, :, 3] = 0
    assert (
        "D has 3 votes, in 1 of 4 scenes: remove it or give it votes in the other scenes." in _of(tally).notes
    )  # with each of a, b and c


def test_names_that_differ_only_in_capitals_are_noted(tmp_path: Path) -> None:
    notes = _of(_few(3, conditions="abA")).notes
    assert "Names of conditions that differ only in capitals are counted apart: a and A." in notes
    path = tmp_path / "v.csv"
    rows = [f"{task},{scene},x,y,a" for task in ("Blur", "blur", "noise") for scene in ("s", "S", "t")]
    path.write_text("\n".join(["task,scene,condition_a,condition_b,winner", *rows]))
    for task in report_on_file(path).tasks:
        assert "Names of scenes that differ only in capitals are counted apart: S and s." in task.notes
        assert "Names of tasks that differ only in capitals are counted apart: Blur and blur." in task.notes
        assert not any("conditions" in note for note in task.notes if "capitals" in note)


def test_votes_that_do_not_count_are_not_called_missing() -> None:
    found = _of(replace(_tally(votes=0), left_out={"excluded": 3}))
    assert found.sentence == "No vote counts."
    assert found.notes == ("Votes not counted: 3 of excluded sessions.",)


def test_nothing_is_ranked_before_the_first_vote() -> None:
    tally = _tally(votes=0)
    found = _of(tally)
    assert found.sentence == "No votes yet."
    assert found.rows == found.scene_rows == found.pair_rows == ()


def test_votes_that_cannot_be_ranked_say_why() -> None:
    tally = _tally(2)
    tally.wins[0, 2] = tally.wins[0, :, 2] = 0
    tally.wins[1, 1] = tally.wins[1, :, 1] = 0
    found = _of(tally)
    assert found.rows == ()
    assert found.sentence.startswith("Nothing can be ranked yet. No scene has the votes that scores need")
    assert "scene 01: it has no votes on c1" in found.sentence
    assert [(row.scene, row.condition, row.score is None, row.left_out) for row in found.scene_rows] == [
        (f"scene 0{scene}", f"c{i}", i == 2 - scene, f"it has no votes on c{2 - scene}")
        for scene in range(2)
        for i in range(3)
    ]
    assert (found.votes, found.subjects, found.scenes, found.scenes_left_out) == (0, 0, 0, 2)


def test_brackets_that_say_less_than_the_letters_are_noted() -> None:
    by_note = {
        "The brackets join only neighbours in the ranking and say less than the letters, which are exact."
        in found.notes
        for found in (_of(_tally(liking=np.linspace(0.6, -0.6, 9), seed=seed, votes=5)) for seed in range(12))
    }
    assert by_note == {True, False}


def test_votes_left_out_ties_and_late_ones_are_noted() -> None:
    tally = _tally()
    tally = replace(tally, ties=3, late=2, left_out={"excluded": 500, "repeat": 4})
    assert _of(tally).notes[-3:] == (
        "Votes not counted: 500 of excluded sessions and 4 on a pair the subject had judged before.",
        "3 answers were ties and count as half a win for both.",
        "2 votes arrived after the study was paused or closed; they count.",
    )


def test_maximum_likelihood_leaves_separated_scenes_out() -> None:
    tally = _tally(5)
    tally.wins[0, :, 0] = 0
    assert _of(tally).scenes == 5
    found = _of(tally, prior=0)
    assert found.scenes == 4
    assert any(note.startswith("Left out: scene scene 00 (c0 never lost to c1 and c2") for note in found.notes)


def test_a_study_is_reported_task_by_task(build: Callable[..., BuiltStudy]) -> None:
    study = build(tasks=("denoise", "superres"))
    for label in "123":
        session = study.session(label)
        for scene in ("beach", "harbour", "street"):
            for winner, loser in (("mae", "gmsd"), ("mae", "ms_ssim"), ("ms_ssim", "gmsd")):
                study.vote(session, scene, winner, loser)
    found = report(study.database, study.id)
    denoise, superres = found.tasks
    assert [row.condition for row in denoise.rows] == ["mae", "ms_ssim", "gmsd"]
    assert (denoise.votes, denoise.subjects, found.votes) == (27, 3, 27)
    assert superres.sentence == "No votes yet."


def _votes_of_one_task(folder: Path, *votes: str) -> Path:
    path = folder / "v.csv"
    path.write_text("\n".join(["task,scene,condition_a,condition_b,winner", *(f"t,{vote}" for vote in votes)]))
    return path


def test_a_file_without_anything_to_rank_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NothingToRank, match="a never lost to b"):
        report_on_file(_votes_of_one_task(tmp_path, "s,a,b,a"), ReportOptions(prior=0))


def test_sets_that_nothing_joins_have_finite_scores_and_no_comparison(tmp_path: Path) -> None:
    scenes = [f"s{number},{votes}" for number in range(4) for votes in ("a,b,a", "a,b,b", "a,b,a", "c,d,a", "c,d,b")]
    (task,) = report_on_file(_votes_of_one_task(tmp_path, *scenes)).tasks
    assert task.sentence == "No vote joins a and b / c and d: scores compare only within each of these two sets."
    scores = {row.condition: row.score for row in task.rows}
    assert scores["a"] > 0 > scores["b"] == pytest.approx(-scores["a"])
    assert scores["c"] == scores["d"] == 0
    assert all(row.low is None and row.letters == "" for row in task.rows)
    assert task.pair_rows == ()
    assert any("only the prior places them" in note for note in task.notes)
    assert "only the prior places them side by side" in caption(task)


def test_without_a_prior_a_scene_that_falls_apart_tells_the_scores_within_its_components(tmp_path: Path) -> None:
    """a never lost to the others, which both won and lost."""
    (task,) = report_on_file(
        _votes_of_one_task(tmp_path, "s,a,b,a", "s,a,c,a", "s,b,c,a", "s,b,c,a", "s,b,c,b"), ReportOptions(prior=0)
    ).tasks
    assert task.rows == ()
    found = {row.condition: (row.component, row.score) for row in task.scene_rows}
    assert found == {"a": (1, None), "b": (2, pytest.approx(np.log(2) / 2)), "c": (2, pytest.approx(-np.log(2) / 2))}


@pytest.mark.parametrize(
    "options", [{"alpha": 0}, {"alpha": 1e-18}, {"alpha": 0.6}, {"alpha": float("nan")}, {"prior": -1}]
)
def test_options_that_no_analysis_can_follow_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(BadOptions):
        ReportOptions(**options)  # type: ignore[arg-type]
