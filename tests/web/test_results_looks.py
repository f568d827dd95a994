"""Where subjects zoomed in: from traces that a trial page sends to a map over the reference."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app.db import Database
from app.db.models import Session, Side
from app.media import Media
from app.results.looks import scene_looks
from app.results.looks_figure import looks_figure
from app.results.options import ReportOptions
from app.sessions import checks, enrol, links, progress, traces, votes
from app.sessions.sitting import Stage
from app.settings import Settings
from tests.actors import somebody
from tests.web import small_study
from tests.web.test_monitor import looked_at

SCENE, OTHER = small_study.SCENES
CONDITION = small_study.CONDITIONS[0]


@pytest.fixture
def study(desk: TestClient, database: Database, media: Media, tmp_path: Path) -> int:
    pictures = small_study.paint(tmp_path / "pictures", 120, 90)
    number = small_study.create(database, media, pictures, practice_trials=0, catch_trials=0, trials_per_session=6)
    looked_at(desk, number)
    return number


def look(database: Database, settings: Settings, study: int, *, zoomed: bool) -> str:
    """A session through all pairs; with ``zoomed`` its subject looks for 2 s at the upper left quarter of each."""
    token = enrol.begin(database, settings.secret(), links.public_token(database, settings.secret(), study))
    progress.consent(database, token, progress.view(database, token).consent_hash)
    while True:
        progress.start_block(database, token)
        for trial in progress.open_trials(database, token):
            place = trial.position
            events: list[dict[str, Any]] = [
                {"kind": "panes", "t": 0.0, "width": 120, "height": 90, "ratio": 1.0},
                {"kind": "shown", "t": 1.0, "trial": place},
                seen(place, 1.0, 60, 45, 1),
                *([seen(place, 1001.0, 30, 22.5, 2)] if zoomed else []),
                {"kind": "answered", "t": 3001.0, "trial": place, "elapsed_ms": 3000},
            ]
            traces.record(database, token, f"{place:016}", events)
            votes.record_vote(database, token, trial.token, votes.Answer(Side.LEFT, 3000))
            if progress.view(database, token).stage is Stage.END:
                return token


def seen(trial: int, at: float, cx: float, cy: float, scale: float) -> dict[str, Any]:
    place = {"cx": cx, "cy": cy, "scale": scale, "overview": False, "in_place": None}
    return {"kind": "view", "t": at, "trial": trial, **place}


def test_a_map_is_bright_where_subjects_zoomed_and_nowhere_else(
    database: Database, settings: Settings, study: int
) -> None:
    look(database, settings, study, zoomed=True)
    look(database, settings, study, zoomed=False)
    found = {one.scene: one for one in scene_looks(database, study, ReportOptions())}
    assert found.keys() == {SCENE, OTHER}
    for one in found.values():
        assert (one.trials, one.zoomed, one.subjects) == (
            6,
            3,
            1,
        )  # three pairs of each scene, for each of two subjects
        assert one.seconds == pytest.approx(6)
        assert np.unique(one.views.boxes, axis=0).tolist() == [[0, 0, 60, 45]]
        assert (one.width, one.height) == (120, 90)
    assert found[SCENE].sentence == "1 subject zoomed in, in 3 of 6 trials and for 6 s in all."


def test_a_condition_and_a_choice_of_scenes_limit_the_trials(
    database: Database, settings: Settings, study: int
) -> None:
    look(database, settings, study, zoomed=True)
    (one,) = scene_looks(database, study, ReportOptions(scenes=(SCENE,)), condition=CONDITION)
    assert (one.scene, one.trials, one.zoomed) == (SCENE, 2, 2)
    assert scene_looks(database, study, ReportOptions(), condition="none") == ()


def test_looks_of_excluded_sessions_are_asked_for_like_their_votes(
    database: Database, settings: Settings, study: int
) -> None:
    token = look(database, settings, study, zoomed=True)
    with database.read() as db:
        number = db.query(Session.id).filter(Session.token == token).scalar()
    checks.exclude(database, number, "was not there", somebody("ada"))
    assert scene_looks(database, study, ReportOptions()) == ()
    assert len(scene_looks(database, study, ReportOptions(include_excluded=True))) == 2


def test_the_desk_lists_the_scenes_and_draws_a_map(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    home = f"/admin/studies/{study}/results"
    assert "No answers yet." in desk.get(f"{home}/looks").text
    look(database, settings, study, zoomed=True)
    page = desk.get(f"{home}/looks").text
    one = f"{home}/looks/{small_study.TASK}/{SCENE}"
    assert f"{one}?" in page
    shown = desk.get(f"{one}?condition={CONDITION}").text
    assert "in 2 of 2 trials" in shown
    assert f"map.svg?alpha=0.05&amp;correction=none&amp;condition={CONDITION}" in shown
    for form, start in (("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        drawn = desk.get(f"{one}/map.{form}?condition={CONDITION}&scheme=dark")
        assert (drawn.status_code, drawn.content.startswith(start)) == (200, True)
    saved = desk.get(f"{one}/map.pdf?download=1&width=column").headers["content-disposition"]
    assert f"{small_study.TASK}-{SCENE}-zoom.pdf" in saved


def test_a_scene_that_nobody_saw_is_not_found_and_one_that_nobody_zoomed_into_says_so(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    home = f"/admin/studies/{study}/results/looks/{small_study.TASK}"
    assert desk.get(f"{home}/{SCENE}").status_code == 404
    look(database, settings, study, zoomed=False)
    assert "Nobody zoomed in: 3 trials." in desk.get(f"{home}/{SCENE}").text
    assert desk.get(f"{home}/{SCENE}/map.png").status_code == 200


def test_the_map_lies_over_the_reference_in_grey(
    database: Database, media: Media, settings: Settings, study: int
) -> None:
    look(database, settings, study, zoomed=True)
    (one,) = scene_looks(database, study, ReportOptions(), scene=SCENE)
    png = looks_figure(one, media.get(one.digest), "", "light", "screen").saved("png")
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    left, top = 2 * 3, 2 * (3 + 15 + 20)
    high = 2 * int((520 - 6) * 90 / 120)
    colour = np.ptp(pixels[top : top + high, left : left + 1000], axis=2)
    looked, rest = colour[20 : high // 2 - 20, 20:480], colour[high // 2 + 30 :, 20:]
    assert looked.mean() > 60
    assert rest[: high // 2 - 60, 540:960].max() <= 2  # grey
