"""Somebody who sits in front of a page and uses nothing but its keyboard."""

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

READY = "[data-side=left][aria-disabled=false]"
_PATIENCE = 20_000  # ms
_KEYS = {
    "consent": ("Tab", "Space", "Tab", "Enter"),
    "instructions": ("Tab", "Enter"),
    "display": ("Tab", "Enter"),
}  # these begin at their text
PANES = ("left", "reference", "right")


class Sitter:
    """What a subject does, and what they see."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def begin(self, link: str) -> str:
        """The session's address, when the first trial can be judged."""
        self.page.goto(link)
        self.onwards("landing", "consent", "instructions")
        self.ready()
        return self.page.url

    def onwards(self, *stages: str) -> None:
        """Presses the button that leads on from each of these pages, where the keyboard begins."""
        for stage in stages:
            self.page.wait_for_selector(
                f"main[data-stage={stage}] [data-start]:focus, main[data-stage={stage}] #onwards:focus"
            )
            for key in _KEYS.get(stage, ("Enter",)):
                self.page.keyboard.press(key)

    def arrive(self, stage: str) -> None:
        """Waits for the page of this stage."""
        self.page.wait_for_selector(f"main[data-stage={stage}]")

    def ready(self, number: int | None = None) -> None:
        """Waits until a pair can be judged: the one of that number, where one is given."""
        if number is not None:
            expect(self.page.locator("#count")).to_have_text(re.compile(rf"^{number} /"), timeout=_PATIENCE)
        self.page.wait_for_selector(READY)

    def answer(self, *sides: str) -> None:
        """Chooses these sides, each when its pair is there."""
        for side in sides:
            self.ready()
            self.page.keyboard.press(f"Arrow{side.capitalize()}")

    def saved(self) -> None:
        """Waits until the page says that everything is saved."""
        expect(self.page.locator("#saved")).to_have_text("saved ✓", timeout=_PATIENCE)

    def says(self, selector: str, words: str) -> None:
        """Waits until the element is there to be seen and says these words, among others."""
        expect(self.page.locator(selector)).to_be_visible(timeout=_PATIENCE)
        expect(self.page.locator(selector)).to_contain_text(words, timeout=_PATIENCE)

    def screen(self) -> np.ndarray:
        """The window's device pixels."""
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))

    def panes(self) -> dict[str, np.ndarray]:
        """The device pixels of each pane."""
        shot = self.screen()
        return {name: shot[self._box(name)] for name in PANES}

    def _box(self, name: str) -> tuple[slice, slice]:
        left, top, width, height = self.page.evaluate(
            """name => {
              const canvas = document.querySelector(`#pane-${name}`), box = canvas.getBoundingClientRect()
              const ratio = devicePixelRatio
              return [Math.round(box.left * ratio), Math.round(box.top * ratio), canvas.width, canvas.height]
            }""",
            name,
        )
        return slice(top, top + height), slice(left, left + width)
