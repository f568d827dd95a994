"""What was planned before the first answer, and what is said where the results differ from it."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import select

from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest
from app.db import Database
from app.db.models import Session, StudyState
from app.results.captions import caption
from app.results.export import table_csv
from app.results.options import ReportOptions
from app.results.plan import StudyPlan, plan_of
from app.results.report import report
from app.results.summary import summary
from app.sessions import checks, enrol, links
from app.studies import moves, service
from app.studies.analysis_plan import AnalysisPlan, Plan
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions import planted

OPENED = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
PLAN = StudyPlan(AnalysisPlan(), OPENED, closed=True)
CARRIED_OUT = {"dummy_trials": 0, "questionnaire": (), "display_gate": "off", "trials_per_session": 12}


def test_results_begin_with_what_was_planned_and_say_nothing_then() -> None:
    said = AnalysisPlan(plan_alpha=0.01, plan_correction=Correction.HOLM, plan_prior=0, plan_include_excluded=True)
    plan = StudyPlan(said, OPENED, closed=True)
    assert plan.options == ReportOptions(alpha=0.01, correction=Correction.HOLM, prior=0, include_excluded=True)
    assert plan.deviations(plan.options) == ()
    assert plan.in_words(plan.options) == ""


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"alpha": 0.01}, "α = 0.01 instead of 0.05"),
        ({"correction": Correction.BH}, "correction Benjamini–Hochberg instead of none"),
        (
            {"interval": Interval.SCENES},
            "intervals for these subjects, any scenes instead of any subjects, any scenes",
        ),
        ({"prior": 0.0}, "prior 0 instead of 0.1"),
        ({"include_excluded": True}, "excluded sessions counted"),
        ({"ties": Ties.DAVIDSON}, "ties answers of their own instead of half a win for both"),
        ({"anchor": "mae"}, "scores relative to mae instead of their mean"),
        ({"test": PairTest.TWO_WAY}, "test clustered both ways instead of paired t"),
        ({"without_flagged": True}, "subjects proposed for exclusion left out"),
        ({"scenes": ("boat", "cat")}, "only 2 scenes (boat and cat)"),
        ({"people": True}, "people counted instead of simulated subjects"),
    ],
)
def test_whatever_differs_is_named_with_what_was_planned(chosen: dict[str, Any], told: str) -> None:
    options = ReportOptions(**chosen)
    assert PLAN.deviations(options) == (told,)
    assert PLAN.in_words(options) == f"Differs from the plan frozen on 2 March 2026: {told}."


def other_than(usual: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(usual, Enum):
        return next(value for value in type(usual) if value is not usual)
    if usual is None or isinstance(usual, bool):
        return not usual
    return ("x",) if isinstance(usual, tuple) else type(usual)(usual * 2)


def test_no_option_escapes_the_comparison() -> None:
    for field in fields(ReportOptions):
        chosen = ReportOptions(**{field.name: other_than(getattr(ReportOptions(), field.name))})
        assert len(PLAN.deviations(chosen)) == 1, f"{field.name} is not compared with the plan"


def test_every_planned_choice_is_one_that_results_have() -> None:
    names = {field.name for field in fields(ReportOptions)}
    about_the_plan = {"plan", "plan_primary", "plan_interim"}
    assert {name.removeprefix("plan_") for name in AnalysisPlan.model_fields.keys() - about_the_plan} <= names


def test_a_look_before_the_study_is_closed_is_named_unless_it_was_planned() -> None:
    early = replace(PLAN, closed=False)
    assert early.deviations(ReportOptions()) == ("looked at before the study was closed",)
    assert replace(early, said=AnalysisPlan(plan_interim=True)).deviations(ReportOptions()) == ()


def test_a_study_without_a_plan_differs_from_none() -> None:
    strict = ReportOptions(alpha=0.01)
    for plan in (StudyPlan(AnalysisPlan(plan=Plan.NONE), OPENED), StudyPlan(AnalysisPlan())):  # none, not frozen yet
        assert plan.in_words(strict) == ""
        assert plan.as_json()["frozen_at"] is None


def test_tables_captions_and_summary_carry_what_differs(database: Database) -> None:
    number = planted.study(
        database, Protocol.model_validate(CARRIED_OUT | {"plan_correction": "bh", "target_sessions": 1})
    )
    planted.play(database, planted.join(database, number))
    planted.set_state(database, number, StudyState.CLOSED)
    as_planned = report(database, number)
    assert as_planned.options.correction is Correction.BH
    assert next(iter(list(table_csv("rankings", as_planned))[1:])).endswith(",\n")
    assert summary(as_planned)["deviations"] == []
    assert "Differs" not in caption(as_planned.tasks[0])
    other = report(database, number, ReportOptions(alpha=0.1, correction=Correction.BH))
    assert all(line.endswith(",α = 0.1 instead of 0.05\n") for line in list(table_csv("rankings", other))[1:])
    assert summary(other)["deviations"] == ["α = 0.1 instead of 0.05"]
    assert summary(other)["plan"]["correction"] == "bh"
    assert "Differs from the plan frozen on" in caption(other.tasks[0])
    assert plan_of(database, number).closed


def test_sessions_left_out_or_readmitted_by_hand_and_another_number_of_them_are_deviations() -> None:
    done = replace(PLAN, valid=5, target=5)
    assert done.deviations(ReportOptions()) == ()
    assert replace(done, excluded=2, readmitted=1, valid=4).deviations(ReportOptions()) == (
        "2 sessions excluded by hand", "1 session readmitted by hand", "4 valid sessions instead of 5",
    )  # fmt: skip
    assert replace(done, said=AnalysisPlan(plan=Plan.NONE), excluded=2, valid=4).deviations(ReportOptions()) == ()


def test_a_study_tells_what_was_decided_about_its_sessions_by_hand_and_by_rule(database: Database) -> None:
    number = planted.study(database)
    sessions = [
        enrol.begin(database, planted.SECRET, token(database, planted.SECRET, number))
        for token in (links.public_token, links.public_token, links.pilot_token)
    ]
    with database.read() as db:
        ids = [db.scalars(select(Session.id).where(Session.token == token)).one() for token in sessions]
    for one in ids:  # the last is a pilot, which nothing counts
        checks.exclude(database, one, "fell asleep", somebody("ada"))
    checks.readmit(database, ids[0], "was another one", somebody("ada"))
    plan = plan_of(database, number)
    assert (plan.excluded, plan.readmitted, plan.valid, plan.closed) == (1, 1, 0, False)
    moves.close(database, number)
    wanted = service.get(database, number).target_sessions
    assert plan_of(database, number).deviations(ReportOptions()) == (
        "1 session excluded by hand", "1 session readmitted by hand", f"0 valid sessions instead of {wanted}",
    )  # fmt: skip
