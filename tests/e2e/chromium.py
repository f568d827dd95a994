"""The browser of these tests: ``python -m tests.e2e.chromium`` says whether it is there and starts."""

import shutil
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def start(playwright: Playwright, *more: str) -> Browser:
    """Chromium: the machine's own where there is one, else Playwright's."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return playwright.chromium.launch(executable_path=found, args=[*_ARGUMENTS, *more])


def main() -> None:
    """Nothing, where Chromium starts; otherwise one sentence that says how to get it, and exit code 1."""
    try:
        with sync_playwright() as playwright:
            start(playwright).close()
    except Error as error:
        reason = error.message.strip().splitlines()[0]
        sys.exit(f"The browser tests need Chromium, and it does not start ({reason}). On Debian: apt install chromium")


if __name__ == "__main__":
    main()
