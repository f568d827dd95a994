"""Signing in by an issuer: who comes in, who does not, and what a stranger may try at the two addresses."""

import hashlib
import hmac
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from app import clock, log
from app.db import Database
from app.db.models import FailedAttempt
from app.web import issuer
from app.web.oidc import visits
from tests.web import fake_issuer
from tests.web.fake_issuer import CLIENT, SECRET, FakeIssuer, elliptic, encoded
from tests.web.oidc_walks import begun, refused, walked

pytestmark = pytest.mark.one_database  # what an issuer says; whose account it is, the bound ones below ask of both
BACK = "/login/oidc/back"
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
VERIFIED = {"email": "Ada@lab.example", "email_verified": True}
Made = Callable[..., TestClient]


@pytest.mark.parametrize("key", [elliptic("one"), RSA], ids=["ES256", "RS256"])
def test_whoever_is_bound_signs_in_and_goes_on_to_the_page_they_wanted(
    made: Made, lab: FakeIssuer, ada: None, key: fake_issuer.Key
) -> None:
    lab.key, browser = key, made()
    reply = walked(browser, lab, "/admin/studies?all=1")
    assert (reply.status_code, reply.headers["location"]) == (303, "/admin/studies?all=1")
    assert browser.get("/admin/account").status_code == 200
    assert visits.COOKIE not in browser.cookies
    assert lab.asked == ["/.well-known/openid-configuration", "/token", "/keys"]
    assert walked(browser, lab).status_code == 303
    assert lab.asked[3:] == ["/token"]  # the rest is remembered


def test_the_question_names_state_nonce_and_challenge_and_no_secret(made: Made, lab: FakeIssuer) -> None:
    browser = made()
    addresses = [urlsplit(begun(browser)) for _ in range(2)]
    asked = [{name: values[0] for name, values in parse_qs(one.query).items()} for one in addresses]
    assert asked[0]["code_challenge_method"] == "S256"
    assert (asked[0]["response_type"], asked[0]["scope"]) == ("code", "openid email")
    assert asked[0]["redirect_uri"] == f"http://localhost{BACK}"
    assert asked[0]["tenant"] == "lab"  # the issuer's own query stays
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name]) >= 43
        assert asked[0][name] != asked[1][name]
    assert "tortoise" not in addresses[0].query


def test_forms_still_lead_nowhere_but_here(made: Made) -> None:
    browser = made()
    for reply in (browser.get("/login"), browser.post("/login/oidc")):
        assert reply.headers["content-security-policy"].endswith("form-action 'self'")
    cookie = browser.post("/login/oidc").headers["set-cookie"]
    assert re.search(r"HttpOnly; Max-Age=600; Path=/login/oidc; SameSite=lax", cookie)
    secure = made(base_url="https://lab.example").post("/login/oidc").headers["set-cookie"]
    assert secure.endswith("; Secure")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/admin/..//evil", "/admin" + "x" * 5000]
)
def test_a_visit_leads_on_to_no_page_but_the_desks(made: Made, lab: FakeIssuer, ada: None, target: str) -> None:
    assert walked(made(), lab, target).headers["location"] == "/admin"


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": None}, {"aud": [CLIENT, "another"]},
    {"aud": [CLIENT, "another"], "azp": "another"}, {"azp": "another"}, {"iss": "https://evil.example"}, {"iss": None},
    {"exp": 1}, {"exp": None}, {"exp": "tomorrow"}, {"iat": 9_999_999_999}, {"iat": None}, {"nbf": 9_999_999_999},
    {"sub": None}, {"sub": ""}, {"sub": ["ada-17"]}, {"sub": "a" * 256}, {"sub": "ada-17\n"},
]  # fmt: skip


def test_a_token_with_a_wrong_claim_signs_nobody_in(made: Made, lab: FakeIssuer, ada: None) -> None:
    browser = made()
    for lab.claims in WRONG_CLAIMS:
        reply = walked(browser, lab)
        assert (lab.claims, reply.status_code) == (lab.claims, 403)
        refused(reply, 403, "the Lab did not vouch for you")


def _forged(head: dict[str, str], sign: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], str]:
    def token(claims: dict[str, Any]) -> str:
        said = f"{encoded(head)}.{encoded(claims)}"
        return f"{said}.{encoded(sign(said.encode()))}"

    return token


def _by_public_key(said: bytes) -> bytes:
    return hmac.new(RSA.as_pem(private=False), said, hashlib.sha256).digest()


WRONG_TOKENS = {
    "another's key": lambda lab: lambda claims: lab.signed(claims, elliptic(str(lab.key.kid))),
    "unsigned": lambda lab: _forged({"alg": "none"}, lambda _: b""),
    "unsigned, naming the key": lambda lab: _forged({"alg": "none", "kid": "rsa"}, lambda _: b""),
    "the public key as a secret": lambda lab: _forged({"alg": "HS256", "kid": "rsa"}, _by_public_key),
    "a changed claim": lambda lab: lambda claims: ".".join(
        part if n != 1 else encoded(claims | {"sub": "eve"}) for n, part in enumerate(lab.signed(claims).split("."))
    ),
    "no token": lambda lab: lambda claims: "nothing",
    "an empty one": lambda lab: lambda claims: "",
}  # fmt: skip


def test_a_token_that_the_issuer_has_not_signed_signs_nobody_in(made: Made, lab: FakeIssuer, ada: None) -> None:
    lab.key, browser = RSA, made()
    for told, forge in WRONG_TOKENS.items():
        lab.token = forge(lab)
        reply = walked(browser, lab)
        assert (told, reply.status_code) == (told, 403)
        refused(reply, 403, "the Lab did not vouch for you")


def test_nobody_is_signed_in_by_anothers_way_back(made: Made, lab: FakeIssuer, ada: None) -> None:
    attacker, victim = made(), made()
    way = lab.vouch(begun(attacker))
    refused(victim.get(way), 403, "was not begun in this browser")  # without any cookie
    begun(victim)
    refused(victim.get(way), 403, "was not begun in this browser")  # with that of another visit
    assert visits.COOKIE in victim.cookies  # whose own visit goes on
    assert attacker.get(way).status_code == 303


def test_neither_a_changed_cookie_nor_an_old_one_is_taken(
    made: Made, lab: FakeIssuer, ada: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = made()
    way, cookie = lab.vouch(begun(browser)), browser.cookies[visits.COOKIE]
    for changed in (cookie[:-1], "x.y", visits.sealed(b"another", visits.Visit.begun("/admin"))):
        browser.cookies.clear()
        browser.cookies.set(visits.COOKIE, changed)
        refused(browser.get(way), 403, "was not begun in this browser")
    browser.cookies.clear()
    browser.cookies.set(visits.COOKIE, cookie)
    later = clock.now() + visits.LIVES_FOR
    monkeypatch.setattr(clock, "now", lambda: later)
    refused(browser.get(way), 403, "more than ten minutes ago")


@pytest.mark.parametrize(("lax", "says"), [(False, "did not vouch"), (True, "has been used")])
def test_a_way_back_signs_in_once(made: Made, lab: FakeIssuer, ada: None, lax: bool, says: str) -> None:
    browser, lab.codes_last = made(), lax
    way, cookie = lab.vouch(begun(browser)), browser.cookies[visits.COOKIE]
    assert browser.get(way).status_code == 303
    browser.cookies.clear()
    refused(browser.get(way), 403, "was not begun")
    browser.cookies.set(visits.COOKIE, cookie)
    refused(browser.get(way), 403, says)


def test_a_way_back_without_a_code_or_from_another_issuer_is_refused(made: Made, lab: FakeIssuer, ada: None) -> None:
    browser = made()
    for found, instead in (("code=[^&]+", "error=access_denied"), ("iss=[^&]+", "iss=https://evil.example")):
        way = lab.vouch(begun(browser))
        refused(browser.get(re.sub(found, instead, way)), 403, "did not vouch")
    assert "/token" not in lab.asked


def test_the_wrong_secret_or_verifier_gets_no_token(made: Made, lab: FakeIssuer, ada: None) -> None:
    refused(walked(made(oidc_secret="hare"), lab), 403, "did not vouch")
    browser = made()
    way = lab.vouch(begun(browser))
    for asked in lab.codes.values():
        asked["code_challenge"] = "of another verifier"
    refused(browser.get(way), 403, "did not vouch")


def test_an_issuer_may_want_the_secret_in_the_form(made: Made, lab: FakeIssuer, ada: None) -> None:
    lab.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert walked(made(), lab).status_code == 303


def test_new_keys_are_fetched_when_a_token_names_one(
    made: Made, lab: FakeIssuer, ada: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = made()
    assert walked(browser, lab).status_code == 303
    lab.key = elliptic("second")
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert walked(browser, lab).status_code == 303
    lab.shown, lab.key = [lab.key], elliptic("unpublished")
    for _ in range(3):
        refused(walked(browser, lab), 403, "did not vouch")
    assert lab.asked.count("/keys") == 2  # unknown names have it asked once in half a minute


NONSENSE = (b"x" * (issuer.LARGEST + 1), b"{}", b"[]", b"no json", b"[" * 100_000, b"\xff", b"")


def test_an_issuer_that_answers_nonsense_signs_nobody_in(
    made: Made, lab: FakeIssuer, ada: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer, "_KEPT", timedelta(0))  # so that all of it is asked anew each time
    browser = made()
    for path in ("/keys", "/token", "/.well-known/openid-configuration"):
        for told in NONSENSE:
            way = lab.vouch(begun(browser))
            lab.replies = {path: told}
            reply = browser.get(way)
            assert (path, told[:20], reply.status_code in (403, 503)) == (path, told[:20], True)
            refused(reply, reply.status_code, "the Lab d")
            lab.replies = {}
    assert walked(browser, lab).status_code == 303


def test_a_description_that_leads_astray_is_not_followed(made: Made, lab: FakeIssuer) -> None:
    browser = made()
    for lab.description in (
        {"issuer": "https://another.example"}, {"token_endpoint": "http://lab.example/token"},
        {"jwks_uri": "file:///x"}, {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": None},
    ):  # fmt: skip
        refused(browser.post("/login/oidc"), 503, "does not answer as it should")


def test_an_issuer_that_is_slow_or_away_holds_nobody_up(
    made: Made, lab: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer, "PATIENCE", 0.1)
    lab.pause = threading.Event()
    try:
        refused(made().post("/login/oidc"), 503, "does not answer")
    finally:
        lab.pause.set()
    away = made(oidc_issuer="http://127.0.0.1:9")
    refused(away.post("/login/oidc"), 503, "does not answer")
    assert away.get("/login").status_code == 200


def test_failures_are_counted_and_the_issuers_own_are_not(made: Made, lab: FakeIssuer, database: Database) -> None:
    browser = made()
    for _ in range(10):
        refused(browser.get(BACK, params={"state": "x", "code": "y"}), 403, "was not begun")
    reply = browser.get(BACK, params={"state": "x", "code": "y"})
    refused(reply, 429, "Too many tries have failed here lately")
    assert int(reply.headers["retry-after"]) > 0
    with database.read() as db:
        before = len(db.scalars(select(FailedAttempt)).all())
    way = lab.vouch(begun(browser))
    lab.replies["/token"] = b"broken"
    refused(browser.get(way), 503, "does not answer")
    with database.read() as db:
        assert len(db.scalars(select(FailedAttempt)).all()) == before


def test_no_log_holds_a_code_a_token_or_a_key_of_a_visit(
    made: Made, lab: FakeIssuer, ada: None, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("json", "DEBUG")
    browser = made()
    assert walked(browser, lab).status_code == 303
    lab.claims = {"aud": "another"}
    way = lab.vouch(begun(browser))
    secret_parts = [*lab.given, browser.cookies[visits.COOKIE], parse_qs(urlsplit(way).query)["state"][0], SECRET]
    refused(browser.get(way), 403, "did not vouch")
    told = "".join(capsys.readouterr())
    assert '"why": "aud"' in told
    assert '"route": "/login/oidc/back"' in told
    assert [part for part in (*secret_parts, *lab.given) if part in told] == []
