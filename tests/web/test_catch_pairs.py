"""The page of catch pairs: pictures with boxes, the power of the rule, and what is saved is the protocol's."""

import html
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import AuditEntry, MeasureForm
from app.media import Media
from app.studies import inventory, protocol, service
from app.studies.measured import Source, keep
from tests.web import odd, small_study
from tests.web.small_study import CONDITIONS, SCENES, TASK

pytestmark = pytest.mark.one_database
USUAL = [f"{TASK} / {scene} / reference > degraded" for scene in SCENES]
WIDEST = f"{TASK} / {SCENES[0]} / {CONDITIONS[1]} > {CONDITIONS[0]}"


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False)


def measure(database: Database, study: int) -> None:
    """Values of a measure by which one condition of the first scene lies far above the others."""
    (task,) = inventory.read(database, study)
    values = {
        (task.pictures[SCENES[0], name].digest, task.pictures[SCENES[0], "reference"].digest, "psnr", MeasureForm.Y): of
        for name, of in zip(CONDITIONS, (20.0, 34.0, 21.0), strict=True)
    }
    keep(database, values, Source("values.csv", "0" * 64), higher_is_better={})


def boxes(page: str) -> dict[str, bool]:
    """The pairs with a box, and whether it is ticked."""
    found = re.findall(r'<input type="checkbox" name="pair" id="[\d\w-]+" value="([^"]*)" (checked)?>', page)
    return {html.unescape(line): bool(ticked) for line, ticked in found}


def test_what_is_there_is_proposed_with_pictures_and_what_the_protocol_shows_is_ticked(
    desk: TestClient, database: Database, draft: int
) -> None:
    address = f"/admin/studies/{draft}/catch"
    assert boxes(desk.get(address).text) == dict.fromkeys(USUAL, True)
    measure(database, draft)
    page = desk.get(address).text
    assert boxes(page) == dict.fromkeys(USUAL, True) | {WIDEST: False}
    assert page.count('loading="lazy"') == 3 * 3
    assert "75 % of those who click at random" in page  # one of two may be wrong
    assert f'href="{address}"' in desk.get(f"/admin/studies/{draft}/protocol").text


def test_ticks_and_numbers_become_the_protocols_and_the_power_is_worked_out_anew(
    desk: TestClient, database: Database, draft: int
) -> None:
    measure(database, draft)
    address = f"/admin/studies/{draft}/catch"
    read = service.get(database, draft).revision
    chosen = {"revision": str(read), "pair": [USUAL[0], WIDEST], "catch_trials": "10", "catch_failures_allowed": "1"}
    page = desk.post(address, data=chosen)
    assert page.url.query == b"saved=1"
    assert "1.07 % of those who click at random" in page.text
    assert "of 2 pairs" in page.text
    rule = service.get(database, draft).protocol
    assert ([str(pair) for pair in rule.catch_pairs], rule.catch_trials) == ([USUAL[0], WIDEST], 10)
    assert (rule.block_size, rule.questionnaire) == (3, ())  # the other settings stay
    assert boxes(page.text) == {USUAL[0]: True, USUAL[1]: False, WIDEST: True}
    desk.post(address, data={"revision": str(read + 1), "pair": USUAL})
    assert service.get(database, draft).protocol.catch_pairs == ()
    with database.read() as db:
        last = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.account, last.deed, [*last.details["settings"]]) == ("marlene", "protocol changed", ["catch_pairs"])


def test_what_does_not_fit_is_said_with_the_ticks_kept_and_nothing_saved(
    desk: TestClient, database: Database, draft: int
) -> None:
    address = f"/admin/studies/{draft}/catch"
    before, read = odd.digest(database), str(service.get(database, draft).revision)
    none = desk.post(address, data={"revision": read, "catch_trials": "3"})
    assert none.status_code == 422
    assert "No catch pair is ticked" in none.text
    assert boxes(none.text) == dict.fromkeys(USUAL, False)
    assert 'value="3"' in none.text
    for wrong in (
        {"pair": "no pair"},
        {"pair": USUAL[0], "catch_trials": "many"},
        {"pair": USUAL[0], "catch_trials": "1"},
    ):
        assert desk.post(address, data={"revision": read, **wrong}).status_code == 422
    assert odd.digest(database) == before


def test_whoever_saves_second_is_told_and_overwrites_no_other_setting(
    desk: TestClient, database: Database, draft: int
) -> None:
    address = f"/admin/studies/{draft}/catch"
    first = service.get(database, draft)
    service.edit(database, draft, protocol=first.protocol.model_copy(update={"blank_ms": 77}))
    second = desk.post(address, data={"revision": str(first.revision), "pair": USUAL[0]})
    assert second.status_code == 409
    assert "protocol changed (“Blank (ms)”)" in html.unescape(second.text)
    assert boxes(second.text) == {USUAL[0]: True, USUAL[1]: False}
    now = str(first.revision + 1)
    assert f'name="revision" value="{now}"' in second.text
    desk.post(address, data={"revision": now, "pair": USUAL[0]})
    rule = service.get(database, draft).protocol
    assert (rule.blank_ms, [*map(str, rule.catch_pairs)]) == (77, [USUAL[0]])


def test_a_frozen_study_shows_its_pairs_and_takes_no_others(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(
        database, media, pictures, catch_pairs=(USUAL[0],), catch_trials=1, catch_failures_allowed=0
    )
    page = desk.get(f"/admin/studies/{study}/catch").text
    assert boxes(page) == {}
    assert page.count('loading="lazy"') == 3
    assert desk.post(f"/admin/studies/{study}/catch", data={"pair": USUAL}).status_code == 409
    assert [*map(str, service.get(database, study).protocol.catch_pairs)] == [USUAL[0]]


def test_a_draft_without_pictures_says_what_to_do(desk: TestClient, database: Database) -> None:
    empty = service.create(database, "Empty", protocol.Protocol())
    assert "No pair to propose yet" in desk.get(f"/admin/studies/{empty}/catch").text
