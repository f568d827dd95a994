"""Reads a page as its subject does: which form moves the session on, and what it would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """A form that posts, with the values it holds before anybody types."""

    action: str
    step: str  # the form's data-step: which move of the session it makes
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.stage = ""
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.stage = given.get("data-stage", self.stage)
        if tag == "form" and given.get("method", "get").lower() == "post":
            self._form = Form(given.get("action", ""), given.get("data-step", ""))
            self.forms.append(self._form)
        if self._form is not None and given.get("name") and (tag == "input" or (tag == "button" and "value" in given)):
            self._form.fields[given["name"]] = given.get("value") or _filled_in(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def _filled_in(given: dict[str, str]) -> str:
    """What a subject enters who agrees to everything: a tick, a number that fits, a word."""
    if given.get("type") == "text":
        return given.get("data-least") or given.get("data-most") or ("1" if "inputmode" in given else "simulated")
    return "" if given.get("type") == "hidden" else "on"


def read_page(html: str) -> tuple[str, list[Form]]:
    """The page's stage (its ``data-stage``) and its posting forms, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.stage, reader.forms
