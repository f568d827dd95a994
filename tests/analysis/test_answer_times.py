"""How long subjects take."""

import numpy as np

from app.analysis.answer_times import answer_times


def test_medians_and_fast_shares_are_each_subjects_own() -> None:
    rng = np.random.default_rng(1)
    subject = rng.integers(0, 5, 400)
    elapsed = rng.integers(300, 4000, 400)
    elapsed[subject == 3] = -1
    found = answer_times(elapsed, subject, 6)
    for who in (0, 1, 2, 4):
        mine = elapsed[subject == who]
        assert found.median[who] == np.median(mine)
        assert found.fast_share[who] == (mine < 500).mean()
    assert found.known.tolist() == [True, True, True, False, True, False]
    assert (found.median[[3, 5]] == 0).all()


def test_who_clicks_through_is_flagged_and_a_slip_is_not() -> None:
    elapsed = np.array([400] * 20 + [1500] * 80 + [400] * 5 + [1500] * 95)
    found = answer_times(elapsed, np.repeat([0, 1], 100), 2)
    assert found.flagged.tolist() == [True, False]


def test_no_times_at_all_are_nobodys() -> None:
    found = answer_times(np.array([], dtype=int), np.array([], dtype=int), 2)
    assert not found.known.any()
    assert not found.flagged.any()
