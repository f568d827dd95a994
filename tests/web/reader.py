"""A subject whose browser asks for Polish, a language that only the tests speak, and who reads each page as a whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi.testclient import TestClient
from httpx2 import Response

from app.simulation.forms import read_page
from tests.web import pseudo

QUESTION, CONSENT, HOW = "QUESTION of the study", "CONSENT of the study", "INSTRUCTIONS of the study"
# What is no text of ours: the study's own words, names, addresses, the universal time.
NAMES = ("A small study", "Beholder", "UTC", "English", "polski", "Prolific", "Amazon Mechanical Turk", "example.org")
DATA = (QUESTION, CONSENT, HOW, *NAMES)
Invite = Callable[..., tuple[int, str]]


@dataclass
class Reader:
    """Notes whatever is not in that language, and which stages it has seen."""

    client: TestClient
    seen: set[str] = field(default_factory=set)

    def read(self, reply: Response) -> Response:
        """The page, found to be in Polish as a whole."""
        data = (*DATA, *_codes(reply.text))
        assert pseudo.untranslated(pseudo.told(reply.text), data) == []
        assert '<html lang="pl" dir="ltr"' in reply.text
        self.seen.add(read_page(reply.text)[0])
        return reply

    def get(self, address: str) -> Response:
        """The page at an address."""
        return self.read(self.client.get(address))

    def post(self, address: str, **fields: object) -> Response:
        """The page that follows a form."""
        return self.read(self.client.post(address, data=fields))

    def press(self, page: Response) -> Response:
        """The page behind the first button of this one."""
        form = read_page(page.text)[1][0]
        return self.post(form.action, **form.fields)

    def begin(self, link: str) -> str:
        """The address of a session whose first trials wait."""
        page = self.press(self.press(self.get(link)))
        return self.press(page).url.path

    def answer(self, session: str, at_most: int = 100, side: str = "", elapsed_ms: int = 60_000) -> Response:
        """So many answers to what is open, or all, for the reference where no side is said; the page that follows."""
        for trial in self.client.get(f"{session}/trials").json()["trials"][:at_most]:
            chosen = side or self._closer(trial["pictures"])
            self.client.put(trial["vote"], json={"side": chosen, "elapsed_ms": elapsed_ms})
        return self.get(session)

    def _closer(self, pictures: dict[str, str]) -> str:
        """The side on which the reference itself is shown, if any."""
        left, reference = (self.client.get(pictures[pane]).content for pane in ("left", "reference"))
        return "left" if left == reference else "right"


def _codes(page: str) -> list[str]:
    """The completion code and the personal link on the page."""
    return [*re.findall(r'class="code"[^>]*>([^<]*)<', page), *re.findall(r'value="(http[^"]*)"', page)]
