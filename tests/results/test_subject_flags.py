"""Rules that flag subjects, in words."""

from app.analysis.catch_rule import CatchRule
from app.results.subject_flags import catch_in_words


def test_a_catch_rule_that_spares_the_honest_is_not_said_to_fail_none_of_them() -> None:
    assert catch_in_words(CatchRule(trials=2, allowed=1)).endswith(
        "an honest subject with 2 % lapses fails in 0.04 % of sessions"
    )
    assert "passes with a probability of 75.0 %" in catch_in_words(CatchRule(trials=2, allowed=1))
