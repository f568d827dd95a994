"""Asks axe-core about a page; the browser itself hands its script over, so that the policy of the page stays."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SOURCE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async only => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]})
  return found.violations.flatMap(one => one.nodes.map(node => [one.id, node.target.join(" "), node.failureSummary]))
}"""


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds wrong, one line for each element: by all its rules, or by these alone."""
    page.evaluate(f"() => {{ {SOURCE} }}")
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _TAGS}
    found: list[Any] = page.evaluate(_RUN, only)
    return [" | ".join(" ".join(str(part).split()) for part in one) for one in found]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
