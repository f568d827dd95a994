"""Values as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.web import wording


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (61, "1 min"), (3600, "1 h"), (7500, "2 h 5 min"), (40_000, "11 h"), (90_000, "1 d 1 h"),
     (-5, "0 s")],
)  # fmt: skip
def test_durations_name_what_matters(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "just now"), (42, "42 s ago"), (240, "4 min ago"), (7300, "2 h ago"), (200_000, "2 d ago")],
)
def test_ages_count_back_from_now(monkeypatch: pytest.MonkeyPatch, seconds: int, words: str) -> None:
    at = datetime(2026, 11, 20, 18, 22, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    assert wording.age(at - timedelta(seconds=seconds)) == words


def test_what_has_not_happened_has_no_age() -> None:
    assert (wording.age(None), wording.moment(None)) == ("never", "–")


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(0, 9, "0 %"), (62, 100, "62 %"), (999, 1000, "99 %"), (9, 9, "100 %"), (0, 0, "0 %")]
)
def test_nothing_is_complete_while_something_is_missing(part: float, whole: float, words: str) -> None:
    assert wording.share(part, whole) == words


def test_commands_are_set_as_code_and_everything_else_as_it_stands() -> None:
    assert wording.coded("Run `a <b>` & wait.") == "Run <code>a &lt;b&gt;</code> &amp; wait."
    assert wording.coded("A lone ` stays <there>.") == "A lone ` stays &lt;there&gt;."


def test_numbers_are_set_as_in_print() -> None:
    assert wording.amount(1234567) == "1\u202f234\u202f567"
    assert wording.decimals(-0.126) == "−0.13"
    assert (wording.decimals(-0.004), wording.decimals(-6.8e-18)) == ("0.00", "0.00")
    assert wording.moment(datetime(2026, 3, 2, 14, 5, tzinfo=UTC)) == "2 Mar 2026, 14:05 UTC"
    assert wording.day(datetime(2026, 3, 2, 14, 5, tzinfo=UTC)) == "2\u00a0Mar\u00a02026"
    assert (wording.count(1, "subject"), wording.count(2, "subject")) == ("1 subject", "2 subjects")
    assert (wording.p_value(0.0004), wording.p_value(0.0413)) == ("< 0.001", "0.041")


def test_no_number_is_parted_from_its_word() -> None:
    assert (
        wording.together("lab · seed 1 · 4 scenes of 256 px, 62 %")
        == "lab · seed 1 · 4\u00a0scenes of 256\u00a0px, 62\u00a0%"
    )
