"""Simulated subjects decide as they were planted to."""

from random import Random

import pytest

from app.simulation.observer import BradleyTerryObserver, RandomClicker, Sight, fingerprint

SIGHT = Sight(left=b"left", right=b"right", reference=b"reference")


def _left_rate(observer: BradleyTerryObserver | RandomClicker, trials: int = 4000) -> float:
    return sum(observer.choose(SIGHT) == "left" for _ in range(trials)) / trials


def test_a_bradley_terry_observer_prefers_the_stronger_picture_as_often_as_planted() -> None:
    strength = {fingerprint(b"left"): 1.0, fingerprint(b"right"): 0.0}
    observer = BradleyTerryObserver(strength, Random(1), lapse=0.0)
    assert _left_rate(observer) == pytest.approx(0.731, abs=0.02)  # σ(1)


def test_lapses_pull_towards_chance() -> None:
    strength = {fingerprint(b"left"): 20.0, fingerprint(b"right"): 0.0}
    assert _left_rate(BradleyTerryObserver(strength, Random(1), lapse=0.2)) == pytest.approx(0.9, abs=0.02)


def test_a_random_clicker_does_not_look() -> None:
    assert _left_rate(RandomClicker(Random(1))) == pytest.approx(0.5, abs=0.03)


def test_an_observer_does_not_guess_about_a_picture_it_does_not_know() -> None:
    with pytest.raises(KeyError):
        BradleyTerryObserver({}, Random(1), lapse=0.0).choose(SIGHT)
