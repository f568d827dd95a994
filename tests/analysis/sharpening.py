"""A human study of image sharpening with answers that pwcmp gave for it; skipped where the files are not there.

Krasula et al. 2017; votes from Netflix's sureal, whose names were replaced; expected values by pwcmp under Octave.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from app.analysis.arrays import FloatArray
from app.analysis.vote_columns import UNKNOWN, VoteColumns

_FOLDER = Path(__file__).parents[3] / "shared" / "data" / "oracles" / "sharpening"
_EACH = 8  # items of a content


@dataclass(frozen=True)
class Sharpening:
    """The votes, scene by content, and what pwcmp says of each subject."""

    votes: VoteColumns
    subjects: tuple[str, ...]
    log10_likelihood: FloatArray
    distance: FloatArray


def load() -> Sharpening:
    """The study as it was published."""
    if not _FOLDER.exists():
        pytest.skip(f"the votes of the sharpening study are not at {_FOLDER}")
    expected = json.loads((_FOLDER / "expected_pwcmp_octave.json").read_text())
    with (_FOLDER / "votes.csv").open() as file:
        rows = list(csv.DictReader(file))
    subjects = tuple(expected["observers"])
    won, lost, scene = (np.array([int(row[name]) for row in rows]) for name in ("winner", "loser", "content"))
    votes = VoteColumns(
        tuple("01234"), tuple("abcdefgh"), subjects, scene, won % _EACH, lost % _EACH, np.ones(len(rows)),
        np.array([float(row["count"]) for row in rows]),
        np.array([subjects.index(row["observer"]) for row in rows]), np.full(len(rows), UNKNOWN),
    )  # fmt: skip
    told = (np.array(expected[name]) for name in ("outlier_log10_likelihood_per_trial", "outlier_dist_L"))
    return Sharpening(votes, subjects, *told)
