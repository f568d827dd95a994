"""An OpenID Connect issuer on loopback: a real server that signs with keys of its own, and lies where it is told to."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from app import clock

CLIENT, SECRET = "beholder", "tortoise & hare"
Key = ECKey | RSAKey


def elliptic(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def encoded(part: Any) -> str:
    told = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


@dataclass
class FakeIssuer:
    """What it says, in fields that a test may change."""

    address: str
    key: Key = field(default_factory=lambda: elliptic("first"))
    shown: list[Key] = field(default_factory=list)  # the keys that it publishes; its own where nothing else is said
    claims: dict[str, Any] = field(default_factory=dict)  # instead of the right ones; None leaves one out
    token: Any = None  # a function of the claims that makes another token than the signed one
    description: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, bytes] = field(default_factory=dict)  # bytes instead of the right reply, by path
    pause: threading.Event | None = None  # replies wait for it
    codes_last: bool = False  # a code can be used more than once
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)  # every code and token that went out

    def vouch(self, question: str) -> str:
        """Where the browser goes on to after its owner has signed in here: the way back, with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(question).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code], self.given = asked, [*self.given, code]
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.address})}"

    def reply(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            places = {
                "authorization_endpoint": "/authorize?tenant=lab", "token_endpoint": "/token", "jwks_uri": "/keys",
            }  # fmt: skip
            told = {name: self.address + place for name, place in places.items()}
            return 200, {"issuer": self.address, **told, **self.description}
        if path == "/keys":
            return 200, KeySet([*(self.shown or [self.key])]).as_dict(private=False)
        return self._exchange(form, authorization) if path == "/token" else (404, {})

    def _exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        known = base64.b64encode(f"{CLIENT}:tortoise%20%26%20hare".encode()).decode()
        in_form = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if authorization != f"Basic {known}" and not in_form:
            return 401, {"error": "invalid_client"}
        asked = self.codes.get(form["code"]) if self.codes_last else self.codes.pop(form["code"], None)
        challenge = encoded(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or (asked["code_challenge"], asked["redirect_uri"]) != (challenge, form["redirect_uri"]):
            return 400, {"error": "invalid_grant"}
        now = int(clock.now().timestamp())
        right = {
            "iss": self.address, "aud": CLIENT, "sub": "ada-17", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        }  # fmt: skip
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        token = self.token(claims) if self.token else self.signed(claims)
        self.given.append(token)
        return 200, {"id_token": token, "access_token": "unused", "token_type": "Bearer"}

    def signed(self, claims: dict[str, Any], key: Key | None = None) -> str:
        """A token of the claims, signed with this issuer's key or another."""
        with_key = key or self.key
        alg = "ES256" if isinstance(with_key, ECKey) else "RS256"
        return jwt.encode({"alg": alg, "kid": with_key.kid}, claims, with_key, algorithms=[alg])


@contextmanager
def running() -> Iterator[FakeIssuer]:
    """The issuer, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, form: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            status, told = issuer.reply(path, form, self.headers.get("Authorization", ""))
            if issuer.pause:
                issuer.pause.wait(10)
            body = issuer.replies.get(path, json.dumps(told).encode())
            try:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # whoever asked has had enough
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = FakeIssuer(f"http://127.0.0.1:{server.server_address[1]}")
        served = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        served.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            served.join()
