"""votes.csv as a stream: the weights of the ranking, and the same memory however many votes there are."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from app.db import Database
from app.results.options import ReportOptions
from app.results.tally import tally
from app.results.vote_rows import vote_rows
from tests.results.big_study import add_votes
from tests.results.conftest import BuiltStudy
from tests.results.test_export import OPTIONS, _judged

_EXPORT = """
import resource, sys
from app.db import Database
from app.results.export import votes_csv
from app.results.vote_rows import vote_rows

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

database = Database(sys.argv[1])
next(vote_rows(database, int(sys.argv[2])))
before, rows = peak(), sum(1 for _ in votes_csv(vote_rows(database, int(sys.argv[2]))))
print(rows - 1, peak() - before)
"""


@pytest.mark.parametrize("options", OPTIONS)
def test_the_weights_are_those_of_the_tally(build: Callable[..., BuiltStudy], options: ReportOptions) -> None:
    study = _judged(build)
    wins, left_out = Counter[tuple[object, ...]](), Counter[tuple[object, ...]]()
    for task, scene, a, b, winner, _, _, weight, kind, why, *_ in vote_rows(study.database, study.id, options):
        if weight:
            wins[task, scene, a, b] += {"a": 1, "b": 0, "tie": 0.5}[str(winner)]  # type: ignore[assignment]
            wins[task, scene, b, a] += {"a": 0, "b": 1, "tie": 0.5}[str(winner)]  # type: ignore[assignment]
        elif kind == "test":
            left_out[task, why] += 1
    counted = tally(
        study.database, study.id, people=options.people, include_excluded=options.include_excluded
    )  # fmt: skip
    for one in counted:
        names = one.conditions
        assert one.wins.tolist() == [
            [[wins[one.task, scene, a, b] for b in names] for a in names] for scene in one.scenes
        ]
        assert one.left_out == {str(why): left_out[task, why] for task, why in left_out if task == one.task}
        assert one.votes > 5


@pytest.mark.parametrize(
    "votes", [pytest.param(20_000, marks=pytest.mark.quick_twin), pytest.param(1_000_000, marks=pytest.mark.slow)]
)
@pytest.mark.one_database
def test_a_study_of_any_size_streams_in_the_same_memory(
    build: Callable[..., BuiltStudy], database: Database, votes: int
) -> None:
    study = build(
        conditions=[f"c{number:02}" for number in range(11)], scenes=[f"s{number:02}" for number in range(20)]
    )
    add_votes(study, 50, votes)
    url = database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", _EXPORT, url, str(study.id)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows, grown = map(int, done.stdout.split())
    assert rows == votes
    assert grown < 24, f"{grown} MB more than for the first row"
