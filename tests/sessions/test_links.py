"""Links and cookies open what they were made for, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sessions.links import (
    BadLink,
    cookie_agrees,
    cookie_value,
    personal_token,
    public_token,
    read_personal,
    read_public,
)

SECRET, OTHER = b"one", b"other"


@given(st.integers(0, 10**17))
def test_a_link_leads_back_to_its_number(number: int) -> None:
    assert read_public(SECRET, public_token(SECRET, number)) == number
    assert read_personal(SECRET, personal_token(SECRET, number)) == number


def test_a_link_is_the_same_whenever_it_is_shown() -> None:
    assert public_token(SECRET, 3) == public_token(SECRET, 3)
    assert public_token(SECRET, 3) != public_token(OTHER, 3)


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "1", "1.", public_token(OTHER, 1), personal_token(SECRET, 1), public_token(SECRET, 1)[:-1],
        public_token(SECRET, 1).replace("1.", "2.", 1), "0" + public_token(SECRET, 1), "-" + public_token(SECRET, 1),
        "١." + public_token(SECRET, 1)[2:], "9" * 400 + ".x", "1.é", "1.\ud800", "1.\0",
    ],
)  # fmt: skip
def test_a_forged_foreign_or_broken_link_leads_nowhere(token: str) -> None:
    with pytest.raises(BadLink, match="copy the whole link again") as refused:
        read_public(SECRET, token)
    assert refused.value.status == 404


@given(st.text())
def test_no_text_is_a_link_by_chance(token: str) -> None:
    for read in (read_public, read_personal):
        with pytest.raises(BadLink):
            read(SECRET, token)


def test_a_cookie_belongs_to_one_session() -> None:
    cookie = cookie_value(SECRET, "session")
    assert cookie_agrees(SECRET, "session", cookie)
    for other in (None, "", "é", cookie[:-1], cookie_value(SECRET, "another"), cookie_value(OTHER, "session")):
        assert not cookie_agrees(SECRET, "session", other)
