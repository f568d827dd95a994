"""Pages of the desk that stand open while studies and jobs go on: they follow, and say so where they do not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.clock import now
from app.db.models import Job, JobSample, JobState, Picture, Stimulus
from app.jobs import store
from app.jobs.asked import launch_one
from app.jobs.contract import ScoreSpec
from app.sessions import enrol, links, progress
from app.studies import moves, trouble
from app.web import accounts
from tests.e2e.lab import Lab
from tests.web import trained

SOON = 15_000  # ms, of which the page waits four thousand


@pytest.fixture
def page(lab: Lab, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    lab.enter(page)
    yield page
    page.close()


def test_an_open_monitor_shows_the_first_session_and_that_the_study_paused_itself(lab: Lab, page: Page) -> None:
    moves.open_study(lab.database, lab.media, lab.study)
    page.goto(f"http://localhost:{lab.port}/admin/studies/{lab.study}/monitor")
    expect(page.get_by_text("No sessions yet")).to_be_visible()
    secret = lab.settings.secret()
    token = enrol.begin(lab.database, secret, links.public_token(lab.database, secret, lab.study))
    progress.consent(lab.database, token, progress.view(lab.database, token).consent_hash)
    progress.start_block(lab.database, token)
    expect(page.locator("table.sessions tbody tr")).to_have_count(1, timeout=SOON)
    expect(page.get_by_role("link", name="Pause …")).to_be_visible()  # it asks from now on: somebody sits there
    with lab.database.read() as db:
        digest = db.scalars(select(Stimulus.picture_digest).where(Stimulus.study_id == lab.study)).first()
    assert digest is not None
    page.get_by_text("More …").click()  # what is open in the head holds the head alone
    trouble.picture_lost(lab.database, lab.study, digest)
    expect(page.get_by_role("alert")).to_contain_text("The study has paused itself.", timeout=SOON)
    expect(page.locator("#stale")).to_contain_text("you are using a part of this page", timeout=SOON)
    expect(page.locator("#live-head")).to_contain_text("open")
    page.get_by_text("More …").click()
    page.get_by_role("heading", name="Sessions").click()  # and the focus leaves it
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=SOON)
    expect(page.locator("#live-head")).to_contain_text("paused")
    expect(page.locator("#stale")).to_be_empty()


def test_a_page_says_since_when_it_is_old_and_leaves_when_its_reader_is_signed_out(lab: Lab, page: Page) -> None:
    address = f"http://localhost:{lab.port}/admin/jobs"
    page.goto(address)
    page.route(address, lambda route: route.fulfill(status=503, body="Not ready"))
    told = page.locator("#stale")
    expect(told).to_contain_text("the server answers with an error (503)", timeout=SOON)
    page.unroute(address)
    page.route(address, lambda route: route.abort())
    expect(told).to_contain_text("Not updated since ", timeout=SOON)
    expect(told).to_contain_text("the server does not answer", timeout=SOON)
    page.unroute(address)
    expect(told).to_be_empty(timeout=SOON)
    accounts.end_logins(lab.database, "marlene")
    page.wait_for_url("**/login?next=*", timeout=SOON)


@pytest.mark.one_database
def test_the_page_of_a_running_job_shows_its_first_crops_and_then_why_it_failed(lab: Lab, page: Page) -> None:
    number = lab.trainings["denoise", "ms_ssim"]
    page.goto(f"http://localhost:{lab.port}/admin/trainings/{number}")
    expect(page.get_by_text("The first crops appear")).to_be_visible()
    with lab.database.write() as db:
        digests = [lab.media.put(trained.png_of(trained.noise(seed)[:64, :64])) for seed in (1, 2, 3)]
        db.add_all(Picture(digest=digest, width=64, height=64, size=1) for digest in digests)
        db.flush()
        roles = dict(zip(("degraded_digest", "reference_digest", "restored_digest"), digests, strict=True))
        db.add(JobSample(job_id=number, step=10, number=0, **roles))
    expect(page.locator("#samples .lens")).to_be_visible(timeout=SOON)
    expect(page.locator("#samples .chart-reading")).to_contain_text("Crop 1 after 10 steps")
    with lab.database.write() as db:
        job = db.get_one(Job, number)
        job.state, job.error, job.finished_at = JobState.FAILED, "No room left on the disk.", now()
    expect(page.locator("#live-error")).to_contain_text("No room left on the disk.", timeout=SOON)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()


@pytest.mark.one_database
def test_the_page_of_a_score_shows_the_values_when_it_has_finished(lab: Lab, page: Page) -> None:
    rendering = next(job.id for job in store.listing(lab.database) if store.rendered(lab.database, job.id))
    number = launch_one(lab.database, ScoreSpec(rendering=rendering, measures=("mae",))).job_id
    page.goto(f"http://localhost:{lab.port}/admin/trainings/{number}")
    expect(page.get_by_text("No attempt has written anything yet.")).to_be_visible()
    values = [
        {"picture": scene.condition, "reference": scene.reference, "measure": "mae", "form": "rgb", "value": 0.125}
        for scene in store.rendered(lab.database, rendering)
    ]
    with lab.database.write() as db:
        job = db.get_one(Job, number)
        job.state, job.finished_at, job.step = JobState.SUCCEEDED, now(), job.total_steps
        job.result = {"kind": "score", "values": values, "versions": {}}
    expect(page.locator("#values")).to_contain_text("0.125", timeout=SOON)
