"""The tour's pages are there in the laboratory that is furnished for it."""

import httpx2
import pytest

from app.web import login
from app.web.sign_in import COOKIE
from tests.e2e import laboratory, tour
from tests.e2e.house import House

pytestmark = [pytest.mark.one_database, pytest.mark.slow]


def test_every_page_of_the_tour_is_there_in_a_laboratory(own_house: House) -> None:
    place = laboratory.furnish(own_house, tour.NAME)
    token = login.sign_in_once(own_house.database, login.one_time_link(own_house.database, tour.NAME), hours=1)
    cookies = {COOKIE: login.seal(own_house.settings.secret(), token)}
    with httpx2.Client(base_url=own_house.address, cookies=cookies, timeout=60) as desk:
        pages = {}
        for name, path in tour.DESK.items():
            pages[name] = desk.get(address := path.format(**tour.numbers(place)))
            if name == "results-hidden":
                desk.post(address, headers={"Origin": own_house.address})
    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {}
    assert "more valid sessions wanted" in pages["monitor"].text
