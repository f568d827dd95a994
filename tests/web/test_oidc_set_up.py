"""What a server needs so that people sign in by an issuer, and what it says where half of it is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.cli._environment import BadSettings, read_settings
from app.web import issuer
from app.web.sign_in import COOKIE
from tests.web.fake_issuer import SECRET, FakeIssuer
from tests.web.oidc_walks import walked

pytestmark = pytest.mark.one_database  # what settings say
BACK = "/login/oidc/back"
Made = Callable[..., TestClient]


def test_without_an_issuer_there_is_neither_button_nor_address(anonymous: TestClient) -> None:
    assert "/login/oidc" not in anonymous.get("/login").text
    for reply in (anonymous.post("/login/oidc"), anonymous.get(BACK, params={"code": "x", "state": "y"})):
        assert reply.status_code == 404
    assert COOKIE not in anonymous.cookies


def test_the_button_stands_where_an_issuer_is_set_up(made: Made) -> None:
    page = made().get("/login", params={"next": "/admin/jobs"}).text
    assert 'action="/login/oidc?next=%2Fadmin%2Fjobs"' in page
    assert "Sign in with the Lab" in page
    assert "Sign in with 127.0.0.1" in made(oidc_name="").get("/login").text


def test_a_server_does_not_start_without_what_signing_in_needs(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "secret"
    kept.write_text(f"{SECRET}\n", encoding="utf-8")
    assert made(oidc_secret="", oidc_secret_file=str(kept)).get("/login").status_code == 200
    for content in (b"", b"\n", b"two\nlines", b"\xff"):
        kept.write_bytes(content)
        with pytest.raises(issuer.BadIssuerSecret, match="in one line"):
            made(oidc_secret="", oidc_secret_file=str(kept), oidc_name=repr(content))
    with pytest.raises(issuer.BadIssuerSecret, match="No such file"):
        made(oidc_secret="", oidc_secret_file=str(tmp_path / "none"))
    monkeypatch.setattr(issuer, "find_spec", lambda name: None)
    with pytest.raises(issuer.AuthlibMissing, match="pip install"):
        made(oidc_name="without")


def test_the_secret_of_a_file_is_the_one_that_the_issuer_gets(
    made: Made, lab: FakeIssuer, ada: None, tmp_path: Path
) -> None:
    kept = tmp_path / "secret"
    kept.write_text(f"{SECRET}\n", encoding="utf-8")
    assert walked(made(oidc_secret="", oidc_secret_file=str(kept)), lab).status_code == 303


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"ISSUER": "https://lab.example"}, "also needs BEHOLDER_OIDC_CLIENT and BEHOLDER_OIDC_SECRET or"),
        ({"ISSUER": "https://lab.example", "CLIENT": "x"}, "also needs BEHOLDER_OIDC_SECRET or"),
        ({"DOMAINS": "lab.example"}, "also needs BEHOLDER_OIDC_ISSUER and BEHOLDER_OIDC_CLIENT"),
        ({"ISSUER": "https://l.example", "CLIENT": "x", "SECRET": "tortoise", "SECRET_FILE": "y"}, "both are set"),
        ({"ISSUER": "http://lab.example"}, "BEHOLDER_OIDC_ISSUER must begin with https://"),
        ({"ISSUER": "https://lab.example?x=1"}, "BEHOLDER_OIDC_ISSUER must begin with https://"),
        ({"ISSUER": "https://a:b@lab.example"}, "BEHOLDER_OIDC_ISSUER must begin with https://"),
        ({"ISSUER": "https://lab.example:many"}, "BEHOLDER_OIDC_ISSUER must begin with https://"),
        ({"DOMAINS": "@lab.example"}, "'@lab.example' is none"),
        ({"DOMAINS": "*.example"}, "'*.example' is none"),
        ({"DOMAINS": "example"}, "'example' is none"),
        ({"RIGHTS": "operates"}, "BEHOLDER_OIDC_RIGHTS"),
    ],
)
def test_half_the_settings_are_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], says: str
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(f"BEHOLDER_OIDC_{name}", value)
    with pytest.raises(BadSettings) as error:
        read_settings()
    assert says in error.value.detail
    assert "tortoise" not in error.value.message


def test_whole_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "ISSUER": "https://lab.example/realms/x/", "CLIENT": "x", "SECRET": "tortoise", "RIGHTS": "creates, launches",
        "DOMAINS": "Lab.Example, b.example",
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(f"BEHOLDER_OIDC_{name}", value)
    read = read_settings()
    assert (read.oidc_domains, read.oidc_rights) == (("lab.example", "b.example"), ("creates", "launches"))
    assert "tortoise" not in repr(read)
