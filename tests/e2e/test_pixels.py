"""What stands on the screen are the pixels of the files."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.e2e.sitter import PANES, Sitter

pytestmark = pytest.mark.one_database  # what a browser draws

GREY = 0x77


STATE = """() => Object.fromEntries(["left", "reference", "right"].map((name) => {
  const { width, height } = document.getElementById(`pane-${name}`)
  return [name, [height, width]]
}))"""

# Device-pixel ratios, each in a window of another odd size, as zooming a browser leaves them: CSS pixels.
RATIOS = {
    1: (1301, 805), 1.1: (1163, 727), 1.25: (1229, 691), 1.333: (1081, 701), 1.5: (1283, 719), 1.75: (1097, 617),
    2: (1151, 703), 2.625: (917, 601),
}  # fmt: skip


def files(folder: Path) -> list[np.ndarray]:
    return [np.asarray(Image.open(path)) for path in folder.rglob("*.png")]


def nearest(number: float) -> int:
    return math.floor(number + 0.5)  # as JavaScript rounds


class Expected:
    """What three panes of these sizes must hold, to the last pixel."""

    def __init__(self, sizes: dict[str, list[int]]) -> None:
        self.sizes = sizes
        self.port = tuple(min(size[axis] for size in sizes.values()) for axis in (0, 1))

    def pane(self, name: str, picture: np.ndarray, scale: int, right: int = 0) -> np.ndarray:
        """Grey, and upon it the picture's middle in the middle, ``right`` device pixels further to its right."""
        big = picture.repeat(scale, axis=0).repeat(scale, axis=1)
        full = np.full((*self.sizes[name], 3), GREY, np.uint8)
        top = nearest(self.port[0] / 2 - big.shape[0] / 2)
        left = nearest(self.port[1] / 2 - big.shape[1] / 2) - right
        seen = big[max(0, -top) : self.port[0] - top, max(0, -left) : self.port[1] - left]
        full[max(0, top) :, max(0, left) :][: seen.shape[0], : seen.shape[1]] = seen
        return full


def matching(sitter: Sitter, pictures: list[np.ndarray], scale: int, right: int = 0) -> dict[str, list[int]]:
    """By pane, which of the pictures it holds, byte for byte."""
    expected = Expected(sitter.page.evaluate(STATE))
    return {
        name: [
            number
            for number, picture in enumerate(pictures)
            if np.array_equal(pane, expected.pane(name, picture, scale, right))
        ]
        for name, pane in sitter.panes().items()
    }


@dataclass(frozen=True)
class Begun:
    """A session whose first pair waits, and the cookies of the browser that began it."""

    address: str
    cookies: dict[str, Any]


@pytest.fixture(scope="module")
def begun(house: House, browser: Browser) -> Begun:
    context = browser.new_context(viewport={"width": 1500, "height": 800})
    address = Sitter(context.new_page()).begin(house.study(practice_trials=0, block_size=8))
    cookies = context.storage_state()
    context.close()
    return Begun(address, cookies)


@contextmanager
def screen(launch: Callable[..., Browser], begun: Begun, watch: Watch, ratio: float) -> Iterator[Page]:
    """A page of the begun session on a screen of this ratio; emulated ratios do not change what a canvas is told."""
    width, height = RATIOS[ratio]
    browser = launch(f"--force-device-scale-factor={ratio}", f"--window-size={width},{height}")
    try:
        context = browser.new_context(no_viewport=True, storage_state=begun.cookies)
        context.set_default_timeout(20_000)
        watch.over(context)
        yield context.new_page()
    finally:
        browser.close()


@pytest.mark.parametrize("ratio", RATIOS)
def test_one_picture_pixel_is_one_device_pixel(
    house: House, launch: Callable[..., Browser], begun: Begun, watch: Watch, ratio: float
) -> None:
    pictures = files(house.pictures)
    with screen(launch, begun, watch, ratio) as page:
        page.goto(begun.address)
        sitter = Sitter(page)
        sitter.ready(1)
        assert page.evaluate("devicePixelRatio") == pytest.approx(ratio, abs=0.001)
        found = matching(sitter, pictures, 1)
        assert [len(which) for which in found.values()] == [1, 1, 1]
        assert page.inner_text("#hint") == ""
        for _ in range(3):
            page.keyboard.press("+")
        sitter.says("#zoom", "8 : 1")
        assert matching(sitter, pictures, 8) == found  # larger than the panes, and cut off by their edges
        page.keyboard.press("Shift+ArrowRight")
        sitter.page.wait_for_timeout(50)
        assert matching(sitter, pictures, 8, right=48) == found


@pytest.mark.parametrize(("ratio", "exact"), [(2, True), (1.25, False)])
def test_a_browser_that_does_not_tell_device_pixels_is_exact_or_says_that_it_is_not(
    house: House, launch: Callable[..., Browser], begun: Begun, watch: Watch, ratio: float, exact: bool
) -> None:
    with screen(launch, begun, watch, ratio) as page:
        page.add_init_script("delete ResizeObserverEntry.prototype.devicePixelContentBoxSize")
        page.goto(begun.address)
        sitter = Sitter(page)
        sitter.ready(1)
        if exact:
            assert all(len(which) == 1 for which in matching(sitter, files(house.pictures), 1).values())
        assert ("Not pixel by pixel" in page.inner_text("#hint")) is not exact
        assert exact or "125" in page.inner_text("#hint")


def test_every_answer_says_how_its_pair_was_shown(house: House, sitter: Sitter) -> None:
    sitter.begin(house.study(practice_trials=0, block_size=8))
    sizes = sitter.page.evaluate(STATE)
    with sitter.page.expect_request(lambda request: request.method == "PUT") as sent:
        sitter.answer("left")
    told = sent.value.post_data_json["screen"]
    assert told["pixel_ratio"] == 1
    assert told["exact"] is True
    assert [told["pane_height"], told["pane_width"]] == [min(sides) for sides in zip(*sizes.values(), strict=True)]
    sitter.ready(2)
    sitter.saved()  # and the server took it


def test_after_any_zooming_and_moving_all_panes_show_the_same_part(house: House, sitter: Sitter) -> None:
    sitter.page.set_viewport_size({"width": 660, "height": 560})  # smaller than the pictures from 2 : 1 on
    sitter.begin(house.study(practice_trials=0, block_size=8))
    page, rng, seen = sitter.page, Random(3), set[bytes]()
    boxes = [page.locator(f"#pane-{name}").bounding_box() for name in PANES]
    for _ in range(25):
        box = rng.choice(boxes)
        page.mouse.move(box["x"] + rng.random() * box["width"], box["y"] + rng.random() * box["height"])
        match rng.randrange(6):
            case 0 | 1:
                page.mouse.wheel(0, rng.choice((-120, -120, 120)))
            case 2:
                page.mouse.down()
                page.mouse.move(rng.random() * 660, 100 + rng.random() * 300)
                page.mouse.up()
            case 3:
                page.keyboard.press(f"Shift+Arrow{rng.choice(('Left', 'Right', 'Up', 'Down'))}")
            case 4:
                page.keyboard.press(rng.choice("++-01"))
            case 5:
                page.mouse.dblclick(box["x"] + rng.random() * 200, box["y"] + rng.random() * 200)
        left, reference, right = (pane[..., 0] for pane in sitter.panes().values())
        assert (left == reference).all()
        assert (right == reference).all()
        seen.add(reference.tobytes())
    assert len(seen) > 8  # it did move
