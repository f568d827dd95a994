"""Setting a draft up by script: its steps with what is wrong in each, its catch pairs, and which pictures it keeps."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.studies import inventory, moves, service, setting_up
from app.studies.protocol import Protocol
from app.studies.steps import Step
from tests.web import odd, small_study
from tests.web.small_study import CONDITIONS, SCENES, TASK
from tests.web.test_catch_pairs import measure

pytestmark = pytest.mark.one_database
USUAL = [{"task": TASK, "scene": scene, "better": "reference", "worse": "degraded"} for scene in SCENES]
WIDEST = {"task": TASK, "scene": SCENES[0], "better": CONDITIONS[1], "worse": CONDITIONS[0]}


@pytest.fixture
def draft(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, opened=False)


def test_every_step_tells_how_far_it_is_and_what_is_wrong_with_its_settings(
    api: TestClient, database: Database, media: Media, draft: int
) -> None:
    address = f"/api/v1/studies/{draft}/steps"
    told = api.get(address).json()
    steps = {one["step"]: one for one in told["items"]}
    assert [*steps] == [step.value for step in Step]
    assert told["next"] == "protocol"
    assert (steps["words"]["progress"], steps["checks"]["progress"]) == ("not looked at", "to weigh")
    assert [one["setting"] for one in steps["checks"]["findings"]] == ["catch_trials"]
    assert "catch_pairs" in steps["checks"]["settings"]
    setting_up.save(database, draft, Step.WORDS, {"languages": ("tlh",)})
    told = api.get(address).json()
    steps = {one["step"]: one for one in told["items"]}
    assert (told["next"], steps["words"]["progress"], steps["open"]["progress"]) == ("words", "to mend", "to mend")
    everything = api.get(f"/api/v1/studies/{draft}/findings").json()["items"]
    assert sorted(map(str, steps["open"]["findings"])) == sorted(map(str, everything))
    setting_up.save(database, draft, Step.WORDS, {"languages": ()})
    moves.open_study(database, media, draft)
    assert api.get(address).json() == {"next": None, "items": []}


def test_catch_pairs_are_proposed_and_chosen_and_the_rule_goes_with_them(
    api: TestClient, database: Database, draft: int
) -> None:
    measure(database, draft)
    address = f"/api/v1/studies/{draft}/catch"
    told = api.get(address).json()
    assert (told["catch_trials"], told["random_kept"]) == (2, 0.75)
    assert [(one["proposed"], one["shown"], one["missing"]) for one in told["items"]] == [
        ("usual", True, False), ("usual", True, False), ("measures", False, False),
    ]  # fmt: skip
    assert {name: told["items"][2][name] for name in WIDEST} == WIDEST
    before = service.get(database, draft)
    sent = {"pairs": [USUAL[0], WIDEST, WIDEST | {"scene": "nowhere"}], "catch_trials": 10}
    reply = api.put(address, json=sent, headers={"If-Match": str(before.revision)})
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["random_kept"] == pytest.approx(11 / 1024)
    shown = [one for one in told["items"] if one["shown"]]
    assert [(one["proposed"], one["missing"]) for one in shown] == [
        ("usual", False), ("measures", False), ("protocol", True),
    ]  # fmt: skip
    after = service.get(database, draft).protocol
    kept = before.protocol.model_copy(update={"catch_pairs": after.catch_pairs, "catch_trials": 10})
    assert (after, len(after.catch_pairs)) == (kept, 3)
    stale = api.put(address, json=sent, headers={"If-Match": str(before.revision)})
    assert (stale.status_code, stale.json()["type"]) == (409, "/errors#draft-changed")
    assert api.put(address, json={"pairs": USUAL}).status_code == 200
    assert service.get(database, draft).protocol.catch_pairs == ()
    none = api.put(address, json={"pairs": [], "catch_trials": 0, "catch_failures_allowed": 0}).json()
    assert (none["random_kept"], none["inattentive_kept"], none["honest_dropped"]) == (None, None, None)


def test_catch_pairs_that_do_not_fit_change_nothing(
    api: TestClient, database: Database, media: Media, draft: int
) -> None:
    address, before = f"/api/v1/studies/{draft}/catch", odd.digest(database)
    for sent, kind in (
        ({"pairs": []}, "no-catch-pair"),
        ({"pairs": [WIDEST, WIDEST]}, "bad-protocol"),
        ({"pairs": [WIDEST | {"worse": WIDEST["better"]}]}, "bad-protocol"),
        ({"pairs": USUAL, "catch_trials": 1}, "bad-protocol"),
        ({"pairs": ["a / b / c > d"]}, "malformed-input"),
        ({"pairs": USUAL, "catch_trials": "5"}, "malformed-input"),
    ):
        reply = api.put(address, json=sent)
        assert (reply.status_code, reply.json()["type"]) == (422, f"/errors#{kind}"), sent
    assert odd.digest(database) == before
    moves.open_study(database, media, draft)
    assert api.put(address, json={"pairs": USUAL}).json()["type"] == "/errors#study-not-draft"
    assert api.get(address).status_code == 200


def test_a_draft_keeps_the_pictures_that_are_chosen_and_a_slip_takes_none_out(
    api: TestClient, database: Database, draft: int
) -> None:
    address, read = f"/api/v1/studies/{draft}/choice", {"If-Match": str(service.get(database, draft).revision)}
    for tasks, told in (
        ({TASK: {"conditions": [*CONDITIONS[:2], "zebra_sim"]}}, "did you mean 'zebra_ssim'?"),
        ({"denoise": {}}, "No task 'denoise'"),
        ({TASK: {"scenes": ["elsewhere"]}}, "no scene 'elsewhere'"),
        ({}, "Nothing would be left"),
    ):
        refused = api.put(address, json={"tasks": tasks}, headers=read)
        assert refused.status_code == 422
        assert told in refused.json()["detail"]
    kept = {TASK: {"conditions": [*CONDITIONS[:2]], "scenes": [SCENES[0]]}}
    (stock,) = api.put(address, json={"tasks": kept}, headers=read).json()["items"]
    assert (stock["conditions"], stock["scenes"]) == (sorted(CONDITIONS[:2]), [SCENES[0]])
    assert len(stock["pictures"]) == 4
    assert api.put(address, json={"tasks": {TASK: {}}}, headers=read).json()["type"] == "/errors#draft-changed"
    assert len(inventory.read(database, draft)[0].pictures) == 4
    empty = service.create(database, "Nothing in it", Protocol())
    assert api.put(f"/api/v1/studies/{empty}/choice", json={"tasks": {}}).status_code == 422
