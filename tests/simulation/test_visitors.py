"""``beholder simulate``: simulated subjects over real HTTP, behind a pilot link and nowhere else where votes count."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from app.cli import program
from app.results.report import report
from app.sessions import checks, links
from app.settings import Settings
from app.simulation.observer import PixelPeeper, Sight
from app.simulation.subject import LinkForPeople
from app.simulation.visitors import NotALink, ServerAway, visit
from tests.e2e.house import House
from tests.web import small_study


@pytest.fixture
def house(tmp_path: Path, settings: Settings) -> Iterator[House]:
    house = House(tmp_path / "house", settings.database_url)
    house.open()
    yield house
    house.close()


def nobody(number: int, answers: int) -> None:
    """Hears it and says nothing."""


def test_a_study_is_tried_by_its_pilot_link_and_nothing_counts(house: House) -> None:
    number = small_study.create(house.database, house.media, house.pictures)
    pilot = f"{house.address}/join/{links.pilot_token(house.database, house.settings.secret(), number)}"
    said = CliRunner().invoke(program(), ["simulate", pilot, "--subjects", "2", "--seed", "5"])
    assert said.output == "simulated subject 1: 10 answers\nsimulated subject 2: 10 answers\n"
    sessions = checks.session_summaries(house.database, number)
    assert [(s.pilot, s.simulated, s.answered, s.completed_at is not None) for s in sessions] == [
        (True, True, 8, True)
    ] * 2
    assert [(task.votes, task.rows) for task in report(house.database, number).tasks] == [(0, ())]
    public = f"{house.address}/join/{links.public_token(house.database, house.settings.secret(), number)}"
    with pytest.raises(LinkForPeople):
        visit(public, subjects=1, seed=0, seated=nobody)
    assert len(checks.session_summaries(house.database, number)) == 2


@pytest.mark.parametrize("link", ["", "join/1.abc", "ftp://lab/join/1", "http://lab/admin", "/join/1.abc"])
def test_what_is_no_link_is_told_before_anybody_is_asked(link: str) -> None:
    with pytest.raises(NotALink):
        visit(link, subjects=1, seed=0, seated=nobody)


def test_a_server_that_is_away_is_a_sentence() -> None:
    with pytest.raises(ServerAway, match="does not answer"):
        visit("http://127.0.0.1:9/join/1.abc", subjects=1, seed=0, seated=nobody)


def test_a_peeper_prefers_what_is_closer_to_the_reference() -> None:
    reference = np.random.default_rng(1).integers(60, 190, (16, 16, 3))
    near, far, same = (_png(reference + shift) for shift in (2, 20, 0))
    choices = [PixelPeeper(Random(n), lapse=0).choose(Sight(far, near, same)) for n in range(40)]
    assert choices == ["right"] * 40
    even = [PixelPeeper(Random(n)).choose(Sight(near, near, same)) for n in range(40)]
    assert 8 < even.count("left") < 32


def _png(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()
