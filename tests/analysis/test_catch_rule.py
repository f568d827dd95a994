"""What a catch rule can do."""

import pytest

from app.analysis.catch_rule import CatchRule, usual_rule
from app.studies.protocol import Protocol


def test_the_published_rule_keeps_random_clickers_and_drops_honest_subjects_as_often_as_published() -> None:
    rule = CatchRule(5, 1)
    assert rule.random_passes == pytest.approx(0.1875)
    assert rule.honest_fails() == pytest.approx(0.0038, abs=5e-5)


def test_it_is_the_power_that_the_protocol_tells() -> None:
    protocol = Protocol(catch_trials=10, catch_failures_allowed=2, allow_tie=True)
    rule = CatchRule(10, 2, 1 / 3)
    assert rule.random_passes == pytest.approx(protocol.catch_pass_probability())


@pytest.mark.parametrize(("trials", "allowed"), [(0, 0), (1, 1), (5, 1), (10, 2), (20, 3), (45, 4)])
def test_the_usual_rule_allows_as_many_failures_as_honest_subjects_need(trials: int, allowed: int) -> None:
    rule = usual_rule(trials)
    assert rule.allowed == allowed
    assert rule.honest_fails() <= 0.005


def test_one_failure_of_forty_five_would_drop_a_quarter_of_honest_subjects() -> None:
    assert CatchRule(45, 1).honest_fails() == pytest.approx(0.23, abs=0.01)
