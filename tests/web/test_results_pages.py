"""Results at the desk: sentence, figure, table, and everything to take away."""

import csv
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.analysis.significance import Correction, PairTest
from app.db import Database
from app.db.models import Session
from app.media import Media
from app.results.options import ReportOptions
from app.results.report import StudyReport
from app.results.task_report import task_report
from app.sessions import checks
from app.settings import Settings
from app.studies import moves
from tests.actors import somebody
from tests.results.counts import tally_of
from tests.results.test_aligned import incomplete
from tests.results.test_certainty import judged_report
from tests.web import small_study
from tests.web.test_monitor import looked_at, sit

FIGURE = f"results/{small_study.TASK}/rankings"


@pytest.fixture
def address(desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path) -> str:
    study = small_study.create(database, media, pictures, is_demo=True)
    for _ in range(3):
        sit(database, settings, study, simulated=True)
    sit(database, settings, study)
    looked_at(desk, study)
    return f"/admin/studies/{study}"


def test_results_show_a_sentence_a_figure_and_a_table_in_one_order(desk: TestClient, address: str) -> None:
    page = desk.get(f"{address}/results?excluded=1").text
    assert f"{FIGURE}.svg?alpha=0.05&amp;correction=none&amp;excluded=1&amp;scheme=dark" in page
    assert all(f"<code>{name}</code>" in page for name in small_study.CONDITIONS)
    assert "Excluded sessions are counted" in page


def test_the_scenes_have_a_part_of_their_own(desk: TestClient, address: str) -> None:
    page = desk.get(f"{address}/results/scenes").text
    assert "scores highest in" in page
    assert "of its comparisons" in page
    for figure in ("scenes", "wins"):
        drawn = desk.get(f"{address}/results/{small_study.TASK}/{figure}.svg")
        assert drawn.status_code == 200
        assert f"{small_study.TASK}/{figure}.svg?" in page
    assert all(f'<th scope="row">{scene}</th>' in page for scene in small_study.SCENES)


def test_chosen_scenes_stay_chosen_from_part_to_part(desk: TestClient, address: str) -> None:
    one, other = small_study.SCENES
    for part in ("", "/scenes"):
        page = desk.get(f"{address}/results{part}?scene={one}").text
        assert f'value="{one}" checked' in page
        assert f'value="{other}" checked' not in page
        assert f"results/scenes?alpha=0.05&amp;correction=none&amp;scene={one}" in page
        assert "Only 1 of 2 scenes take part below" in page
    saved = desk.get(f"{address}/results/rankings.csv?scene={one}")
    assert "-chosen-scenes-rankings.csv" in saved.headers["content-disposition"]
    assert desk.get(f"{address}/results?scene=moon").status_code == 422


def test_the_switches_stand_in_the_address_and_in_every_link(desk: TestClient, address: str) -> None:
    page = desk.get(f"{address}/results?alpha=0.01&correction=holm&excluded=1&people=1").text
    assert 'value="0.01"' in page
    assert '<option value="holm" selected>' in page
    assert "rankings.csv?alpha=0.01&amp;correction=holm&amp;excluded=1&amp;people=1" in page


def test_scenes_that_lack_conditions_are_aligned_on_every_part_that_is_asked_to(
    desk: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.results.report.tally", lambda *_, **__: (incomplete(),))
    assert "Nothing can be ranked yet" in desk.get(f"{address}/results").text
    query = "excluded=0&incomplete=align"
    page = desk.get(f"{address}/results?{query}").text
    assert "6 aligned scenes give this order and no test" in page
    assert '<option value="align" selected>' in page
    assert "rankings.csv?alpha=0.05&amp;correction=none&amp;incomplete=align" in page
    scenes = desk.get(f"{address}/results/scenes?{query}").text
    assert "on the scale that all share" in scenes
    assert '<td class="number">–</td>' in scenes
    for part in ("certainty", "agreement", "subjects", "planning", "methods"):
        assert desk.get(f"{address}/results/{part}?{query}").status_code == 200
    saved = desk.get(f"{address}/results/rankings.csv?{query}")
    assert "-aligned-rankings.csv" in saved.headers["content-disposition"]
    assert desk.get(f"{address}/results/denoise/scenes.svg?{query}").status_code == 200
    assert desk.get(f"{address}/results?incomplete=guess").status_code == 422


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("alpha=2", "alpha must lie between"),
        ("alpha=1e-18", "alpha must lie between"),
        ("alpha=nan", "alpha"),
        ("correction=magic", "correction"),
        ("alpha=x", "alpha"),
    ],
)
def test_switches_that_mean_nothing_are_refused_with_a_sentence(
    desk: TestClient, address: str, query: str, told: str
) -> None:
    reply = desk.get(f"{address}/results?{query}")
    assert reply.status_code == 422
    assert told in reply.text


@pytest.mark.parametrize(("form", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_a_figure_comes_in_three_forms_and_two_schemes(desk: TestClient, address: str, form: str, start: bytes) -> None:
    for scheme in ("light", "dark"):
        reply = desk.get(f"{address}/{FIGURE}.{form}", params={"scheme": scheme, "excluded": "1"})
        assert reply.status_code == 200
        assert reply.content.startswith(start)
        assert "content-disposition" not in reply.headers
    saved = desk.get(f"{address}/{FIGURE}.{form}?download=1&excluded=1")
    assert f'rankings.{form}"' in saved.headers["content-disposition"]


def test_a_figure_for_a_paper_tells_its_width_by_its_name(desk: TestClient, address: str) -> None:
    saved = desk.get(f"{address}/{FIGURE}.pdf?download=1&width=column")
    assert saved.status_code == 200
    assert '-rankings-column.pdf"' in saved.headers["content-disposition"]
    assert "width=column" in desk.get(f"{address}/results").text


def test_the_former_address_of_the_forest_plot_leads_to_it_still(desk: TestClient, address: str) -> None:
    former = desk.get(f"{address}/results/{small_study.TASK}/forest.svg")
    assert former.content == desk.get(f"{address}/{FIGURE}.svg").content


@pytest.mark.parametrize("name", ["rankings", "scores_by_scene", "significance", "intervals", "votes"])
def test_every_table_comes_as_csv(desk: TestClient, address: str, name: str) -> None:
    reply = desk.get(f"{address}/results/{name}.csv?excluded=1")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'{name}.csv"' in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert all(row["task"] == small_study.TASK for row in rows)
    assert rows or name == "significance"  # two scenes are too few for a test


def test_everything_comes_as_one_zip_and_single_tables_have_types(desk: TestClient, address: str) -> None:
    reply = desk.get(f"{address}/results.zip?excluded=1&parquet=1")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/zip")
    stem = f"study-{address.rsplit('/', 1)[1]}-with-excluded-results"
    assert f'"{stem}.zip"' in reply.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert {f"{stem}/{name}" for name in ("README.md", "votes.csv", "parquet/sessions.parquet")} <= set(
            archive.namelist()
        )
        packed = archive.read(f"{stem}/parquet/votes.parquet")
    alone = desk.get(f"{address}/results/votes.parquet?excluded=1")
    assert alone.headers["content-type"] == "application/vnd.apache.parquet"
    assert alone.content == packed
    page = desk.get(f"{address}/results?excluded=1").text
    assert "/results.zip?alpha=0.05&amp;correction=none&amp;excluded=1&amp;parquet=1" in page
    assert "/results/votes.parquet?alpha=0.05" in page


def test_parquet_that_cannot_be_written_is_refused_with_what_to_install(
    desk: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.results.parquet.find_spec", lambda _: None)
    for path in ("results/votes.parquet", "results/sessions.parquet", "results.zip?parquet=1"):
        reply = desk.get(f"{address}/{path}")
        assert reply.status_code == 503
        assert ".[parquet]" in reply.text
    assert desk.get(f"{address}/results/nothing.parquet").status_code == 404
    assert desk.get(f"{address}/results.zip").status_code == 200


@pytest.mark.parametrize(
    ("query", "mark"),
    [
        ("", ""),
        ("excluded=1", "-with-excluded"),
        ("people=1", "-people"),
        ("excluded=1&people=1", "-with-excluded-people"),
    ],
)
def test_a_download_tells_by_its_name_what_is_counted(desk: TestClient, address: str, query: str, mark: str) -> None:
    study = address.rsplit("/", 1)[1]
    for table in ("rankings", "votes"):
        reply = desk.get(f"{address}/results/{table}.csv?{query}")
        assert f'"study-{study}{mark}-{table}.csv"' in reply.headers["content-disposition"]


def test_people_who_do_not_count_are_not_called_missing(desk: TestClient, database: Database, address: str) -> None:
    with database.read() as db:
        (person,) = db.scalars(select(Session.id).where(Session.simulated.is_(False)))
    checks.exclude(database, person, "was the experimenter", somebody("ada"))
    page = desk.get(f"{address}/results?people=1").text
    assert "No vote counts." in page
    assert "No votes yet." not in page
    assert "of excluded sessions" in page


def test_what_cannot_be_tested_is_a_dash_and_the_test_stands_beneath_the_sentence(
    desk: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wins = np.stack([np.triu(np.ones((3, 3)), 1)] * 4)
    counts = tally_of(wins, "1234", "xyz", task=small_study.TASK)
    found = StudyReport((task_report(counts, ReportOptions()),), ReportOptions(), (counts,))
    monkeypatch.setattr("app.web.admin.results.report", lambda *_: found)
    page = desk.get(f"{address}/results").text
    assert "Paired t-tests over 4 scenes for these subjects at α = 0.05, uncorrected." in page
    assert "<td>not testable</td>" in page
    assert "None" not in page


def test_votes_say_why_some_do_not_count(desk: TestClient, address: str) -> None:
    def reasons(query: str) -> set[str]:
        return {
            row["left_out"]
            for row in csv.DictReader(io.StringIO(desk.get(f"{address}/results/votes.csv?{query}").text))
        }

    assert "person" in reasons("")
    assert "simulated" in reasons("people=1")


@pytest.mark.parametrize("path", ["results/nothing.csv", "results/no-such-task/forest.svg", f"{FIGURE}.gif"])
def test_what_there_is_not_is_not_found_or_refused(desk: TestClient, address: str, path: str) -> None:
    reply = desk.get(f"{address}/{path}")
    assert reply.status_code == 404
    assert "There is no" in reply.text


def test_a_study_without_votes_says_so(desk: TestClient, database: Database, media: Media, pictures: Path) -> None:
    study = small_study.create(database, media, pictures)
    looked_at(desk, study)
    page = desk.get(f"/admin/studies/{study}/results")
    assert page.status_code == 200
    assert "No votes yet." in page.text
    assert desk.get(f"/admin/studies/{study}/{FIGURE}.svg").status_code == 404
    assert desk.get(f"/admin/studies/{study}/results/rankings.csv").status_code == 200


def test_an_address_without_choices_follows_the_plan_and_others_say_what_differs(
    desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path
) -> None:
    study = small_study.create(
        database, media, pictures, plan_correction="holm", plan_include_excluded=True, target_sessions=1
    )
    sit(database, settings, study)
    moves.close(database, study)
    address = f"/admin/studies/{study}/results"
    page = desk.get(address).text
    assert '<option value="holm" selected>' in page
    assert '<option value="1" selected>counted' in page
    assert "Differs from the plan" not in page
    assert "good for a look, not for a paper" not in page
    page = desk.get(f"{address}?correction=none&excluded=0&prior=0").text
    assert "correction none instead of Holm, prior 0 instead of 0.1 and excluded sessions left out." in page.replace(
        "&#39;", "'"
    )
    assert "votes.csv?alpha=0.05&amp;correction=none&amp;prior=0&amp;excluded=0" in page
    assert '<input type="hidden" name="prior" value="0">' in page  # or the next choice would forget it
    (row,) = list(csv.DictReader(io.StringIO(desk.get(f"{address}/rankings.csv?alpha=0.2").text)))[:1]
    assert row["deviations"] == "α = 0.2 instead of 0.05"


def test_the_methods_sheet_is_a_part_of_the_results_and_comes_in_three_forms(desk: TestClient, address: str) -> None:
    page = desk.get(f"{address}/results/methods?correction=holm").text
    assert (
        '<a href="' + f'{address}/results/methods?alpha=0.05&amp;correction=holm" aria-current="page">Methods' in page
    )
    assert "To be added by the authors:" in page
    assert "Differs from the plan frozen on" in page
    assert '<a href="#ref-bradley1952">' in page
    for form, kind, begins in (
        ("md", "text/markdown", "# Methods"),
        ("html", "text/html", "<!doctype html>"),
        ("bib", "application/x-bibtex", "@"),
    ):
        assert f"{address}/results/methods.{form}?alpha=0.05&amp;correction=holm" in page
        reply = desk.get(f"{address}/results/methods.{form}?correction=holm")
        assert reply.headers["content-type"] == f"{kind}; charset=utf-8"
        assert f'methods.{form}"' in reply.headers["content-disposition"]
        assert reply.text.startswith(begins)
    assert desk.get(f"{address}/results/methods.doc").status_code == 404
    digest = hashlib.sha256(desk.get(f"{address}/results/votes.csv?correction=holm").content).hexdigest()
    assert digest in page


def test_flagged_subjects_are_left_out_where_the_plan_says_so(
    desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures, plan_without_flagged=True, target_sessions=1)
    sit(database, settings, study)
    moves.close(database, study)
    address = f"/admin/studies/{study}/results"
    page = desk.get(address).text
    assert '<option value="out" selected>' in page
    assert "flagged=" not in page
    assert "Differs from the plan" not in page
    page = desk.get(f"{address}?flagged=counted").text
    assert "subjects proposed for exclusion counted" in page
    assert "methods?alpha=0.05&amp;correction=none&amp;flagged=counted" in page


def test_the_page_of_certainty_shows_ranks_chances_intervals_and_the_fit(
    desk: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged_report(correction=Correction.HOLM)
    monkeypatch.setattr("app.web.admin.results_certainty.report", lambda *_: found)
    page = desk.get(f"{address}/results/certainty").text
    assert 'aria-current="page">Certainty' in page
    for said in (
        "Rank interval",
        "Chance to be best",
        "Interval for all conditions at once",
        "Does Bradley–Terry hold?",
    ):
        assert said in page
    assert "Any subjects,<br>any scenes" in page
    assert "Holm’s correction keeps the chance of any false difference" in page
    assert "/results/denoise/ranks.svg?" in page
    assert "None" not in page


def test_what_the_votes_do_not_allow_is_left_out_of_the_page_of_certainty_and_said(
    desk: TestClient, address: str
) -> None:
    page = desk.get(f"{address}/results/certainty?people=1").text
    assert "Rank intervals and chances need 3 subjects" in page
    assert "ranks.svg" not in page
    assert desk.get(f"{address}/results/{small_study.TASK}/ranks.svg?people=1").status_code == 404


def test_the_test_that_letters_follow_can_be_chosen(
    desk: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ReportOptions] = []

    def report(_database: Database, _study: int, options: ReportOptions) -> StudyReport:
        asked.append(options)
        return judged_report(test=options.test, interval=options.interval)

    monkeypatch.setattr("app.web.admin.results.report", report)
    page = desk.get(f"{address}/results?test=two_way&interval=subjects").text
    assert asked[0].test is PairTest.TWO_WAY
    assert '<option value="two_way" selected>' in page
    assert '<option value="subjects" selected>' in page
    assert "interval=subjects&amp;test=two_way" in page
    assert "Tests clustered by subject and by scene, for any subjects and any scenes," in page
