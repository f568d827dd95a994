"""The steps of setting up a draft: every setting has one, and each tells how far it has come."""

from collections import Counter

from app.studies.finding import error, warning
from app.studies.protocol import Protocol
from app.studies.setting_groups import GROUPS
from app.studies.steps import Progress, Step, next_step, standings, step_of


def test_every_setting_is_shown_by_one_step_and_named_by_one_group() -> None:
    assert Counter(name for step in Step for name in step.settings) == Counter(Protocol.model_fields.keys())
    assert Counter(name for names in GROUPS.values() for name in names) == Counter(Protocol.model_fields.keys())


def test_steps_follow_each_other_from_the_pictures_to_opening() -> None:
    assert [step.before for step in Step] == [None, *list(Step)[:-1]]
    assert [step.after for step in Step] == [*list(Step)[1:], None]
    assert Step.PICTURES.settings == Step.OPEN.settings == ()


def test_a_finding_belongs_to_the_step_of_its_setting_or_to_the_pictures() -> None:
    assert step_of(error("There is none.", "add one")) is Step.PICTURES
    assert step_of(error("Too few.", "more", "catch_trials")) is Step.CHECKS
    assert step_of(warning("The same.", "another", "failed_code")) is Step.RECRUITING


def test_each_step_says_what_is_to_mend_to_weigh_done_or_not_looked_at() -> None:
    found = [error("a", "b", "catch_pairs"), error("c", "d", "catch_trials"), warning("e", "f", "catch_trials"),
             warning("g", "h", "languages")]  # fmt: skip
    told = {one.step: one.in_words for one in standings(found, {"checks", "words", "plan"}, has_pictures=True)}
    assert told == {
        Step.PICTURES: "done", Step.PROTOCOL: "not looked at", Step.CHECKS: "2 to mend", Step.WORDS: "1 to weigh",
        Step.RECRUITING: "not looked at", Step.PLAN: "done", Step.OPEN: "2 to mend",
    }  # fmt: skip


def test_setting_up_goes_on_where_something_is_to_mend_then_where_nobody_looked_then_to_opening() -> None:
    broken = standings([error("a", "b", "catch_pairs")], (), has_pictures=True)
    assert next_step(broken) is Step.CHECKS
    assert next_step(standings([], {"protocol"}, has_pictures=True)) is Step.CHECKS
    ready = standings([], {"protocol", "checks", "words", "recruiting", "plan"}, has_pictures=True)
    assert next_step(ready) is Step.OPEN
    assert ready[-1].progress is Progress.READY
