"""The screening of subjects: from answers in a file or a study to flags, a proposal, and what it would change."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from app.analysis.chance import Verdict
from app.analysis.davidson import Ties
from app.db.models import ExclusionAction, TrialKind
from app.results.export import table_csv, votes_csv
from app.results.folder import write_folder
from app.results.options import ReportOptions
from app.results.package import Source
from app.results.report import WITHOUT_SUBJECTS, NobodyToFlag, StudyReport, report, report_on_file
from app.results.screening_effect import CHOICES
from app.results.subject_flags import Flag, proposal
from app.results.subject_report import SubjectReport, screening_of
from app.results.subject_rows import SubjectRow
from app.results.summary import summary
from app.results.vote_rows import vote_rows
from tests.results.conftest import START, BuiltStudy

HEADER = "task,scene,condition_a,condition_b,winner,subject,left,kind,session,elapsed_ms,excluded,weight\n"
_Line = tuple[object, ...]


def _lines(seed: int = 3) -> Iterator[_Line]:
    """Twelve subjects judge 15 pairs of six scenes each; p10 is inverted, p11 clicks at random, p09 has bad habits."""
    rng = np.random.default_rng(seed)
    people, scenes, names = [f"p{k:02}" for k in range(12)], [f"s{k}" for k in range(6)], [f"c{k}" for k in range(6)]
    taste = np.linspace(-1.5, 1.5, 6) + rng.normal(0, 0.3, (6, 6))
    for who, (scene, place), (a, b) in product(people, zip(scenes, taste, strict=True), combinations(range(6), 2)):
        chance = 0.5 if who == "p11" else expit((-1 if who == "p10" else 1) * (place[a] - place[b]))
        winner = "a" if rng.random() < chance else "b"
        left = winner if who == "p09" and rng.random() < 0.7 else "ab"[int(rng.integers(2))]
        elapsed = 300 if who == "p09" and rng.random() < 0.3 else int(rng.integers(900, 4000))
        yield "denoise", scene, names[a], names[b], winner, who, left, "test", f"of-{who}", elapsed, "no", 1
    for who, n in product(people, range(5)):
        failed = n < (3 if who == "p11" else who == "p00")
        yield "denoise", scenes[n], "good", "bad", "ab"[failed], who, "a", "catch", f"of-{who}", 1000, "no", 0


def _file(path: Path, lines: Iterator[_Line] | list[_Line]) -> Path:
    path.write_text(HEADER + "".join(f"{','.join(map(str, line))}\n" for line in lines), encoding="utf-8")
    return path


def _screening(found: StudyReport) -> SubjectReport:
    assert found.subjects is not None
    return found.subjects


def _by_name(found: SubjectReport) -> dict[str, SubjectRow]:
    return {row.subject: row for row in found.rows}


@pytest.fixture(scope="module")
def votes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _file(tmp_path_factory.mktemp("screening") / "votes.csv", _lines())


@pytest.fixture(scope="module")
def screening(votes: Path) -> SubjectReport:
    return _screening(report_on_file(votes))


def test_planted_subjects_are_flagged_and_proposed_and_the_others_are_not(screening: SubjectReport) -> None:
    rows = _by_name(screening)
    assert Flag.SLOPE in rows["p10"].flags
    assert rows["p10"].high is not None
    assert rows["p10"].high < 0
    assert {Flag.SLOPE, Flag.CATCH} <= set(rows["p11"].flags)
    assert set(rows["p09"].flags) == {Flag.SIDE, Flag.TIMES}
    assert screening.proposed == {"p09", "p10", "p11"}
    assert all(not row.flags for name, row in rows.items() if name < "p09")
    assert screening.sentence == (
        "Of 12 subjects whose votes count, 3 are flagged; subjects p09, p10 and p11 are proposed for exclusion."
    )
    assert [row.subject for row in screening.worst_first[:3]] == ["p11", "p10", "p09"]


def test_what_is_known_of_a_subject_is_counted(screening: SubjectReport) -> None:
    row = _by_name(screening)["p00"]
    assert (row.sessions, row.votes, row.catch_seen, row.catch_failed) == (1, 90, 5, 1)
    assert row.catch_p == pytest.approx(6 / 32)
    assert row.side is Verdict.UNKNOWN
    assert row.fast_share == 0
    assert row.median_ms is not None
    assert 900 < row.median_ms < 4000
    assert (row.repeats, row.blocks, row.zeta, row.rule) == (0, 6, pytest.approx(row.zeta), "")


def test_leaving_the_proposed_out_flags_the_same(votes: Path, screening: SubjectReport) -> None:
    whole, without = report_on_file(votes), report_on_file(votes, ReportOptions(without_flagged=True))
    assert whole.tasks[0].subjects == 12
    assert without.tasks[0].subjects == 9
    assert without.tallies[0].left_out["flagged"] == 270
    assert "270 of subjects proposed for exclusion" in " ".join(without.tasks[0].notes)
    assert without.subjects is not None
    assert without.subjects.proposed == screening.proposed  # the circle is not walked twice


def test_rankings_with_and_without_are_those_of_the_reports(votes: Path, screening: SubjectReport) -> None:
    (effect,) = screening.effects
    assert effect.subjects == (12, 12, 9)
    for place, chosen in ((1, ReportOptions()), (2, ReportOptions(without_flagged=True))):
        ranks = {row.condition: (row.rank, row.score) for row in report_on_file(votes, chosen).tasks[0].rows}
        told = {name: places[place] for name, places in effect.rows}
        assert {name: (one.rank, one.score) for name, one in told.items() if one} == ranks
    assert [(one, other) for one, other, _ in effect.tau] == list(combinations(CHOICES, 2))
    assert effect.tau[0][2] == 1  # nobody is excluded
    assert effect.tau[1][2] is not None


def test_rankings_with_and_without_follow_ties_and_anchor(tmp_path: Path) -> None:
    tied = [
        (*line[:4], "tie", *line[5:]) if n % 7 == 0 and line[7] == "test" else line for n, line in enumerate(_lines())
    ]
    path = _file(tmp_path / "votes.csv", tied)
    for place, flagged in ((1, False), (2, True)):
        chosen = ReportOptions(ties=Ties.DAVIDSON, anchor="c2", without_flagged=flagged)
        found = report_on_file(path, chosen)
        assert found.tasks[0].nu is not None
        (effect,) = _screening(found).effects
        told = {name: one.score for name, places in effect.rows if (one := places[place]) is not None}
        assert told == {row.condition: row.score for row in found.tasks[0].rows}
        assert told["c2"] == 0
        assert {row["without_flagged"] for row in csv.DictReader(table_csv("rankings", found))} == {
            "yes" if flagged else "no"
        }


def test_excluded_subjects_are_held_against_the_others_and_move_nothing(tmp_path: Path) -> None:
    """p11 is excluded: its slope is the same as while it counted, since nobody's own votes make their comparison."""
    lines = list(_lines())
    out = [(*line[:10], "yes", 0) if line[5] == "p11" else line for line in lines]
    whole = _screening(report_on_file(_file(tmp_path / "whole.csv", lines)))
    without = _screening(report_on_file(_file(tmp_path / "without.csv", out)))
    before, after = _by_name(whole)["p11"], _by_name(without)["p11"]
    assert after.excluded
    assert after.rule == "excluded"
    assert not after.proposed
    assert after.slope == pytest.approx(before.slope, abs=1e-9)
    assert (after.votes, after.catch_failed) == (before.votes, before.catch_failed)
    (effect,) = without.effects
    assert effect.subjects == (12, 11, 9)
    assert "1 subject is excluded already." in without.sentence


def test_repeats_are_held_against_the_first_answer_whichever_way_they_are_named(tmp_path: Path) -> None:
    lines = list(_lines())
    tests = [line for line in lines if line[7] == "test"]
    again = []
    for who in ("p00", "p01", "p02", "p03"):
        for n, line in enumerate([line for line in tests if line[5] == who][:40]):
            task, scene, a, b, winner, *rest = line
            other = {"a": "b", "b": "a"}[str(winner)]
            said = (winner, other)[n % 2] if who == "p03" else winner
            named = (a, b, said) if n < 20 else (b, a, {"a": "b", "b": "a"}[str(said)])
            again.append((task, scene, *named, *rest[:2], "repeat", *rest[3:6], 0))
    rows = _by_name(_screening(report_on_file(_file(tmp_path / "v.csv", lines + again))))
    assert [(rows[who].repeats, rows[who].agreed) for who in ("p00", "p03", "p04")] == [(40, 40), (40, 20), (0, 0)]
    assert Flag.REPEATS in rows["p03"].flags
    assert Flag.REPEATS not in rows["p00"].flags
    assert rows["p03"].repeats_p == pytest.approx(0.5627, abs=1e-4)


def test_complete_blocks_have_triads_and_u_and_others_say_why_not(votes: Path, screening: SubjectReport) -> None:
    (task,) = screening.agreements
    assert len(task.scenes) == 6
    assert all(one.agreement.subjects == 12 for one in task.scenes)
    assert task.mean_u is not None
    assert 0 < task.mean_u < 1
    assert task.halves is not None
    lines = votes.read_text().splitlines()
    thinned = votes.parent / "thinned.csv"
    thinned.write_text("\n".join([lines[0], *(line for n, line in enumerate(lines[1:]) if n % 10)]) + "\n")
    (task,) = _screening(report_on_file(thinned)).agreements
    assert task.scenes == ()
    assert any("Kendall’s zeta and u are left out" in note for note in task.notes)


def test_a_file_without_subjects_leaves_out_what_needs_them_and_says_so(
    votes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.results.package._figures", lambda _: ())  # they take their time
    with votes.open() as file:
        rows = list(csv.DictReader(file))
    plain = tmp_path / "plain.csv"
    names = ["task", "scene", "condition_a", "condition_b", "winner", "kind"]
    plain.write_text("\n".join([",".join(names), *(",".join(row[name] for name in names) for row in rows)]) + "\n")
    write_folder(Source(report_on_file(votes), "t", START), tmp_path / "out")
    assert (tmp_path / "out" / "subjects.csv").exists()
    found = report_on_file(plain)
    assert found.subjects is None
    assert WITHOUT_SUBJECTS in found.notes
    write_folder(Source(found, "t", START), tmp_path / "out")
    assert not (tmp_path / "out" / "subjects.csv").exists()  # of the run before
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["subjects"] is None
    with pytest.raises(NobodyToFlag, match="no column 'subject'"):
        report_on_file(plain, ReportOptions(without_flagged=True))


def test_the_summary_tells_rules_power_and_who_is_proposed(votes: Path) -> None:
    told = json.loads(json.dumps(summary(report_on_file(votes)), allow_nan=False))["subjects"]
    assert (told["subjects"], told["flagged"], told["proposed"]) == (12, 3, ["p09", "p10", "p11"])
    assert {rule["flag"]: rule["flagged"] for rule in told["rules"]}["slope"] == 2
    assert any("18.8 %" in rule["rule"] for rule in told["rules"])


@pytest.mark.parametrize(
    ("flags", "proposed"),
    [
        ((), False),
        ((Flag.SIDE,), False),
        ((Flag.LIKELIHOOD,), False),
        ((Flag.SLOPE,), True),
        ((Flag.CATCH,), True),
        ((Flag.SIDE, Flag.TIMES), True),
        ((Flag.LIKELIHOOD, Flag.REPEATS), True),
    ],
)
def test_one_flag_proposes_nobody_unless_it_is_slope_or_catch(flags: tuple[Flag, ...], proposed: bool) -> None:
    assert bool(proposal(flags)) is proposed


def _judged(study: BuiltStudy, seed: int = 5) -> dict[str, int]:
    """Eight subjects judge all pairs; the last answers against everybody, one is excluded."""
    rng = np.random.default_rng(seed)
    names, scenes = ["gmsd", "mae", "ms_ssim", "vif"], ["beach", "harbour", "street", "tower"]
    sessions = {}
    with study.together():
        for n in range(8):
            label = f"s{n}"
            sessions[label] = session = study.session(label)
            for scene, (a, b) in product(scenes, combinations(names, 2)):
                right = rng.random() < 0.9
                winner, loser = (b, a) if right != (n == 7) else (a, b)
                study.vote(
                    session, scene, winner, loser, winner_left=bool(rng.integers(2)), elapsed_ms=int(rng.integers(5000))
                )  # fmt: skip
                if a == "gmsd":
                    study.vote(session, scene, winner, loser, kind=TrialKind.REPEAT)
            for scene in scenes:
                study.vote(session, scene, "reference", "degraded", kind=TrialKind.CATCH, winner_left=n != 6)
        study.vote(sessions["s6"], "beach", "degraded", "reference", kind=TrialKind.CATCH)
    study.decide(sessions["s5"], ExclusionAction.EXCLUDE)
    return sessions


def _cells(found: SubjectReport) -> list[tuple[object, ...]]:
    return [
        (
            row.subject, row.sittings, row.votes, row.catch_seen, row.catch_failed, row.slope, row.high,
            row.likelihood, row.left_share, row.repeats, row.agreed, row.zeta, row.median_ms, row.fast_share,
            row.flags, bool(row.proposed), row.excluded,
        )
        for row in found.rows
    ]  # fmt: skip


def test_a_study_and_its_votes_csv_are_screened_alike(build: Callable[..., BuiltStudy], tmp_path: Path) -> None:
    study = build(scenes=("beach", "harbour", "street", "tower"), conditions=("gmsd", "mae", "ms_ssim", "vif"))
    sessions = _judged(study)
    pilot = study.session("pilot", pilot=True)
    study.vote(pilot, "beach", "gmsd", "mae")
    found = screening_of(study.database, study.id, ReportOptions())
    rows = _by_name(found)
    assert rows["s5"].excluded
    assert rows["s5"].rule == "manual"
    assert rows["s5"].sittings == (str(sessions["s5"]),)
    assert rows["s7"].proposed
    assert rows["s6"].catch_failed == 1
    assert (rows["s0"].repeats, rows["s0"].agreed, rows["s0"].blocks) == (12, 12, 4)
    assert "pilot" not in rows
    path = tmp_path / "votes.csv"
    path.write_text("".join(votes_csv(vote_rows(study.database, study.id))), encoding="utf-8")
    assert _cells(_screening(report_on_file(path))) == _cells(found)


def test_a_study_without_the_flagged_says_why_in_votes_csv(build: Callable[..., BuiltStudy]) -> None:
    study = build(scenes=("beach", "harbour", "street", "tower"), conditions=("gmsd", "mae", "ms_ssim", "vif"))
    _judged(study)
    chosen = ReportOptions(without_flagged=True)
    found = report(study.database, study.id, chosen)
    assert found.tasks[0].subjects == 6
    assert found.tallies[0].left_out == {"excluded": 24, "flagged": 24}
    rows = list(csv.DictReader(io.StringIO("".join(votes_csv(vote_rows(study.database, study.id, chosen))))))
    assert {row["subject"] for row in rows if row["left_out"] == "flagged"} == {"s7"}
    assert sum(int(row["weight"]) for row in rows) == found.votes


def test_excluded_sessions_that_are_counted_are_screened_as_all_others(build: Callable[..., BuiltStudy]) -> None:
    study = build(scenes=("beach", "harbour", "street", "tower"), conditions=("gmsd", "mae", "ms_ssim", "vif"))
    _judged(study)
    found = screening_of(study.database, study.id, ReportOptions(include_excluded=True))
    row = _by_name(found)["s5"]
    assert not row.excluded
    (effect,) = found.effects
    assert effect.subjects == (8, 7, 6)


def test_a_study_without_answers_has_nobody_to_screen(build: Callable[..., BuiltStudy]) -> None:
    study = build()
    found = screening_of(study.database, study.id, ReportOptions())
    assert found.rows == ()
    assert found.sentence == "Nobody has answered yet."
    assert found.effects == found.agreements == ()
    lines = {name: list(table_csv(name, report(study.database, study.id))) for name in ("subjects", "screening")}
    assert all(len(one) == 1 for one in lines.values())
