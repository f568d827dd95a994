"""The methods sheet and the table of sessions: what was stored about subjects, and never a single person."""

import csv
import hashlib
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest
from app.clock import now
from app.db import Database
from app.db.models import (
    Check,
    Exclusion,
    ExclusionAction,
    ExternalId,
    Outcome,
    Screening,
    Service,
    Session,
    Showing,
    Study,
    StudyState,
    Trial,
    Vote,
)
from app.results import people
from app.results.columns import TABLES
from app.results.export import sessions_csv, votes_csv
from app.results.methods import file_methods, study_methods
from app.results.methods_forms import html_page, markdown
from app.results.options import ReportOptions
from app.results.report import report, report_on_file
from app.results.session_rows import session_table
from app.results.subject_flags import Flag
from app.results.vote_rows import vote_rows
from app.sessions import questionnaire
from app.studies.analysis_plan import Plan
from app.studies.fields import Asked
from app.studies.protocol import Protocol
from tests.sessions import planted

PROTOCOL = Protocol(
    trials_per_session=6, catch_trials=2, practice_trials=1, dummy_trials=0, display_gate="off",
    questionnaire=("age | Age? | number 16-120", "sex | Sex? | female / male / other", "job | Your *job*? | text"),
)  # fmt: skip
PEOPLE = (
    (23, "female", "=1+1"), (31, "female", "baker"), (40, "female", "cook"), (29, "male", "x"), (35, "male", "y"),
    (52, "male", "z"), (61, "other", "w"),
)  # fmt: skip


def sit(database: Database, study: int, said: tuple[int, str, str], **options: bool) -> str:
    """A whole session on a usual screen."""
    token = planted.join(database, study, **options)
    age, sex, job = said
    questionnaire.answer(database, token, {"age": str(age), "sex": sex, "job": job})
    planted.play(database, token)
    return token


@pytest.fixture
def study(database: Database) -> int:
    number = planted.study(database, PROTOCOL)
    tokens = [sit(database, number, said) for said in PEOPLE]
    sit(database, number, (17, "other", "pilot"), pilot=True)
    for token in tokens[:6]:
        session = planted.session_id(database, token)
        with database.write() as db:
            for trial in db.scalars(select(Trial.id).join(Vote).where(Trial.session_id == session)).all():
                db.add(
                    Showing(
                        trial_id=trial, pixel_ratio=1.25, pane_width=620, pane_height=700, exact=True, gamut="srgb",
                        dynamic_range="standard",
                    )
                )  # fmt: skip
            db.add(Screening(session_id=session, kind=Check.ACUITY, passed=True, result={"logmar": 0.1}, at=now()))
    return number


def sheet(database: Database, study: int) -> str:
    return "\n".join(markdown(study_methods(database, study, report(database, study))))


def test_the_sheet_tells_groups_of_subjects_with_their_screens_and_the_protocol(database: Database, study: int) -> None:
    text = sheet(database, study)
    assert "7 sessions begun, 7 to the end, 0 screened out, 0 withdrawn; 7 valid" in text
    assert "Asked “Age?”: median 35 (7 answers)." in text
    assert "Asked “Sex?”: male 3 and female or other 4." in text
    assert r"Asked “Your \*job\*?”: 7 answers in words, not shown." in text
    assert "in all trials of 6 of 6 subjects (in 100.0% of trials on average)" in text
    assert "Device pixels per CSS pixel: median 1.25, from 1.25 to 1.25." in text
    assert "Visual acuity: passed by 6 of 6." in text
    assert PROTOCOL.hash in text
    assert "baker" not in text
    assert "pilot" not in text.split("## Data processing")[0]


def test_the_sheet_of_a_study_with_one_subject_tells_nothing_about_them(database: Database) -> None:
    number = planted.study(database, PROTOCOL)
    sit(database, number, PEOPLE[0])
    text = sheet(database, number).split("## Protocol")[0]
    assert "“Age?”: fewer than 3 answers, not shown." in text
    assert "23" not in text.split("## Subjects")[1].split("## Consent")[0]


def test_a_session_stands_in_the_table_with_what_its_subject_said(database: Database, study: int) -> None:
    lines = list(csv.DictReader(io.StringIO("".join(sessions_csv(session_table(database, study))), newline="")))
    assert list(lines[0]) == [*(column.name for column in TABLES["sessions"]), "q_age", "q_sex", "q_job"]
    first = lines[0]
    assert [first[name] for name in ("outcome", "excluded", "pilot", "answered", "planned", "catch_failed")] == [
        "completed", "no", "no", "8", "8", "0",
    ]  # fmt: skip
    assert [first[name] for name in ("pixel_ratio", "pane_width", "exact", "acuity", "acuity_logmar")] == [
        "1.25", "620", "1", "passed", "0.1",
    ]  # fmt: skip
    assert [first[name] for name in ("q_age", "q_sex", "q_job")] == ["23", "female", "'=1+1"]
    assert lines[6]["pixel_ratio"] == ""
    assert lines[7]["pilot"] == "yes"


def test_an_excluded_session_is_counted_under_its_rule(database: Database, study: int) -> None:
    with database.write() as db:
        db.add(
            Exclusion(
                session_id=1, action=ExclusionAction.EXCLUDE, rule="manual", reason="x", decided_by="ada",
                decided_at=now(),
            )
        )  # fmt: skip
        db.execute(update(Session).where(Session.id == 2).values(outcome=Outcome.FAILED_CHECKS))
    text = sheet(database, study)
    assert "7 to the end" in text
    assert "6 valid" in text
    assert "Excluded by rule: manual 1." in text


@pytest.mark.parametrize(
    ("ages", "told"),
    [
        ([23, 35, 61], "median 35 (3 answers)"),
        ([18, *range(21, 30), 84], "median 25, half of them from 22 to 28 (11 answers)"),
    ],
)
def test_nobodys_own_number_marks_the_end_of_a_group(ages: list[int], told: str) -> None:
    assert people.told(Asked.model_validate("age | Age? | number 16-120"), ages) == told


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 5, "b": 4}, "a 5 and b 4"),
        ({"a": 5, "b": 1, "c": 2}, "a 5 and b or c 3"),
        ({"a": 9, "b": 4, "c": 1}, "a 9 and b or c 5"),
        ({"a": 3, "b": 1}, "a or b 4"),
        ({"a": 1, "b": 2}, "a or b 3"),
        ({"a": 2}, "fewer than 3 answers, not shown"),
    ],
)
def test_nobody_can_be_picked_out_of_a_group(counts: dict[str, int], told: str) -> None:
    asked = Asked.model_validate("sex | Sex? | a / b / c")
    assert people.told(asked, Counter(counts).elements()) == told


def test_the_sheet_counts_scenes_as_they_were_run_and_tells_no_code(database: Database) -> None:
    own = ("denoise / scene0 / mae > gmsd", "denoise / scene1 / reference > mae")
    codes = {"completed_code": "C0DE", "failed_url": "https://example.org/failed"}
    protocol = Protocol.model_validate(
        PROTOCOL.model_dump() | {"catch_pairs": own, "practice_scenes": ("scene3",), **codes}
    )
    number = planted.study(database, protocol, tasks=("denoise",))
    for said in PEOPLE[:3]:
        sit(database, number, said)
    with database.write() as db:
        screen = {"pixel_ratio": 1, "pane_width": 8192, "pane_height": 12345, "exact": True}
        voted = db.scalars(select(Vote.trial_id)).all()
        db.add_all(Showing(trial_id=trial, **screen) for trial in voted)
    text = sheet(database, number)
    assert (
        "Denoising: 3 scenes (source pictures) under 3 conditions (gmsd, mae, ms\\_ssim), 9 stimuli and 8 pairs" in text
    )
    assert "1 scene more for practice alone. Pictures of 12\u00a0×\u00a08 pixels." in text
    assert "2 pairs of the experimenter’s own choice" in text
    assert "1 of them is between two conditions and therefore left" in text
    assert "median 8192, from 8192 to 8192" in text
    assert '"completed_code": "set"' in text
    assert '"screened_out_code": ""' in text
    assert "C0DE" not in text
    assert "example.org" not in text


def test_only_what_the_sheet_cites_is_listed_and_every_citation_leads_somewhere(database: Database, study: int) -> None:
    found = study_methods(database, study, report(database, study))
    text = "\n".join(markdown(found)).split("## References")[0]
    marks = {key for mark in re.findall(r"\[(@[^]]+)\]", text) for key in re.findall(r"@(\w+)", mark)}
    assert marks == {work.key for work in found.references}
    page = "".join(html_page(found))
    links = set(re.findall(r'href="#ref-(\w+)"', page))
    assert links == set(re.findall(r'id="ref-(\w+)"', page)) == marks
    assert {"bradley1952", "itup910", "piepho2004", "harris2020", "virtanen2020"} <= marks


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("options", "cites", "not_cited"),
    [
        (ReportOptions(), {"cameron2011", "student1908", "efron1979"}, {"wilcoxon1945", "benjamini1995", "ford1957"}),
        (ReportOptions(anchor="mae"), {"thurstone1927", "davidson1977"}, {"davidson1970"}),
        (ReportOptions(test=PairTest.WILCOXON), {"wilcoxon1945", "friedman1937"}, {"benjamini1995"}),
        (ReportOptions(prior=0), {"ford1957", "hunter2004"}, {"piepho2004"}),  # all scenes are separated: no letters
        (ReportOptions(correction=Correction.BH, interval=Interval.SUBJECTS), {"benjamini1995", "liang1986"}, set()),
    ],
)
def test_the_statistics_name_what_was_chosen(
    database: Database, study: int, options: ReportOptions, cites: set[str], not_cited: set[str]
) -> None:
    keys = {work.key for work in study_methods(database, study, report(database, study, options)).references}
    assert cites <= keys
    assert not not_cited & keys


def test_the_page_of_its_own_loads_nothing_runs_nothing_and_escapes_what_people_wrote(database: Database) -> None:
    evil = '<script>alert("x")</script> [x](javascript:y)'
    number = planted.study(database, PROTOCOL.model_copy(update={"question": evil}))
    found = study_methods(database, number, report(database, number))
    page = "".join(html_page(found))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"\ssrc=|\son\w+=|@import|url\(", page)
    assert r"\<script\>alert" in "\n".join(markdown(found))


def test_a_reader_can_check_votes_and_logs_by_the_digests(database: Database, study: int) -> None:
    text = sheet(database, study)
    votes = "".join(votes_csv(vote_rows(database, study)))
    assert hashlib.sha256(votes.encode()).hexdigest() in text
    rows = csv.DictReader(io.StringIO("".join(sessions_csv(session_table(database, study))), newline=""))
    heads = "".join(f"{row['session']},{row['events']},{row['log_head']}\n" for row in rows)
    assert hashlib.sha256(heads.encode()).hexdigest() in text
    assert "unchanged since" in text


def test_a_protocol_that_was_changed_after_opening_is_told(database: Database, study: int) -> None:
    with database.write() as db:
        said = db.scalars(select(Study.protocol)).one()
        db.execute(update(Study).values(protocol=said | {"plan_alpha": 0.2}))
    assert "CHANGED SINCE" in sheet(database, study)


def test_the_plan_stands_in_the_sheet_with_what_differs_from_it(database: Database) -> None:
    number = planted.study(database, PROTOCOL.model_copy(update={"plan_primary": "mae against gmsd"}))
    planted.set_state(database, number, StudyState.CLOSED)
    text = sheet(database, number)
    assert "Primary comparison: “mae against gmsd”" in text
    assert "Deviations from the plan: 0 valid sessions instead of" in text
    interim = planted.study(database, PROTOCOL.model_copy(update={"plan_interim": True}))
    assert "Deviations from the plan: none in what is reported here." in sheet(database, interim)
    found = report(database, interim, ReportOptions(alpha=0.1))
    lines = "\n".join(markdown(study_methods(database, interim, found)))
    assert "Deviations from the plan: α = 0.1 instead of 0.05." in lines
    without = planted.study(database, PROTOCOL.model_copy(update={"plan": Plan.NONE}))
    assert "No analysis plan was frozen before the first answer" in sheet(database, without)


def test_the_sheet_tells_flags_with_their_rules_and_what_became_of_whom_they_propose(
    database: Database, study: int
) -> None:
    counted, without = (
        "\n".join(markdown(study_methods(database, study, report(database, study, options))))
        for options in (ReportOptions(), ReportOptions(without_flagged=True))
    )
    part = counted.split("## Screening of subjects")[1].split("## ")[0]
    assert part.count("Flagged: ") == len(Flag)
    assert "[@perezortiz2017]" in part
    found = report(database, study).subjects
    assert found is not None
    proposed = len(found.proposed)
    assert f"Proposed for exclusion: {proposed} subject" in part
    assert "subjects proposed for exclusion left out" in without.split("Deviations from the plan")[1]


def test_a_service_that_sent_few_is_told_without_a_number(database: Database, study: int) -> None:
    with database.write() as db:
        for subject, who in ((1, Service.PROLIFIC), (2, Service.PROLIFIC), (3, Service.PROLIFIC), (4, Service.SONA)):
            db.add(
                ExternalId(subject_id=subject, study_id=study, service=who, participant=f"secret{subject}", fields={})
            )
    text = sheet(database, study)
    assert "Recruited through Prolific: 3 of the valid subjects." in text
    assert "Recruited through SONA: fewer than 3 of the valid subjects." in text
    assert "secret" not in text.split("## Protocol")[0]


def test_a_task_that_falls_apart_is_not_said_to_have_too_few_scenes(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    rows = [f"t,s{scene},{votes}" for scene in range(4) for votes in ("a,b,a", "a,b,b", "c,d,a")]
    path.write_text("\n".join(["task,scene,condition_a,condition_b,winner", *rows]), encoding="utf-8")
    text = "\n".join(markdown(file_methods("votes.csv", "0" * 64, report_on_file(path))))
    assert "only the prior places them" in text
    assert "too few scenes" not in text


def test_a_file_of_votes_gives_the_statistics_and_says_what_it_cannot_tell(tmp_path: Path) -> None:
    lines = ["task,scene,condition_a,condition_b,winner,subject"]
    lines += [
        f"t,s{scene},{a},{b},{'a' if (scene + subject) % 4 else 'b'},{subject}"
        for scene in range(4)
        for a, b in (("x", "y"), ("x", "z"), ("y", "z"))
        for subject in range(4)
    ]
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    text = "\n".join(markdown(file_methods("my *votes*.csv", "0" * 64, report_on_file(path))))
    assert r"# Methods: analysis of my \*votes\*.csv" in text
    assert "t: 48 votes of 4 subjects in 4 scenes; each pair was judged 4 times." in text
    assert "are for the authors to report" in text
    assert "## Subjects" not in text
    assert "0" * 64 in text
