"""Chance, dealt out by a test: what ``secrets`` draws depends on what was drawn before, alone."""

import secrets
from collections.abc import Callable
from random import Random

import pytest

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def deal(monkeypatch: pytest.MonkeyPatch, source: Callable[[], Random]) -> None:
    """From now on seeds, tokens and codes are drawn from what the source is at that moment."""

    def url_safe(size: int = 32) -> str:
        return "".join(source().choices(_LETTERS, k=(size * 8 + 5) // 6))

    monkeypatch.setattr(secrets, "token_hex", lambda size=32: source().randbytes(size).hex())
    monkeypatch.setattr(secrets, "token_urlsafe", url_safe)
    monkeypatch.setattr(secrets, "randbelow", lambda below: source().randrange(below))
    monkeypatch.setattr(secrets, "choice", lambda among: source().choice(among))
