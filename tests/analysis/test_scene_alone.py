"""A scene that takes no part in the task's scores still says what its votes say."""

import numpy as np
import pytest

from app.analysis.bradley_terry import fit
from app.analysis.scene_alone import scene_alone


def test_what_is_missing_changes_nothing_for_what_is_there() -> None:
    there = np.array([[0, 3, 1], [2, 0, 4], [1, 1, 0.0]])
    wins = np.zeros((5, 5))
    wins[np.ix_([0, 2, 4], [0, 2, 4])] = there
    found, alone = scene_alone(wins, 0.1), fit(there, "abc")
    assert found.known.tolist() == [True, False, True, False, True]
    assert found.component.tolist() == [1, 0, 1, 0, 1]
    np.testing.assert_allclose(found.strength[[0, 2, 4]], alone.strength, atol=1e-12)
    np.testing.assert_allclose(found.stderr[[0, 2, 4]], alone.stderr, atol=1e-12)


@pytest.mark.parametrize("prior", [0, 0.1])
def test_islands_have_scores_of_their_own_which_sum_to_zero(prior: float) -> None:
    wins = np.zeros((4, 4))
    wins[0, 1], wins[1, 0], wins[2, 3], wins[3, 2] = 3, 1, 1, 1
    found = scene_alone(wins, prior)
    assert sorted(found.component.tolist()) == [1, 1, 2, 2]
    assert found.strength[:2].sum() == pytest.approx(0, abs=1e-9)
    assert found.strength[0] > 0.1
    assert found.strength[2:] == pytest.approx([0, 0], abs=1e-9)


def test_without_a_prior_who_never_lost_stands_alone_and_above() -> None:
    wins = np.array([[0, 2, 2], [0, 0, 1], [0, 1, 0.0]])
    found = scene_alone(wins, 0)
    assert found.component.tolist() == [1, 2, 2]
    assert found.known.tolist() == [False, True, True]
    assert found.strength.tolist() == pytest.approx([0, 0, 0], abs=1e-9)


def test_components_of_a_published_tournament_have_their_published_scores() -> None:
    """Eight players, draws half a win each: README of BradleyTerryScalable (its EM stops early: 3e-3)."""
    names = ["Amy", "Ben", "Cyd", "Dan", "Eve", "Fin", "Gal", "Han"]
    games = (
        "Cyd>Amy Amy=Ben Eve>Ben Dan>Cyd Ben=Dan Eve>Dan Eve>Fin Gal>Fin Han>Fin Eve>Gal Fin=Gal Han>Gal Gal>Han "
        "Amy>Dan Cyd>Amy Ben=Dan Amy>Dan"
    )
    wins = np.zeros((8, 8))
    for game in games.split():
        first, second = names.index(game[:3]), names.index(game[4:])
        wins[first, second] += 1 if game[3] == ">" else 0.5
        wins[second, first] += 0 if game[3] == ">" else 0.5
    found = scene_alone(wins, 0)
    published = {
        "Han": (0.696, 0.911), "Gal": (0.413, 0.768), "Fin": (-1.11, 1.05), "Cyd": (0.592, 0.991),
        "Amy": (0.0325, 0.699), "Ben": (-0.243, 0.944), "Dan": (-0.382, 0.712),
    }  # fmt: skip
    for name, (score, stderr) in published.items():
        assert found.strength[names.index(name)] == pytest.approx(score, abs=3e-3)
        assert found.stderr[names.index(name)] == pytest.approx(stderr, abs=3e-3)
    assert not found.known[names.index("Eve")]
    assert found.component[names.index("Eve")] == 1
