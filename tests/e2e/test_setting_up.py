"""A study set up in a browser as an experimenter does it: from New study through every step to an open link."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.web import login
from tests.e2e.axe import overflow
from tests.e2e.house import House
from tests.e2e.sitter import Sitter
from tests.studies import archives

pytestmark = pytest.mark.one_database  # what pages and scripts do


@pytest.fixture(scope="module")
def house(own_house: House) -> House:
    own_house.operator("ada")
    return own_house


@pytest.fixture(scope="module")
def zipped(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("brought") / "pictures.zip"
    path.write_bytes(archives.packed(house.pictures))
    return path


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def begin(house: House, page: Page, zipped: Path, title: str) -> None:
    """A new draft of that title has the pictures of the zip; its page of pictures is shown."""
    page.goto(f"{house.address}/login/once/{login.one_time_link(house.database, 'ada')}")
    page.get_by_role("button").first.click()
    page.wait_for_url("**/admin/studies")
    page.get_by_role("link", name="New study").first.click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("A zip that I upload on the next page").check()
    page.get_by_role("button", name="Make the draft").click()
    page.wait_for_url("**/stimuli#upload")
    page.get_by_label("Zip file").set_input_files(zipped)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("10 of 10 pictures are new")).to_be_visible()
    expect(page.locator("table.contact img")).to_have_count(10)


def onward(page: Page, step: str) -> None:
    """The step is saved, and the next one is shown."""
    page.get_by_role("button", name=f"Save and next: {step}").click()
    expect(page.locator("ol.steps [aria-current=step]")).to_contain_text(step)
    assert not overflow(page)


def progress(page: Page, step: str) -> str:
    """How far the step has come, as the strip says."""
    return page.locator("ol.steps li", has_text=step).locator(".state").inner_text().strip()


def test_a_study_is_set_up_step_by_step_tried_and_opened_and_its_link_leads_into_it(
    house: House, page: Page, zipped: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    begin(house, page, zipped, "Which loss restores best?")
    page.get_by_role("link", name="Next: Protocol").click()
    for name, value in (("Trials per session", 6), ("Block size", 3), ("Dummy trials", 0), ("Practice trials", 2)):
        page.get_by_label(name, exact=True).fill(str(value))
    onward(page, "Checks")
    assert progress(page, "Protocol") == "done"
    assert progress(page, "Checks") == "2 to weigh"
    expect(page.get_by_text("5 catch trials come from 2 scenes, so that a subject sees some twice.")).to_be_visible()
    page.get_by_label("Catch trials", exact=True).fill("2")
    page.get_by_label("Display gate").select_option("off")
    page.get_by_role("button", name="Save and choose catch pairs from pictures").click()
    page.wait_for_url("**/catch")
    pairs = page.locator("table.pairs input[type=checkbox]")
    expect(pairs).to_have_count(2)
    pairs.first.uncheck()
    page.get_by_role("button", name="Save the catch pairs").click()
    expect(page.get_by_text("The catch pairs are saved")).to_be_visible()
    expect(page.get_by_text("2 catch trials, of 1 pair; 1 failure allowed")).to_be_visible()
    page.get_by_role("button", name="Save and back to Checks").click()
    expect(page.get_by_text("2 catch trials come from 1 pair")).to_be_visible()
    onward(page, "Words")
    page.get_by_label("Question", exact=True).fill("Which one is nearer to the middle?")
    page.get_by_label("Questionnaire", exact=True).fill("glasses | Do you wear glasses? | yes / no")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview what is typed").click()
    opened.value.get_by_role("link", name="Questionnaire").or_(
        opened.value.get_by_role("button", name="Questionnaire")
    ).first.click()
    expect(opened.value.get_by_text("Do you wear glasses?")).to_be_visible()
    opened.value.close()
    onward(page, "Recruiting")
    page.get_by_label("Target sessions").fill("3")
    onward(page, "Analysis plan")
    page.get_by_label("Planned correction").select_option("holm")
    onward(page, "Check and open")
    with page.expect_popup() as opened:
        page.get_by_role("main").get_by_role("button", name="Try it as a subject").last.click()
    tried = Sitter(opened.value)
    tried.onwards("landing", "consent")
    tried.arrive("questionnaire")
    opened.value.close()
    page.get_by_role("button", name="Open and freeze").click()
    page.wait_for_url("**/links")
    link = page.get_by_label("Public link").input_value()
    subject = Sitter(page)
    page.goto(link)
    subject.onwards("landing", "consent")
    page.get_by_label("no", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    subject.onwards("instructions")
    subject.ready()
    expect(page.get_by_text("Which one is nearer to the middle?")).to_be_visible()
    subject.answer("left", "right")


def test_a_study_is_set_up_without_scripts_and_what_keeps_it_from_opening_is_found_from_the_last_step(
    house: House, scriptless: Page, zipped: Path
) -> None:
    begin(house, scriptless, zipped, "Without scripts")
    scriptless.get_by_role("link", name="Checks").click()
    scriptless.get_by_label("Catch trials", exact=True).fill("50")
    scriptless.locator("ol.steps button", has_text="Check and open").click()
    assert progress(scriptless, "Checks") == "1 to mend"
    expect(scriptless.get_by_role("button", name="Open and freeze")).to_be_disabled()
    scriptless.get_by_role("link", name="Go to “Catch trials”").first.click()
    scriptless.get_by_label("Catch trials", exact=True).fill("3")
    scriptless.locator("ol.steps button", has_text="Check and open").click()
    expect(scriptless.get_by_role("heading", name="What is to be mended or weighed")).to_be_visible()
    assert progress(scriptless, "Check and open") == "ready"
    scriptless.get_by_role("button", name="Open and freeze").click()
    scriptless.wait_for_url("**/links")
    scriptless.goto(scriptless.get_by_label("Public link").input_value())
    expect(scriptless.get_by_role("heading", level=1)).to_have_text("Without scripts")
