"""Launching and watching in a browser: objectives read while they are typed, samples seen closely, ranks, finds."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from app.db.models import JobSample, Picture
from app.jobs.contract import Verdict
from app.jobs.launch import Matrix
from app.jobs.recovery import Screening
from app.web import login
from tests.e2e.house import House
from tests.jobs.screenings import screened
from tests.web import scored_matrix, trained
from tests.web.test_recoveries import ended, found

pytestmark = pytest.mark.one_database  # what scripts and pages show


@dataclass
class Desk:
    """An installation with trainings, and somebody at its desk."""

    house: House
    matrix: Matrix

    def open(self, page: Page, path: str) -> None:
        page.goto(f"{self.house.address}/login/once/{login.one_time_link(self.house.database, 'ada')}")
        page.get_by_role("button").first.click()
        page.wait_for_url("**/admin/studies")
        page.goto(self.house.address + path)


@pytest.fixture(scope="module")
def house(own_house: House) -> House:
    return own_house


@pytest.fixture(scope="module")
def desk(house: House) -> Desk:
    house.operator("ada")
    matrix = trained.launched(house.database, house.media)
    trained.moved(house.database, matrix)
    return Desk(house, matrix)


def test_a_slip_in_an_objective_is_told_while_typing_and_mended_by_a_button(desk: Desk, page: Page) -> None:
    desk.open(page, "/admin/trainings/new")
    area, told = page.get_by_label("Objectives of your own"), page.locator("#own-readings")
    area.fill("mae + gmsd\nms_ssim")
    expect(told).to_contain_text("✓ gmsd + mae")
    expect(told).to_contain_text("would make Multi-scale structural similarity worse")
    expect(area).to_have_attribute("aria-invalid", "true")
    told.get_by_role("button", name="Write “1 - ms_ssim”").click()
    expect(area).to_have_value("mae + gmsd\n1 - ms_ssim")
    expect(told.locator(".stop")).to_have_count(0)
    expect(area).to_have_attribute("aria-invalid", "false")


def test_samples_are_looked_at_closely_under_one_view(desk: Desk, page: Page) -> None:
    number = desk.matrix.trainings["denoise", "ms_ssim"]
    pictures = [desk.house.media.put(trained.png_of(trained.noise(seed))) for seed in (70, 71, 72, 73)]
    with desk.house.database.write() as db:
        db.add_all(Picture(digest=digest, width=200, height=200, size=1) for digest in pictures)
        db.flush()
        for crop in (0, 1):
            db.add(
                JobSample(
                    job_id=number, step=60, number=crop, restored_digest=pictures[2 + crop],
                    degraded_digest=pictures[0], reference_digest=pictures[1],
                )
            )  # fmt: skip
    desk.open(page, f"/admin/trainings/{number}")
    reading = page.locator("#samples .chart-reading")
    expect(reading).to_have_text("Crop 1 after 60 steps · 1 : 1")
    page.get_by_role("button", name="Zoom in").click()
    expect(reading).to_have_text("Crop 1 after 60 steps · 2 : 1")
    page.get_by_role("link", name="Crop 2, restored").click()
    expect(reading).to_have_text("Crop 2 after 60 steps · 1 : 1")
    expect(page).to_have_url(re.compile(r"/admin/trainings/\d+$"))


def test_a_recovery_s_page_shows_verdict_sheet_and_curve(desk: Desk, page: Page) -> None:
    wish = Screening(trained.SET, "photo 1", ["gmsd"], ["noise"], side=64, steps=50)
    ((_, launched),) = screened(desk.house.database, wish).items()
    with desk.house.database.read() as db:
        sheet = db.query(Picture).first()
        assert sheet is not None
    ended(desk.house.database, launched.job_id, found(sheet.digest, Verdict.ARTEFACTS))
    desk.open(page, "/admin/recoveries")
    page.get_by_role("link", name="artefacts").click()
    section = page.locator("#found")
    expect(section).to_contain_text("do not reach 35 dB")
    expect(section.get_by_role("img", name=re.compile("Contact sheet"))).to_be_visible()
    curve = section.get_by_role("img", name=re.compile("PSNR over 50 steps"))
    curve.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=curve.element_handle())


def test_a_scored_matrix_shows_who_is_best_under_its_own_measure_and_a_score_its_values(desk: Desk, page: Page) -> None:
    matrix = scored_matrix.scored(desk.house.database, desk.house.media)
    desk.open(page, "/admin/trainings")
    page.get_by_role("link", name="Ranks and diagonal").first.click()
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="gmsd").first).to_contain_text("yes")
    for image in page.locator("main figure img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    number = matrix.scorings["denoise", "gmsd"]
    value = {"picture": "2" * 64, "reference": "0" * 64, "measure": "gmsd", "form": "rgb", "value": 0.21}
    ended(desk.house.database, number, {"kind": "score", "values": [value], "versions": {}})
    page.goto(f"{desk.house.address}/admin/trainings/{number}")
    expect(page.locator("#values")).to_contain_text("0.21")
