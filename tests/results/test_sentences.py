"""What a ranking shows, in words."""

from itertools import combinations

import numpy as np
import pytest

from app.analysis.groups import groups
from app.results.sentences import ranking_in_words, untested_in_words

MANY = ["dists", "lpips", "mae", "ms_ssim", "gmsd", "vif", "fsim", "nlpd", "vsi", "mad", "cw_ssim"]


def _said(names: list[str], same: str) -> str:
    """The sentence for names from best to worst, where the pairs in ``same`` cannot be told apart."""
    n = len(names)
    apart = ~np.eye(n, dtype=bool)
    for pair in same.split():
        i, j = (names.index(name) for name in pair.split("="))
        apart[i, j] = apart[j, i] = False
    return ranking_in_words(names, groups(-np.arange(n, dtype=float), apart), apart)


@pytest.mark.parametrize(
    ("names", "same", "expected"),
    [
        ("a b", "", "a beats b."),
        ("a b", "a=b", "a and b cannot be told apart."),
        ("a b c", "a=b a=c b=c", "No two of a, b and c can be told apart."),
        ("a b c", "a=b", "a and b cannot be told apart; both beat c."),
        ("a b c", "b=c", "a beats b and c, which cannot be told apart."),
        ("a b c", "", "a beats b, which beats c."),
        ("a b c d", "a=b c=d", "a and b cannot be told apart; both beat c and d, which cannot be told apart either."),
        ("a b c d", "a=b", "From best to worst: a and b (cannot be told apart), then c, then d."),
        (
            "a b c",
            "a=b b=c",
            "a scores highest; it cannot be told apart from b and beats c. The letters tell the rest.",
        ),
        ("a b c", "a=c", "a scores highest; it cannot be told apart from c and beats b. The letters tell the rest."),
        (
            "a b c d",
            "a=b a=c a=d b=c",
            "a scores highest but cannot be told apart from any other; the letters tell the rest.",
        ),
    ],
)
def test_a_ranking_is_told(names: str, same: str, expected: str) -> None:
    assert _said(names.split(), same) == expected


def test_many_conditions_are_counted_instead_of_named() -> None:
    assert _said(MANY, "dists=lpips") == "dists and lpips cannot be told apart; both beat the other nine."
    assert _said(MANY, " ".join(f"{i}={j}" for i, j in combinations(MANY[:3], 2))) == (
        "dists, lpips and mae cannot be told apart; all three beat the other eight."
    )


def test_too_few_scenes_give_the_order_alone() -> None:
    assert untested_in_words(["a", "b", "c"], 2) == (
        "a scores highest, before b and c; with only two scenes no test over scenes is possible."
    )
