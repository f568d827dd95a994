"""The address without a path."""

from fastapi.testclient import TestClient


def test_a_stranger_reads_what_this_is_and_where_to_go(anonymous: TestClient) -> None:
    reply = anonymous.get("/")
    assert reply.status_code == 200
    assert "Open the link you were sent" in reply.text
    assert 'href="/login"' in reply.text


def test_whoever_is_signed_in_goes_on_to_the_desk(desk: TestClient) -> None:
    assert desk.get("/").url.path == "/admin/studies"


def test_a_cookie_that_holds_no_longer_is_a_stranger_s(desk: TestClient) -> None:
    cookies = dict(desk.cookies)
    desk.post("/logout")
    desk.cookies.update(cookies)
    assert "Open the link you were sent" in desk.get("/").text
