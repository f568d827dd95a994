"""OpenID Connect as Authlib knows it: the question that a browser takes along, and whom an ID token is of.

The only place that imports Authlib, which not every installation has.
"""

from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from app import clock
from app.log import logger
from app.web.issuer import Issuer, NotVouchedFor, Tokens
from app.web.oidc.identity import Identity
from app.web.oidc.visits import Visit

ALGORITHMS = ("RS256", "ES256")  # neither "none" nor one whose key the client has too
_LEEWAY = 60  # seconds by which two clocks may differ
_LONGEST = 255  # characters of a subject, by the standard
_CLAIMS = ("iss", "aud", "exp", "iat", "nonce", "sub")


def question(issuer: Issuer, visit: Visit, back: str) -> str:
    """The issuer's address to which the browser goes."""
    asked = {
        "response_type": "code", "scope": "openid email", "client_id": issuer.registered.client, "redirect_uri": back,
        "state": visit.state, "nonce": visit.nonce, "code_challenge_method": "S256",
        "code_challenge": create_s256_code_challenge(visit.verifier),
    }  # fmt: skip
    address = issuer.description().authorization_endpoint
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def vouched_for(issuer: Issuer, tokens: Tokens, nonce: str) -> Identity:
    """Whom the ID token is of, after its signature and every claim were checked; raises ``NotVouchedFor``."""
    try:
        signed = _verified(issuer, tokens.id_token)
        essential = {"iss": issuer.registered.issuer, "aud": issuer.registered.client, "nonce": nonce}
        options = {name: {"essential": True} | _equals(essential.get(name)) for name in _CLAIMS}
        params = {"nonce": nonce, "client_id": issuer.registered.client, "access_token": tokens.access_token}
        claims = CodeIDToken(signed.claims, signed.header, options=options, params=params)
        claims.validate(now=int(clock.now().timestamp()), leeway=_LEEWAY)
    except (
        JoseError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:  # the issuer may say anything
        why = getattr(error, "claim", None) or type(error).__name__
        logger("web").warning("an issuer's token was not believed", issuer=issuer.name, why=str(why)[:80])
        raise NotVouchedFor(issuer.name) from None
    subject = claims["sub"]
    if not subject.isprintable() or len(subject) > _LONGEST:
        raise NotVouchedFor(issuer.name)
    return Identity(issuer.registered.issuer, subject, _verified_email(claims))


def _verified_email(claims: dict[str, Any]) -> str:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return ""
    return email.lower() if all(email.rpartition("@")) and " " not in email else ""


def _verified(issuer: Issuer, token: str) -> jwt.Token:
    try:
        return jwt.decode(token, _key_set(issuer.keys()), algorithms=ALGORITHMS)
    except InvalidKeyIdError:  # the issuer has new keys
        return jwt.decode(token, _key_set(issuer.keys(again=True)), algorithms=ALGORITHMS)


def _key_set(told: dict[str, Any]) -> KeySet:
    return KeySet.import_key_set({"keys": [key for key in told["keys"] if key.get("use", "sig") == "sig"]})


def _equals(value: str | None) -> dict[str, str]:
    return {} if value is None else {"value": value}
