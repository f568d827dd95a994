"""Wilcoxon's test against R, scipy and the enumeration of all signs."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import rankdata, wilcoxon

from app.analysis.signed_rank import signed_rank

# Hollander & Wolfe 1973, p. 29 f.: depression before and after therapy; R's wilcox.test(paired = TRUE) gives
# V = 40, p-value = 0.03906.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def test_it_gives_the_p_value_of_r() -> None:
    assert signed_rank((BEFORE - AFTER)[:, None])[0] == pytest.approx(0.03906, abs=5e-6)


def test_it_is_scipys_exact_test_where_nothing_is_tied() -> None:
    gaps = np.random.default_rng(1).normal(0.2, 1, (20, 30))
    np.testing.assert_allclose(signed_rank(gaps), wilcoxon(gaps, axis=0, method="exact").pvalue)


def test_ties_and_zeros_have_the_distribution_of_all_their_signs() -> None:
    gaps = np.array([0.0, 1.0, 1.0, -1.0, 2.0, 2.0, 3.0, 0.0])
    nonzero = gaps[gaps != 0]
    ranks = rankdata(np.abs(nonzero))
    sums = np.array([(ranks * (np.array(signs) > 0)).sum() for signs in product((-1, 1), repeat=len(nonzero))])
    larger = max(ranks[nonzero > 0].sum(), ranks[nonzero < 0].sum())
    assert signed_rank(gaps[:, None])[0] == pytest.approx(2 * (sums >= larger).mean())


def test_signs_do_not_matter_and_zeros_alone_say_nothing() -> None:
    gaps = np.random.default_rng(2).integers(-3, 4, (12, 40)).astype(float)
    np.testing.assert_allclose(signed_rank(gaps), signed_rank(-gaps))
    assert signed_rank(np.zeros((9, 2))).tolist() == [1, 1]


def test_with_many_scenes_the_normal_approximation_takes_over_smoothly() -> None:
    gaps = np.random.default_rng(3).normal(0.25, 1, (51, 20))
    np.testing.assert_allclose(signed_rank(gaps), wilcoxon(gaps, axis=0, method="exact").pvalue, atol=0.01)
