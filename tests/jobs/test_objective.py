"""What an objective's text means, and what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import MEASURES, UnknownMeasure
from app.jobs.objective import BadObjective, Objective, Term, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mae", Objective((Term(1.0, "mae"),), 0.0)),
        ("1 - ms_ssim", Objective((Term(-1.0, "ms_ssim"),), 1.0)),
        ("1-ms_ssim", Objective((Term(-1.0, "ms_ssim"),), 1.0)),
        ("-ms_ssim + 1", Objective((Term(-1.0, "ms_ssim"),), 1.0)),
        ("mae + 0.05*gmsd", Objective((Term(0.05, "gmsd"), Term(1.0, "mae")), 0.0)),
        ("gmsd * .5 * 2e-1 + mae", Objective((Term(0.1, "gmsd"), Term(1.0, "mae")), 0.0)),
        ("mae + mae", Objective((Term(2.0, "mae"),), 0.0)),
        ("2 * 3 + mae - 6", Objective((Term(1.0, "mae"),), 0.0)),
        ("1 − ms_ssim", Objective((Term(-1.0, "ms_ssim"),), 1.0)),
        ("0.5·mae + 2×gmsd", Objective((Term(2.0, "gmsd"), Term(0.5, "mae")), 0.0)),
        ("mae\n + 0*gmsd", Objective((Term(1.0, "mae"),), 0.0)),
    ],
)
def test_a_text_stands_for_a_weighted_sum(text: str, expected: Objective) -> None:
    assert parse(text) == expected


def test_equal_objectives_have_equal_texts() -> None:
    assert parse("0.05*gmsd+mae").text == parse("mae + gmsd*0.05").text == "0.05*gmsd + mae"


def test_objectives_that_differ_a_little_have_different_texts() -> None:
    assert parse("0.1234567*mae").text != parse("0.1234568*mae").text


coefficients = st.floats(min_value=1e-37, max_value=1e37, allow_nan=False)


@given(
    constant=st.floats(-1e6, 1e6), sizes=st.dictionaries(st.sampled_from(sorted(MEASURES)), coefficients, min_size=1)
)
def test_reading_a_canonical_text_gives_the_same_objective(constant: float, sizes: dict[str, float]) -> None:
    terms = tuple(Term(-c if MEASURES[name].higher_is_better else c, name) for name, c in sorted(sizes.items()))
    objective = Objective(terms, constant)
    again = parse(objective.text)
    assert again == objective
    assert again.text == objective.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "unfinished"),
        ("mae +", "unfinished"),
        ("mae + + gmsd", "unfinished"),
        ("0.5 *", "unfinished"),
        ("mae gmsd", "write [+] or - before"),
        ("mae * gmsd", "multiplies two measures"),
        ("1 - (ms_ssim)", "has no place in an objective: write the sum out"),
        ("mae / 2", "has no place in an objective: multiply by a number"),
        ("0,5*mae", "has no place in an objective: write numbers with a point"),
        ("mae; gmsd", "has no place in an objective: write for example"),
        ("٣*mae", "has no place"),
        ("3", "names no measure"),
        ("0*mae", "names no measure"),
        ("mae - mae", "names no measure"),
        ("1e999*mae", "1e999 is beyond what a number can be"),
        ("mae + .000e-1*1e-999*gmsd", "1e-999 is beyond what a number can be"),
        ("1e300*mae", "comes to 1e[+]300, which is beyond"),
        ("1e308*mae + 1e308*mae", "comes to inf, which is beyond"),
        ("1e308 + 1e308 + mae", "comes to inf, which is beyond"),
        ("mae + 1e-200*gmsd", "comes to 1e-200, which is beyond"),
    ],
)
def test_a_text_that_says_nothing_to_minimize_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadObjective, match=says):
        parse(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ms_ssim", "1 - ms_ssim"),
        ("1 - gmsd", "gmsd"),
        ("-mae", "mae"),
        ("psnr", "- psnr"),
        ("48 + psnr", "- psnr"),
        ("vif", "1 - vif"),
        ("ifc", "- ifc"),
        ("1 - charbonnier", "charbonnier"),
        ("mae + 0.1*vif", "mae - 0.1*vif"),
        ("charbonnier - 0.05*lpips", "charbonnier + 0.05*lpips"),
        ("mae + ms_ssim", "mae - ms_ssim"),
    ],
)
def test_optimizing_the_wrong_way_round_is_refused_with_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(BadObjective, match=f"write '{re.escape(meant)}', which is probably what you meant"):
        parse(text)


def test_a_mistyped_measure_is_refused_with_the_close_one() -> None:
    with pytest.raises(UnknownMeasure, match="did you mean 'ms_ssim'"):
        parse("1 - msssim")


@pytest.mark.parametrize(
    ("text", "name"),
    [("mae", "mae"), ("1 - ms_ssim", "ms_ssim"), ("mae + 0.5*gmsd", "0.5*gmsd+mae"), ("2*mae", "2*mae")],
)
def test_a_condition_is_named_after_its_measure_or_its_text(text: str, name: str) -> None:
    assert parse(text).name == name


def test_the_smallest_side_is_that_of_the_most_demanding_measure() -> None:
    assert parse("mae").smallest_side == 1
    assert parse("mae - ms_ssim").smallest_side == 161


@pytest.mark.parametrize(
    ("text", "endless"),
    [("mae", False), ("- psnr", False), ("1 - vif", True), ("mae - 0.1*ifc", True), ("pieapp", True)],
)
def test_an_objective_is_endless_where_one_of_its_measures_has_no_best_value(text: str, endless: bool) -> None:
    assert parse(text).is_endless is endless
