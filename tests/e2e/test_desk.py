"""The desk in a real browser: under a lab's plain-HTTP name, by keyboard, without scripts, and live."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.db.models import Side
from app.media import Media
from app.sessions import enrol, links, progress, votes
from app.studies import moves, service
from app.studies.protocol import Protocol
from app.web import tokens
from tests.e2e.lab import NAME, Lab
from tests.studies import archives
from tests.studies.pictures import fill, with_chunk


def test_forms_work_on_plain_http_under_the_lab_s_name(lab: Lab, launch: Callable[..., Browser]) -> None:
    browser = launch(f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
    page = browser.new_page()
    lab.enter(page, NAME)
    page.goto(f"http://{NAME}:{lab.port}/admin/studies/new")
    expect(page.locator("[name=title]")).to_be_focused()
    page.keyboard.type("Made by keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stimuli")
    expect(page.get_by_role("heading", level=1)).to_have_text("Made by keyboard")
    browser.close()


def test_the_whole_desk_works_without_scripts(lab: Lab, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    lab.enter(page)
    page.goto(f"http://localhost:{lab.port}/admin/studies/{lab.study}/stimuli")
    page.get_by_role("link", name="Check and open").first.click()
    page.get_by_role("button", name="Open and freeze").click()
    page.wait_for_url("**/links")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url("**/monitor")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_text("Close …").click()
    page.get_by_role("button", name="Close for good").click()
    page.wait_for_url("**/results")
    expect(page.get_by_text("No votes yet.")).to_be_visible()
    context.close()


def test_the_monitor_keeps_itself_up_to_date(lab: Lab, browser: Browser, media: Media) -> None:
    moves.open_study(lab.database, media, lab.study)
    page = browser.new_page()
    lab.enter(page)
    page.goto(f"http://localhost:{lab.port}/admin/studies/{lab.study}/monitor")
    tile = page.locator("#live-tiles .tile").first
    expect(tile).to_contain_text("0 under way")
    token = enrol.begin(
        lab.database, lab.settings.secret(), links.public_token(lab.database, lab.settings.secret(), lab.study)
    )
    progress.consent(lab.database, token, progress.view(lab.database, token).consent_hash)
    for _ in range(2):  # practice, then the first block
        progress.start_block(lab.database, token)
        for trial in progress.open_trials(lab.database, token):
            votes.record_vote(lab.database, token, trial.token, votes.Answer(Side.LEFT, 800))
    expect(tile).to_contain_text("1 under way", timeout=15_000)
    page.close()


@pytest.mark.one_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_or_breaks_the_content_policy(lab: Lab, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    lab.enter(page)
    study = f"/admin/studies/{lab.study}"
    tabs = [f"{study}/{tab}" for tab in ("stimuli", "protocol", "links", "monitor", "results")]
    jobs = [f"/admin/trainings/{number}" for number in lab.trainings.values()]
    for path in ("/admin/studies", "/admin/studies/new", "/admin/trainings", "/admin/account", *tabs, *jobs):
        page.goto(f"http://localhost:{lab.port}{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
        drawn = "[...document.images].filter(i => i.loading !== 'lazy').every(i => i.complete && i.naturalWidth > 0)"
        assert page.evaluate(drawn), path
    assert wrong == []
    context.close()


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "text"), [(640, "100%"), (1280, "200%")])
def test_no_page_is_wider_than_a_zoomed_window_or_under_large_text(
    lab: Lab, browser: Browser, media: Media, width: int, text: str
) -> None:
    moves.open_study(lab.database, media, lab.study)
    enrol.begin(lab.database, lab.settings.secret(), links.public_token(lab.database, lab.settings.secret(), lab.study))
    tokens.make(lab.database, "marlene", "nightly export", list(tokens.Scope), days=30)
    service.create(lab.database, "Which loss restores faces best? A second run with other people", Protocol())
    page = browser.new_page(viewport={"width": width, "height": 600})
    lab.enter(page)
    study = f"/admin/studies/{lab.study}"
    tabs = [f"{study}/{tab}" for tab in ("stimuli", "protocol", "links", "monitor", "results")]
    jobs = [f"/admin/trainings/{number}" for number in lab.trainings.values()]
    account = ("/admin/account", "/admin/account/tokens", "/errors", "/api/v1/docs")
    for path in ("/admin/studies", "/admin/studies/new", "/admin/trainings", "/nowhere", *account, *tabs, *jobs):
        page.goto(f"http://localhost:{lab.port}{path}")
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        rooms = page.locator(".wordmark, .crumbs").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.right, box.top, box.bottom])"
        )
        if len(rooms) == 2:
            mark, crumbs = rooms
            assert mark[3] <= crumbs[2] or mark[1] <= crumbs[0], path
    page.close()


def test_a_zip_is_uploaded_and_what_is_wrong_with_it_stands_above_its_form(
    lab: Lab, browser: Browser, tmp_path: Path
) -> None:
    study = service.create(lab.database, "Uploaded", Protocol(catch_trials=3))
    folder = fill(tmp_path / "stimuli", tasks=["denoise"])
    noted = folder / "denoise/mae/cat.png"
    noted.write_bytes(with_chunk(noted.read_bytes(), b"tEXt", b"method\0mae"))
    archive = tmp_path / "pictures.zip"
    archive.write_bytes(archives.packed(folder, around="stimuli/"))
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    lab.enter(page)
    page.goto(f"http://localhost:{lab.port}/admin/studies/{study}/stimuli")
    page.get_by_label("Zip file").set_input_files(archive)
    page.get_by_role("button", name="Upload").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_be_in_viewport()
    expect(refusal.get_by_role("listitem")).to_have_count(1)
    expect(refusal).to_contain_text("denoise/mae/cat.png carries text (tEXt)")
    expect(page.locator("#outcome")).to_be_focused()
    page.get_by_label("Zip file").set_input_files(archive)
    page.get_by_label("Take out text").check()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("15 of 15 pictures are new")).to_be_in_viewport()
    expect(page.get_by_text("1 picture: text (tEXt) taken out")).to_be_visible()
    expect(page.locator("table.contact img")).to_have_count(15)
    context.close()


def test_an_import_shows_how_far_it_is_and_what_is_wrong_and_leads_to_the_study(
    lab: Lab, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    lab.enter(page)
    page.goto(f"http://localhost:{lab.port}/admin/studies/{lab.study}/export")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export design").click()
    archive = tmp_path / taken.value.suggested_filename
    taken.value.save_as(archive)
    page.goto(f"http://localhost:{lab.port}/admin/studies/import")
    (tmp_path / "broken.zip").write_bytes(archive.read_bytes()[:-200])
    page.get_by_label("Archive of a study").set_input_files(tmp_path / "broken.zip")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was imported.")
    page.route("**/admin/studies/import", lambda route: route.abort())
    page.get_by_label("Archive of a study").set_input_files(archive)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_label("How much has been sent")).to_be_visible()
    expect(page.get_by_text("The server did not answer.")).to_be_visible()
    page.unroute("**/admin/studies/import")
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/export")
    expect(page.get_by_role("heading", name="Where it comes from")).to_be_visible()
    context.close()
