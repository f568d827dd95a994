"""Circular triads and Kendall's zeta."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.arrays import BoolArray
from app.analysis.circular_triads import circular_triads, most_triads, zeta
from app.analysis.subject_blocks import complete_blocks
from app.analysis.vote_columns import UNKNOWN, VoteColumns

_PARTIES = Path(__file__).parents[3] / "shared" / "data" / "oracles" / "german_parties"

# A dog's preferences for six samples of food: David 1988, The method of paired comparisons; an example of eba's.
_DOG = np.array(
    [
        (0, 1, 1, 0, 1, 1),
        (0, 0, 0, 1, 1, 0),
        (0, 1, 0, 1, 1, 1),
        (1, 0, 0, 0, 0, 0),
        (0, 0, 0, 1, 0, 1),
        (0, 1, 0, 1, 0, 0),
    ],
    dtype=bool,
)


@st.composite
def tournaments(draw: st.DrawFn) -> BoolArray:
    n = draw(st.integers(3, 8))
    wins = np.zeros((n, n), dtype=bool)
    for i, j in combinations(range(n), 2):
        first = draw(st.booleans())
        wins[i, j], wins[j, i] = first, not first
    return wins


def test_a_dog_choosing_food_is_moderately_consistent() -> None:
    assert circular_triads(_DOG) == 5
    assert zeta(_DOG) == pytest.approx(0.375)


def test_every_respondent_is_as_consistent_as_eba_says() -> None:
    """Preferences of 192 people between German parties; T and zeta by the R package eba 1.10-1."""
    if not _PARTIES.exists():
        pytest.skip(f"the answers of the respondents are not at {_PARTIES}")
    with (_PARTIES / "individual.csv").open() as file:
        rows = list(csv.DictReader(file))
    pairs = [(name, *(one.strip() for one in name.split(":"))) for name in rows[0] if ":" in name]
    parties = sorted({one for _, *both in pairs for one in both})
    asked = len(rows) * len(pairs)
    votes = VoteColumns(
        ("parties",), tuple(parties), tuple(row["respondent"] for row in rows), np.zeros(asked, dtype=int),
        np.tile([parties.index(a) for _, a, _ in pairs], len(rows)),
        np.tile([parties.index(b) for _, _, b in pairs], len(rows)),
        np.array([float(row[name] == "1") for row in rows for name, *_ in pairs]), np.ones(asked),
        np.repeat(np.arange(len(rows)), len(pairs)), np.full(asked, UNKNOWN),
    )  # fmt: skip
    (found,) = complete_blocks(votes)
    with (_PARTIES / "expected_eba_circular.csv").open() as file:
        expected = list(csv.DictReader(file))
    assert circular_triads(found.wins).tolist() == [int(row["T"]) for row in expected]
    assert zeta(found.wins) == pytest.approx([float(row["zeta"]) for row in expected], abs=1e-9)
    assert zeta(found.wins).mean() == pytest.approx(0.96, abs=0.005)


@given(tournaments())
def test_the_formula_counts_the_triads_that_go_round(wins: BoolArray) -> None:
    round_about = sum(
        bool(wins[i, j] and wins[j, k] and wins[k, i]) or bool(wins[j, i] and wins[k, j] and wins[i, k])
        for i, j, k in combinations(range(len(wins)), 3)
    )
    assert circular_triads(wins) == round_about
    assert 0 <= zeta(wins) <= 1


@pytest.mark.parametrize(("conditions", "most"), [(3, 1), (4, 2), (5, 5), (6, 8), (7, 14), (8, 20), (11, 55)])
def test_the_most_triads_are_those_of_the_tables(conditions: int, most: int) -> None:
    assert most_triads(conditions) == most


@pytest.mark.parametrize("conditions", [3, 5, 7, 11])
def test_who_goes_round_in_one_great_circle_has_the_most_triads_and_zeta_0(conditions: int) -> None:
    ahead = (np.arange(conditions)[None] - np.arange(conditions)[:, None]) % conditions
    assert zeta((ahead > 0) & (ahead <= conditions // 2)) == 0


def test_a_ranking_has_none() -> None:
    assert zeta(np.triu(np.ones((2, 5, 5), dtype=bool), 1)).tolist() == [1, 1]
