"""The pages of the viewing conditions over HTTP: shown in the protocol's order, judged once, and stored."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import Check, Event, Exclusion, Outcome, Screening, Session
from app.media import Media
from app.results.viewing_columns import columns
from app.sessions import events, links, viewing_brightness, viewing_colour
from app.simulation.eyes import fill_in
from app.simulation.forms import read_page
from app.studies import moves
from tests.web import small_study

FAR_OFF = dict.fromkeys(viewing_brightness.NAMES, 40)
NOTHING = {f"digit_{number}": "none" for number in range(1, 8)}
Begin = Callable[..., str]


@pytest.fixture
def begin(anonymous: TestClient, web: FastAPI, database: Database, media: Media, pictures: Path) -> Begin:
    """Begins a session of a new study, to where its subject has agreed; the session's address."""

    def begun(*modules: str, **settings: Any) -> str:
        number = small_study.create(database, media, pictures, viewing=modules, **settings)
        link = f"/join/{links.public_token(web.state.context.database, web.state.context.secret, number)}"
        address = anonymous.post(link).headers["location"]
        (form,) = [form for form in read_page(anonymous.get(address).text)[1] if form.step]
        anonymous.post(form.action, data=form.fields)
        return address

    return begun


def rows(database: Database, address: str) -> tuple[Session, list[Screening], list[Event]]:
    """The session with its screenings, and what its log says of them."""
    with database.read() as db:
        session = db.scalars(select(Session).where(Session.token == address.rsplit("/", 1)[1])).one()
        looks = db.scalars(select(Screening).where(Screening.session_id == session.id).order_by(Screening.id)).all()
        said = select(Event).where(Event.session_id == session.id, Event.kind == events.SCREENED)
        return session, list(looks), list(db.scalars(said.order_by(Event.number)))


def stage(client: TestClient, address: str) -> str:
    """Which page comes now."""
    return read_page(client.get(address).text)[0]


def see_well(client: TestClient, address: str) -> str:
    """Answers the page that is shown as somebody who sees well; the condition."""
    form = next(form for form in read_page(client.get(address).text)[1] if form.step)
    sent = fill_in(form, lambda picture: client.get(picture).content)
    assert client.post(form.action, data=sent).status_code == 303
    return form.step


def test_somebody_who_sees_well_passes_all_four_in_the_order_of_the_protocol(
    anonymous: TestClient, begin: Begin, database: Database
) -> None:
    address = begin("colour", "card", "acuity", "brightness")
    answered = []
    while stage(anonymous, address) == "viewing":
        answered.append(see_well(anonymous, address))
    assert list(dict.fromkeys(answered)) == ["colour", "card", "acuity", "brightness"]
    assert stage(anonymous, address) == "instructions"
    session, looks, said = rows(database, address)
    assert [(look.kind.value, look.passed) for look in looks] == [(name, True) for name in dict.fromkeys(answered)]
    found = columns(looks)
    assert found["px_per_mm"] == pytest.approx(3.808)
    assert (found["distance_mm"], found["distance_by"]) == (600, "ruler")
    assert found["acuity_logmar"] <= 0.2
    assert (found["brightness"], found["colour_vision"]) == ("passed", "passed")
    assert len(said) == len(answered)
    assert events.verify(database, session.id)


def test_brightness_is_tried_three_times_and_told_how_to_mend(
    anonymous: TestClient, begin: Begin, database: Database
) -> None:
    address = begin("brightness")
    for turn in (1, 2, 3):
        page = anonymous.get(address).text
        assert ("no reflections on the screen" in page) is (turn > 1)
        for _ in range(2):  # sent again, it is no second try
            sent = {"turn": turn, **FAR_OFF}
            assert anonymous.post(f"{address}/viewing/brightness", data=sent).status_code == 303
    assert stage(anonymous, address) == "instructions"  # recorded, and the session goes on
    session, looks, said = rows(database, address)
    assert [(look.kind, look.passed, look.result["attempts"]) for look in looks] == [(Check.BRIGHTNESS, False, 3)]
    assert len(said) == 3
    assert session.outcome is None


def test_a_rule_that_screens_out_ends_the_session(anonymous: TestClient, begin: Begin, database: Database) -> None:
    address = begin("colour", "card", viewing_rule="screen out")
    assert "would end here for you" in anonymous.get(address).text
    for turn in (1, 2):
        anonymous.post(f"{address}/viewing/colour", data={"turn": turn, **NOTHING})
    session, looks, _ = rows(database, address)
    assert session.outcome is Outcome.SCREENED_OUT
    assert looks[0].result == {"control": False, "right": 0, "of": 6, "attempts": 2}
    with database.read() as db:
        assert db.scalars(select(Exclusion.rule)).all() == ["screening"]
    assert stage(anonymous, address) == "end"
    assert anonymous.post(f"{address}/viewing/card/skip", data={"turn": 1}).status_code == 303  # too late: nothing
    assert len(rows(database, address)[1]) == 1


def test_somebody_who_cannot_do_one_says_so_and_goes_on(
    anonymous: TestClient, begin: Begin, database: Database
) -> None:
    address = begin("card", "acuity")
    for module in ("card", "acuity"):
        anonymous.post(f"{address}/viewing/{module}/skip", data={"turn": 1})
    assert stage(anonymous, address) == "instructions"
    assert [look.result for look in rows(database, address)[1]] == [{"skipped": True}] * 2
    assert columns(rows(database, address)[1])["acuity"] == "not done"


def test_acuity_without_a_card_speaks_of_pixels(anonymous: TestClient, begin: Begin, database: Database) -> None:
    address = begin("acuity")
    assert "how many pixels of your screen" in anonymous.get(address).text
    while stage(anonymous, address) == "viewing":
        see_well(anonymous, address)
    (look,) = rows(database, address)[1]
    assert (look.passed, look.result["gap_px"], look.result["logmar"]) == (True, 1, None)


def test_acuity_ends_at_the_first_line_that_is_not_read(
    anonymous: TestClient, begin: Begin, database: Database
) -> None:
    address = begin("acuity")
    see_well(anonymous, address)
    anonymous.post(f"{address}/viewing/acuity", data={"turn": 2, "direction": ["none"] * 5})
    (look,) = rows(database, address)[1]
    assert (look.passed, look.result["gap_px"]) == (False, 6)


def test_pictures_are_kept_by_no_cache_and_their_addresses_say_nothing(anonymous: TestClient, begin: Begin) -> None:
    address = begin("colour")
    page = anonymous.get(address).text
    assert set(re.findall(r'src="(/s/[^"]+)"', page)) == {f"{address}/viewing/colour/{n}.png?1" for n in range(1, 8)}
    reply = anonymous.get(f"{address}/viewing/colour/2.png")
    assert (reply.headers["content-type"], reply.headers["cache-control"]) == ("image/png", "no-store")
    for wrong in ("colour/0", "colour/8", "colour/-1", "brightness/1", "card/1", "smell/1"):
        assert anonymous.get(f"{address}/viewing/{wrong}.png").status_code in (404, 422)
    anonymous.cookies.clear()
    assert anonymous.get(f"{address}/viewing/colour/2.png").status_code == 403
    assert anonymous.post(f"{address}/viewing/colour", data={"turn": 1, **NOTHING}).status_code == 403


@pytest.mark.parametrize(
    ("module", "sent"),
    [
        ("card", {"turn": 1, "card_pixels": "-3"}),
        ("card", {"turn": 1, "card_pixels": "nan"}),
        ("card", {"turn": 1, "card_pixels": "1e300"}),
        ("card", {"turn": 1, "spots": ["500"] * 21}),
        ("card", {"turn": 1, "distance_cm": "60", "passed": "yes"}),
        ("brightness", {"turn": 1, **FAR_OFF, "dark_circles": "-1"}),
        ("brightness", {"turn": 1, **FAR_OFF, "bright_circles": "10000000000"}),
        ("brightness", {"turn": 0, **FAR_OFF}),
        ("brightness", {"turn": 1}),
        ("acuity", {"turn": 1, "direction": ["up"] * 4}),
        ("acuity", {"turn": 1, "direction": ["north"] * 5}),
        ("colour", {"turn": 1, **NOTHING, "digit_3": "<b>"}),
        ("colour", {"turn": 1, **NOTHING, "digit_8": "1"}),
    ],
)
def test_what_no_page_sends_is_refused_and_changes_nothing(
    anonymous: TestClient, begin: Begin, database: Database, module: str, sent: dict[str, Any]
) -> None:
    address = begin(module)
    assert anonymous.post(f"{address}/viewing/{module}", data=sent).status_code == 422
    assert rows(database, address)[1:] == ([], [])


def test_answers_out_of_their_turn_are_refused(anonymous: TestClient, begin: Begin, database: Database) -> None:
    address = begin("brightness", "colour")
    assert anonymous.post(f"{address}/viewing/colour", data={"turn": 1, **NOTHING}).status_code == 409
    assert anonymous.post(f"{address}/viewing/brightness", data={"turn": 2, **FAR_OFF}).status_code == 409
    assert anonymous.post(f"{address}/viewing/acuity", data={"turn": 1, "direction": ["up"] * 5}).status_code == 404
    assert rows(database, address)[1:] == ([], [])
    session = rows(database, address)[0]
    moves.pause(database, session.study_id)
    assert anonymous.post(f"{address}/viewing/brightness", data={"turn": 1, **FAR_OFF}).status_code == 409
    assert rows(database, address)[1:] == ([], [])


def test_a_second_try_shows_other_pictures_and_can_still_be_passed(
    anonymous: TestClient, begin: Begin, database: Database
) -> None:
    address = begin("colour")
    first = anonymous.get(f"{address}/viewing/colour/1.png").content
    anonymous.post(f"{address}/viewing/colour", data={"turn": 1, **NOTHING})
    assert anonymous.get(f"{address}/viewing/colour/1.png").content != first
    session = rows(database, address)[0]
    digits = [plate.digit for plate in viewing_colour.plates(session.seed, 2)]
    said = {f"digit_{number}": digit for number, digit in enumerate(digits, start=1)}
    anonymous.post(f"{address}/viewing/colour", data={"turn": 2, **said})
    (look,) = rows(database, address)[1]
    assert (look.passed, look.result["attempts"]) == (True, 2)


def test_a_distance_that_nobody_believes_is_measured_again(
    anonymous: TestClient, begin: Begin, database: Database
) -> None:
    address = begin("card")
    sent = {"turn": 1, "card_pixels": "326", "spots": ["100", "900", "400", "1500", "30"]}
    anonymous.post(f"{address}/viewing/card", data=sent)
    assert "try 2 of 3" in anonymous.get(address).text
    anonymous.post(f"{address}/viewing/card", data={"turn": 2, "card_pixels": "326", "spots": ["521"] * 5})
    (look,) = rows(database, address)[1]
    assert (look.result["distance_mm"], look.result["how"], look.result["attempts"]) == (570, "blind spot", 2)
