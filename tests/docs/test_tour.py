"""docs/tour.md shows the pictures that its script takes, all of them and no others."""

import re

from tests.docs.pages import ROOT
from tests.e2e import tour

MOST = 6_000_000  # bytes of all pictures of the documentation


def test_the_tour_shows_every_picture_that_is_taken_for_it() -> None:
    shown = re.findall(r"\]\(tour/([\w-]+)\.png\)", (ROOT / "docs" / "tour.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted([*tour.DESK, *tour.SUBJECTS])
    assert sorted(path.stem for path in (ROOT / "docs" / "tour").iterdir()) == sorted(shown)


def test_the_pictures_of_the_documentation_stay_small() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "docs").rglob("*.png")) <= MOST
