"""A browser on its way to the fake issuer and back."""

import re
from html import unescape

from fastapi.testclient import TestClient
from httpx2 import Response

from app.web.sign_in import COOKIE
from tests.web.fake_issuer import FakeIssuer


def begun(browser: TestClient, target: str = "/admin", **form: str) -> str:
    """The issuer's address, from the page that leads there."""
    reply = browser.post("/login/oidc", params={"next": target}, data=form)
    assert reply.status_code == 200, reply.text
    found = re.search(r'content="0; url=([^"]+)"', reply.text)
    assert found, reply.text
    return unescape(found[1])


def walked(browser: TestClient, lab: FakeIssuer, target: str = "/admin", **form: str) -> Response:
    return browser.get(lab.vouch(begun(browser, target, **form)))


def refused(reply: Response, status: int, says: str) -> None:
    assert (reply.status_code, COOKIE in reply.cookies) == (status, False), reply.text
    assert says in unescape(reply.text)
    assert "Sign in to the desk" in reply.text  # and there is the form to do it another way
