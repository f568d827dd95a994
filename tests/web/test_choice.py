"""A draft keeps what is ticked of the pictures that were brought in."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.studies import inventory, service
from app.studies.protocol import Protocol
from tests.web import small_study, trained

pytestmark = pytest.mark.one_database


def test_what_is_not_ticked_is_taken_out_with_its_references(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures, opened=False)
    address = f"/admin/studies/{study}/choice"
    assert f'action="{address}"' in desk.get(f"/admin/studies/{study}/stimuli").text
    revision = service.get(database, study).revision
    kept = {"condition-0": small_study.CONDITIONS[:2], "scene-0": small_study.SCENES[:1], "revision": str(revision)}
    assert desk.post(address, data=kept).status_code == 200
    (task,) = inventory.read(database, study)
    assert task.conditions == small_study.CONDITIONS[:2]
    assert task.scenes == small_study.SCENES[:1]
    assert len(task.pictures) == 4
    assert service.get(database, study).revision == revision + 1
    stale = desk.post(address, data=kept)
    assert stale.status_code == 409
    assert "marlene: pictures taken out" in stale.text
    form = stale.text.split('id="choice"')[1].split("</form>")[0]
    assert re.findall(r'name="condition-0" value="(\w+)" (checked)?', form) == [
        (name, "checked") for name in small_study.CONDITIONS[:2]
    ]
    assert "<details open>" in form
    empty = desk.post(address, data={"condition-0": small_study.CONDITIONS[:2]})
    assert empty.status_code == 422
    assert "Nothing would be left of the pictures" in empty.text
    form = empty.text.split('id="choice"')[1].split("</form>")[0]
    assert f'value="{small_study.CONDITIONS[1]}" checked' in form
    assert f'value="{small_study.SCENES[0]}" >' in form  # as it was left
    assert len(inventory.read(database, study)[0].pictures) == 4


def test_renderings_that_were_refused_together_stay_chosen(desk: TestClient, database: Database, media: Media) -> None:
    matrix = trained.launched(database, media)
    done, queued = (matrix.renderings["denoise", name] for name in ("mae", "gmsd"))
    trained.rendered(database, media, done)
    study = service.create(database, "Empty", Protocol())
    address = f"/admin/studies/{study}/stimuli"
    assert f'value="{done}" ><label' in desk.get(address).text
    refused = desk.post(address, data={"renderings": [str(done), str(queued)]})
    assert refused.status_code in (409, 422)
    assert f'value="{done}" checked><label' in refused.text
