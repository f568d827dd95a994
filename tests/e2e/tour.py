"""The pictures of docs/tour.md: ``python -m tests.e2e.tour`` takes them anew, of an installation that it furnishes."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from app.web import login
from tests.e2e.chromium import start
from tests.e2e.house import ROOT, House
from tests.web import lived_in

NAME, WIDTH, HIGHEST, COLOURS = "grace", 1280, 1400, 48  # CSS pixels; what is below is cut off
TOUR = {  # the file, and the route that it shows
    "studies": "/admin/studies",
    "new-study": "/admin/studies/new",
    "stimuli": "/admin/studies/{study_id}/stimuli",
    "protocol": "/admin/studies/{study_id}/protocol",
    "links": "/admin/studies/{study_id}/links",
    "monitor": "/admin/studies/{study_id}/monitor",
    "results": "/admin/studies/{study_id}/results",
    "trainings": "/admin/trainings",
    "training": "/admin/trainings/{job_id}",
    "matrix": "/admin/matrices/{job_id}",
    "recoveries": "/admin/recoveries",
    "photographs": "/admin/photographs",
    "account": "/admin/account",
    "tokens": "/admin/account/tokens",
}


def picture(page: Page) -> bytes:
    """The page as a small PNG file: few colours are enough for text and lines."""
    high = min(HIGHEST, int(page.evaluate("document.documentElement.scrollHeight")))
    shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": high})
    kept = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def take(folder: Path) -> None:
    """Every picture of the tour is in the folder."""
    with tempfile.TemporaryDirectory() as aside, sync_playwright() as playwright:
        house = House(Path(aside), f"sqlite:///{aside}/data/beholder.sqlite3")
        house.open()
        house.operator(NAME)
        place = lived_in.furnish(house.settings, house.database, house.media, house.pictures, NAME)
        browser = start(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        page.goto(f"{house.address}/login/once/{login.one_time_link(house.database, NAME)}")
        page.locator("main button").click()
        page.wait_for_url("**/admin/studies")
        for name, path in TOUR.items():
            page.goto(house.address + place.address(path))
            page.wait_for_load_state("networkidle")
            (folder / f"{name}.png").write_bytes(picture(page))
        browser.close()
        house.close()


if __name__ == "__main__":
    take(ROOT / "docs" / "tour")
