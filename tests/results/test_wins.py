"""The win matrix: counts in the order of the ranking, and what they say in a sentence."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from app.results.export import table_csv
from app.results.options import ReportOptions
from app.results.palette import contrast, luminance, share_colours
from app.results.report import StudyReport
from app.results.sheet import INKS, Scheme
from app.results.task_report import task_report
from app.results.wins import WinMatrix, win_matrix
from tests.results.counts import tally_of

# In both scenes b beats a and c, and a beats c; the third scene lacks c, so that it takes no part.
WINS = np.array([
    [[0, 1, 4], [3, 0, 5], [0, 1, 0]],
    [[0, 2, 3.5], [2, 0, 4], [0.5, 0, 0]],
    [[0, 9, 0], [1, 0, 0], [0, 0, 0]],
])  # fmt: skip


def _report() -> StudyReport:
    tally = tally_of(WINS, ("beach", "harbour", "street"), ("a", "b", "c"), ties=1)
    return StudyReport((task_report(tally, ReportOptions()),), ReportOptions(), (tally,))


def test_wins_are_those_of_the_scenes_that_take_part_in_the_order_of_the_ranking() -> None:
    report = _report()
    matrix = win_matrix(report, report.tasks[0])
    assert matrix.conditions == ("b", "a", "c")
    assert matrix.wins.tolist() == [[0, 5, 9], [3, 0, 7.5], [1, 0.5, 0]]
    assert matrix.sentence == "b wins 78 % of its comparisons; the clearest pair is a over c, with 7.5 of 8 votes."


def test_the_table_has_both_sides_of_every_pair() -> None:
    report = _report()
    rows = [line.strip().split(",") for line in table_csv("wins", report)]
    assert rows[1] == ["denoise", "b", "a", "5", "8", "0.625", "2"]
    assert len(rows) == 1 + 3 * 2
    shares = {(row[1], row[2]): float(row[5]) for row in rows[1:]}
    assert all(shares[a, b] + shares[b, a] == pytest.approx(1) for a, b in shares)


def test_a_pair_without_votes_has_no_share() -> None:
    (one, _) = WinMatrix(("a", "b"), np.zeros((2, 2))).rows()
    assert (one.wins, one.votes, one.share) == (0, 0, None)


def test_a_task_that_is_not_ranked_has_no_rows() -> None:
    report = _report()
    assert len(list(table_csv("wins", replace(report, tasks=(replace(report.tasks[0], rows=()),))))) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shades_tell_more_from_less_in_grey_and_counts_on_them_can_be_read(scheme: Scheme) -> None:
    colours = [share_colours(share, scheme) for share in np.linspace(0, 1, 41)]
    bright = [luminance(to_rgb(fill)) for fill, _ in colours]
    assert bright == sorted(bright, reverse=scheme == "light")
    assert len(set(bright)) == len(bright)
    assert min(contrast(to_rgb(fill), to_rgb(ink)) for fill, ink in colours) >= 4.5
    assert contrast(to_rgb(INKS["light"].text), to_rgb("#ffffff")) > contrast(to_rgb("#777777"), to_rgb("#ffffff"))
