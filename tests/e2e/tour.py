"""The pictures of docs/tour.md and README.md: ``python -m tests.e2e.tour`` takes them anew, of a laboratory."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.sessions import links
from app.web import login
from tests.e2e import laboratory
from tests.e2e.chromium import start
from tests.e2e.house import ROOT, House
from tests.e2e.lab_jobs import SET
from tests.e2e.laboratory import Laboratory

NAME = "grace"
WIDTH, HIGHEST = 1280, 1400  # CSS pixels; what is below is cut off
COLOURS = 256
DESK = {  # the file, and what it shows
    "studies": "/admin/studies",
    "new-study": "/admin/studies/new",
    "set-up-pictures": "/admin/studies/{draft}/stimuli",
    "set-up-protocol": "/admin/studies/{draft}/set-up/protocol",
    "set-up-checks": "/admin/studies/{draft}/set-up/checks",
    "set-up-words": "/admin/studies/{draft}/set-up/words",
    "set-up-recruiting": "/admin/studies/{draft}/set-up/recruiting",
    "set-up-plan": "/admin/studies/{draft}/set-up/plan",
    "set-up-open": "/admin/studies/{draft}/set-up/open",
    "catch-pairs": "/admin/studies/{draft}/catch",
    "preview": "/admin/studies/{draft}/preview/consent?language=en",
    "protocol": "/admin/studies/{study}/protocol",
    "links": "/admin/studies/{study}/links",
    "monitor": "/admin/studies/{study}/monitor",
    "session": "/admin/studies/{study}/sessions/5",  # an excluded one
    "study-people": "/admin/studies/{study}/people",
    "study-log": "/admin/studies/{study}/log",
    "export": "/admin/studies/{study}/export",
    "results-hidden": "/admin/studies/{study}/results/hidden",  # until the next one is asked for
    "results": "/admin/studies/{study}/results",
    "results-scenes": "/admin/studies/{study}/results/scenes",
    "results-certainty": "/admin/studies/{study}/results/certainty",
    "results-agreement": "/admin/studies/{study}/results/agreement",
    "results-subjects": "/admin/studies/{study}/results/subjects",
    "results-planning": "/admin/studies/{study}/results/planning",
    "results-methods": "/admin/studies/{study}/results/methods",
    "photographs": "/admin/photographs",
    "photograph-set": f"/admin/photographs/{SET}",
    "trainings": "/admin/trainings",
    "launch": "/admin/trainings/new",
    "jobs": "/admin/jobs",
    "job": "/admin/trainings/{running}",
    "matrix": "/admin/matrices/{scored}",
    "matrix-jobs": "/admin/matrices/{running}/jobs",
    "recoveries": "/admin/recoveries",
    "recovery-form": "/admin/recoveries/new",
    "recovery": "/admin/trainings/{recovery}",
    "people": "/admin/accounts",
    "log": "/admin/log",
    "system": "/admin/system",
    "account": "/admin/account",
    "tokens": "/admin/account/tokens",
}
SHOW = "Show, and log that I looked"  # before the results of a study that runs
SUBJECTS = ("subject-landing", "subject-consent", "subject-instructions", "subject-trial")


def picture(page: Page, *, exact: bool) -> bytes:
    """The page as a PNG file, a small one unless its colours matter."""
    page.evaluate("scrollTo(0, 0)")
    high = min(HIGHEST, int(page.evaluate("document.documentElement.scrollHeight")))
    wide = int(page.evaluate("innerWidth"))
    shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": wide, "height": high})
    whole, kept = Image.open(io.BytesIO(shot)).convert("RGB"), io.BytesIO()
    (whole if exact else with_few_colours(whole)).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def with_few_colours(whole: Image.Image) -> Image.Image:
    """The picture in 256 colours: those that it has most of as they are, rare ones, and ones for photographs."""
    pixels = np.asarray(whole, np.int32)
    codes, which, counts = np.unique(pixels @ (1 << 16, 1 << 8, 1), return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    common = colours[np.argsort(-counts)[: COLOURS // 4]]
    rest = (COLOURS - len(common)) // 2
    rare = whole.quantize(rest, Image.Quantize.MAXCOVERAGE).getpalette() or []
    dense = whole.quantize(rest, Image.Quantize.MEDIANCUT).getpalette() or []
    palette = np.concatenate([common, np.reshape(rare + dense, (-1, 3))])[:COLOURS]
    nearest = [((palette - colour) ** 2).sum(axis=1).argmin() for colour in colours]
    kept = Image.fromarray(np.array(nearest, np.uint8)[which].reshape(pixels.shape[:2]), "P")
    kept.putpalette(palette.astype(np.uint8).tobytes())
    return kept


def take(folder: Path, images: Path) -> None:
    """Every picture of the tour is in the folder, and those that README.md shows besides are among the images."""
    with tempfile.TemporaryDirectory() as aside, sync_playwright() as playwright:
        house = House(Path(aside), f"sqlite:///{aside}/data/beholder.sqlite3")
        house.open()
        place = laboratory.furnish(house, NAME)
        browser = start(playwright)
        keep = _keeper(folder)
        _desk(browser, house, place, keep)
        _subject(browser, house, place, keep)
        browser.close()
        house.close()
    for name, other in (("subject-trial", "trial"), ("results", "results"), ("results-scenes", "results-scenes")):
        (images / f"{other}.png").write_bytes((folder / f"{name}.png").read_bytes())


def numbers(place: Laboratory) -> dict[str, int]:
    """What fills the gaps of the addresses."""
    return {name: value for name, value in asdict(place).items() if isinstance(value, int)} | place.states


def _keeper(folder: Path) -> Callable[[Page, str], None]:
    folder.mkdir(exist_ok=True)

    def keep(page: Page, name: str) -> None:
        (folder / f"{name}.png").write_bytes(picture(page, exact=name == SUBJECTS[-1]))

    return keep


def _desk(browser: Browser, house: House, place: Laboratory, keep: Callable[[Page, str], None]) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": 800})
    page.goto(f"{house.address}/login/once/{login.one_time_link(house.database, NAME)}")
    page.locator("main button").click()
    page.wait_for_url("**/admin/studies")
    for name, path in DESK.items():
        page.goto(house.address + path.format(**numbers(place)))
        if name == "results":
            page.get_by_role("button", name=SHOW).click()
        if name == "launch":
            page.get_by_role("button", name="Check", exact=True).click()
        page.wait_for_load_state("networkidle")
        keep(page, name)
    page.close()


def _subject(browser: Browser, house: House, place: Laboratory, keep: Callable[[Page, str], None]) -> None:
    """A subject comes by the pilot link, and goes as far as the first pair."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 720})
    page.goto(
        f"{house.address}/join/{links.pilot_token(house.database, house.settings.secret(), place.states['pilot'])}"
    )
    for name in SUBJECTS:
        page.wait_for_load_state("networkidle")
        keep(page, name)
        if name == SUBJECTS[-1]:
            break
        if page.locator("[name=agreed]").count():
            page.locator("[name=agreed]").check()
        page.locator("main button.primary").click()
    page.close()


if __name__ == "__main__":
    take(ROOT / "docs" / "tour", ROOT / "docs" / "images")
