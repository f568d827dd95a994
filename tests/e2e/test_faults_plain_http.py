"""A laboratory's own network, without HTTPS: browsers call such a page insecure and withhold what they can."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Request

from tests.e2e.conftest import Watch
from tests.e2e.faults import BROKEN, Line
from tests.e2e.house import LAB, House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database  # what browsers do

_WITHHELD = "[isSecureContext, crypto.randomUUID, crypto.subtle, navigator.locks].some(Boolean)"


def test_a_laboratory_without_https_is_served_as_well(
    house: House, launch: Callable[..., Browser], watch: Watch
) -> None:
    browser = launch(f"--host-resolver-rules=MAP {LAB} 127.0.0.1")
    try:
        context = browser.new_context()
        context.set_default_timeout(20_000)
        watch.origin = house.address.replace("localhost", LAB)
        watch.expected = (*BROKEN, "Cross-Origin-Opener-Policy")  # ignored on such an address, as the browser says
        watch.over(context)
        writing = list[Request]()
        context.on("request", lambda request: writing.append(request))
        sitter = Sitter(context.new_page())
        session = sitter.begin(house.study(practice_trials=1, block_size=4).replace("localhost", LAB))
        assert sitter.page.evaluate(_WITHHELD) is False
        assert f"//{LAB}:" in sitter.page.locator("#personal-link").input_value()
        line = Line(context, ["before", "", "during", ""])
        given = ["left", "right", "right", "left", "left", "right", "left", "right", "left"]
        sitter.answer(*given[:1])
        sitter.onwards("practice_done")
        sitter.answer(*given[1:5])
        sitter.onwards("break")
        sitter.answer(*given[5:])
        sitter.arrive("end")
        assert house.votes(session) == given
        assert len(line.sent) == 11
        told = [request.all_headers() for request in writing if request.method != "GET" and not request.failure]
        assert {headers.get("origin") for headers in told} == {watch.origin}
        assert not [headers for headers in told if "sec-fetch-site" in headers]
    finally:
        browser.close()
