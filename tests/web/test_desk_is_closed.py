"""No page of the desk without a login: every route of the application is walked."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

# What anybody may call; everything else must ask for a login.
FOR_EVERYBODY = {
    "/", "/api", "/api/v1/docs", "/api/v1/openapi.json", "/errors", "/healthz", "/readyz",
    "/static/{version}/{name}", "/login", "/login/once/{token}", "/login/oidc", "/login/oidc/back", "/logout",
    "/invitation/{token}", "/join/{token}", "/p/{token}", "/p/{token}/withdraw",
}  # fmt: skip


A_SESSION = "/s/{session}"  # for the browser that holds it


def routes(web: FastAPI) -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, methods in web.openapi()["paths"].items() for method in methods]


def test_every_other_route_asks_for_a_login(web: FastAPI, anonymous: TestClient) -> None:
    walked = 0
    for method, path in routes(web):
        if path in FOR_EVERYBODY or path.startswith(A_SESSION):
            continue
        reply = anonymous.request(method, re.sub(r"\{[^}]+\}", "1", path.replace("{digest}", "0" * 64)))
        assert reply.status_code in (303, 401), f"{method} {path} answered {reply.status_code} to nobody"
        if reply.status_code == 303:
            assert reply.headers["location"].startswith("/login?next=")
        walked += 1
    assert walked > 25


def test_a_session_is_shut_to_whoever_does_not_hold_it(web: FastAPI, anonymous: TestClient) -> None:
    walked = [(method, path) for method, path in routes(web) if path.startswith(A_SESSION)]
    assert len(walked) > 12
    for method, path in walked:
        named = path.replace("{pane}", "left").replace("{module}", "colour")
        reply = anonymous.request(method, re.sub(r"\{[^}]+\}", "1", named))
        assert reply.status_code == 403, f"{method} {path} answered {reply.status_code} to nobody"


def test_no_route_is_forgotten_by_the_walk(web: FastAPI) -> None:
    assert {path for _, path in routes(web)} >= FOR_EVERYBODY


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc"])
def test_the_interface_is_not_described_to_strangers(anonymous: TestClient, path: str) -> None:
    assert anonymous.get(path).status_code == 404
