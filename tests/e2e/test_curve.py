"""The loss curve on a job's page: read, zoomed, kept up to date; without scripts the server's drawing."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.db.models import JobPoint
from app.web import login
from tests.e2e.conftest import Watch
from tests.e2e.house import House
from tests.web import trained

pytestmark = pytest.mark.one_database  # what a script draws

READING, PLACE = ".chart-reading:not([aria-live])", ".chart-place .u-over"


@dataclass
class Training:
    """A job that runs, and its page."""

    house: House
    number: int

    def enter(self, page: Page) -> None:
        page.goto(f"{self.house.address}/login/once/{login.one_time_link(self.house.database, 'ada')}")
        page.get_by_role("button").first.click()
        page.wait_for_url("**/admin/studies")
        page.goto(f"{self.house.address}/admin/trainings/{self.number}")

    def report(self, step: int, loss: float) -> None:
        with self.house.database.write() as db:
            db.add(JobPoint(job_id=self.number, step=step, loss=loss))


@pytest.fixture(scope="module")
def house(own_house: House) -> House:
    return own_house


@pytest.fixture(scope="module")
def training(house: House) -> Training:
    house.operator("ada")
    matrix = trained.launched(house.database, house.media)
    trained.moved(house.database, matrix)
    return Training(house, matrix.trainings["denoise", "ms_ssim"])


def ink(page: Page) -> int:
    """How many pixels of the chart are drawn on."""
    return page.evaluate(
        "() => { const canvas = document.querySelector('.uplot canvas');"
        " const drawn = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
        " return drawn.filter((value, at) => at % 4 === 3 && value).length }"
    )


def test_the_curve_is_read_point_by_point(training: Training, page: Page) -> None:
    training.enter(page)
    expect(page.locator(READING)).to_have_text("step 130 · loss 0.007634")  # nobody points at anything: the last one
    expect(page.locator("figure.plot img")).to_be_hidden()
    over = page.locator(PLACE)
    over.hover(position={"x": 1, "y": 40})
    expect(page.locator(READING)).to_have_text("step 0 · loss 1")
    page.locator(".chart-place").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(READING)).to_have_text("step 10 · loss 0.09091")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(READING)).to_have_text("step 0 · loss 1")


def test_keys_begin_at_the_last_report_and_know_both_ends(training: Training, page: Page) -> None:
    training.enter(page)
    expect(page.locator(READING)).to_contain_text("step ")
    steps = page.locator("[data-points]").evaluate("one => JSON.parse(one.dataset.points).map(([step]) => step)")
    assert len(steps) < page.locator("[data-points]").evaluate("one => Number(one.dataset.steps)")  # the axis goes on
    page.locator(".chart-place").focus()
    for key, step in (("ArrowLeft", -2), ("End", -1), ("Home", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("End", -1)):
        page.keyboard.press(key)
        expect(page.locator(READING)).to_contain_text(re.compile(rf"^step {steps[step]} "))


def test_keys_zoom_around_the_report_that_is_read(training: Training, page: Page) -> None:
    training.enter(page)
    whole = page.get_by_role("button", name="Whole curve")
    expect(whole).to_be_disabled()
    page.locator(".chart-place").focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("+")
    expect(whole).to_be_enabled()
    expect(page.locator(READING)).to_contain_text("step 0 ")
    page.keyboard.press("End")  # outside the part on screen, which goes there
    expect(page.locator(READING)).not_to_contain_text("step 0 ")
    expect(whole).to_be_enabled()
    for _ in range(3):
        page.keyboard.press("-")
    expect(whole).to_be_disabled()
    page.keyboard.press("=")
    expect(whole).to_be_enabled()
    page.keyboard.press("0")
    expect(whole).to_be_disabled()


def test_a_drag_zooms_and_a_button_shows_the_whole_again(training: Training, page: Page) -> None:
    training.enter(page)
    whole = page.get_by_role("button", name="Whole curve")
    expect(whole).to_be_disabled()
    box = page.locator(PLACE).bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(whole).to_be_enabled()
    page.locator(PLACE).hover(position={"x": box["width"] - 2, "y": 40})  # the right end is now an early step
    step = re.search(r"step (\d+)", page.locator(READING).inner_text())
    assert step
    assert int(step.group(1)) < 100
    page.get_by_label("logarithmic").uncheck()  # drawn anew, and still zoomed
    expect(whole).to_be_enabled()
    whole.click()
    expect(whole).to_be_disabled()


def test_the_scale_is_logarithmic_until_told_otherwise(training: Training, page: Page) -> None:
    training.enter(page)
    page.locator(".uplot canvas").wait_for()
    before = page.locator(".uplot canvas").screenshot()
    page.get_by_label("logarithmic").uncheck()
    assert page.locator(".uplot canvas").screenshot() != before
    page.get_by_label("logarithmic").check()
    assert page.locator(".uplot canvas").screenshot() == before


def test_new_points_arrive_without_the_chart_being_made_anew(training: Training, page: Page) -> None:
    training.enter(page)
    page.locator(".uplot").evaluate("chart => { chart.dataset.same = 'yes' }")
    training.report(140, 0.00625)
    expect(page.locator(READING)).to_have_text("step 140 · loss 0.00625", timeout=20_000)
    assert page.locator(".uplot").get_attribute("data-same") == "yes"
    assert page.locator(".uplot").count() == 1


def test_the_chart_takes_the_colours_of_the_scheme(training: Training, page: Page) -> None:
    training.enter(page)
    page.locator(".uplot canvas").wait_for()
    page.emulate_media(color_scheme="light")
    light = page.locator(".uplot canvas").screenshot()
    assert ink(page) > 500
    page.emulate_media(color_scheme="dark")
    assert page.locator(".uplot canvas").screenshot() != light


def test_without_scripts_the_server_s_drawing_stays(training: Training, browser: Browser, watch: Watch) -> None:
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    watch.over(context)
    page = context.new_page()
    training.enter(page)
    expect(page.locator("figure.plot img")).to_be_visible()
    expect(page.locator(".chart")).to_be_hidden()
    context.close()
