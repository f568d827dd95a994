"""Every form of the desk and of the subject's pages, filled in as nobody friendly would.

What is refused is refused with a sentence and writes nothing; what is taken comes back as text on every page.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.db import Database
from app.db.models import FailedAttempt
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.web import login, sign_in
from app.web.subject import route as subject
from tests.web import lived_in, odd
from tests.web.odd import MARK, SECRET, Form

LAST = ("/open", "/close", "/delete", "/elsewhere", "/logout", "/login", "/cancel")  # they move what others stand on
MOST_PAGES = 150
Filled = list[tuple[str, str]]


@pytest.fixture
def place(settings: Settings, database: Database, media: Media, pictures: Path, desk: TestClient) -> lived_in.Place:
    return lived_in.furnish(settings, database, media, pictures)


@pytest.fixture
def browser(web: FastAPI, place: lived_in.Place, settings: Settings, database: Database) -> "Browser":
    return Browser(lived_in.visitor(web), place, settings, database)


class Browser:
    """Signed in at the desk and in the middle of a session, whatever the last form did to either."""

    def __init__(self, client: TestClient, place: lived_in.Place, settings: Settings, database: Database) -> None:
        self.client, self.place, self.settings, self.database = client, place, settings, database
        self.session = place.values["session"]
        self.come_back()

    def come_back(self) -> None:
        """A new login, and the cookie of the session."""
        self.client.cookies.clear()
        secret = self.settings.secret()
        token = login.sign_in_once(self.database, login.one_time_link(self.database, "marlene"), hours=1)
        self.client.cookies.set(sign_in.COOKIE, login.seal(secret, token))
        self.client.cookies.set(subject.COOKIE, f"{self.session}.{links.cookie_value(secret, self.session)}")

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every page that links lead to, with its text; one that is not shown is a failure."""
        waiting, seen = [*self.place.pages, f"/s/{self.session}"], set[str]()
        while waiting and len(seen) < MOST_PAGES:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            reply = self.client.get(address, follow_redirects=True)
            shown = reply.status_code in (200, 404, 410) or (
                reply.status_code == 429 and address.startswith(("/login", "/invitation"))
            )
            assert shown, f"{address} answered {reply.status_code}: {reply.text[:500]}"
            if reply.headers.get("content-type", "").startswith("text/html"):
                yield address, reply.text
                waiting += [link for link in odd.read(address, reply.text).links if link.startswith(("/admin", "/s/"))]

    def forms(self) -> list[Form]:
        """One of each kind of form, those last that others depend on."""
        found = {(_kind(form.path), tuple(name for name, _ in form.fields)): form for form in self._all_forms()}
        return sorted(found.values(), key=lambda form: (form.path.endswith(LAST), form.path))

    def _all_forms(self) -> Iterator[Form]:
        for address, html in self.pages():
            if "/preview/" not in address:  # whose forms are shown, and shut
                yield from odd.read(address, html).forms

    def send(self, form: Form, body: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
        """The status of the reply, which has been looked at, as have the tables behind a refusal."""
        before = odd.digest(self.database)
        reply = self.client.post(form.path, content=body, headers={"Content-Type": kind})
        told = f"{form.path} {body[:400]!r} answered {reply.status_code}: {reply.text[:500]}"
        assert reply.status_code < 500, told
        assert reply.status_code not in (404, 405) or form.path.startswith(("/admin", "/login/once")), told
        assert odd.read(form.path, reply.text).runs == [], told
        assert SECRET not in reply.text, f"{form.path} tells the password that was typed"
        assert "50337" not in reply.text, told  # 7191 × 7: nothing that is sent is ever worked out
        if reply.status_code >= 400:
            assert len(reply.text.strip()) > 20, told
            assert "Traceback" not in reply.text, told
            assert odd.digest(self.database) == before, f"{told}, and wrote"
        self.come_back()
        return reply.status_code


def _kind(path: str) -> str:
    """The address without numbers and tokens, by which forms are alike."""
    return "/".join(part if not part or (part.isalpha() and len(part) < 20) else "…" for part in path.split("/"))


def values(form: Form) -> st.SearchStrategy[Filled]:
    """The form's own fields, some of them filled in oddly, left out, sent twice, or joined by others."""
    names = sorted({name for name, _ in form.fields}) or ["nothing"]
    odd_value = st.one_of(st.sampled_from(odd.VALUES), st.text(max_size=40))
    changed = st.dictionaries(st.sampled_from(names), odd_value, min_size=1)
    left_out = st.sets(st.sampled_from(names), max_size=2)
    more = st.lists(st.tuples(st.sampled_from([*names, "extra", "\x00", "is_demo"]), odd_value), max_size=3)
    secret = st.sampled_from([{}, {"password": SECRET}, {"password": SECRET, "again": SECRET}])
    return st.builds(
        lambda new, own, gone, added: _fill(form, new | own, gone) + added, changed, secret, left_out, more
    )


def _fill(form: Form, new: dict[str, str], gone: set[str]) -> Filled:
    return [(name, new.get(name, value)) for name, value in form.fields if name not in gone]


def encoded(filled: Filled) -> bytes:
    pairs = [(_bytes(name), _bytes(value)) for name, value in filled]
    return urlencode(pairs).encode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def test_the_crawl_finds_the_forms_of_desk_and_subject(browser: Browser) -> None:
    found = {_kind(form.path) for form in browser.forms()}
    assert found >= {
        "/admin/trainings/new", "/admin/studies/new", "/admin/studies/…/protocol", "/admin/studies/…/stimuli",
        "/admin/studies/…/links", "/admin/studies/…/sessions/…/exclude", "/admin/studies/…/pause", "/login",
        "/admin/account/password", "/login/once/…", "/join/…", "/logout",
    }  # fmt: skip


def _filled_in(browser: Browser, form: Form, examples: int) -> int:
    """How many of that many ways to fill in the form were taken."""
    taken = 0

    @hypothesis_settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(values(form))
    def fill_in(filled: Filled) -> None:
        nonlocal taken
        taken += browser.send(form, encoded(filled)) < 400

    fill_in()
    return taken


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "examples",
    [
        pytest.param(5, marks=pytest.mark.quick_twin),
        pytest.param(40, marks=[pytest.mark.slow, pytest.mark.one_database]),
    ],
)
def test_no_form_fails_whatever_it_holds_and_what_it_takes_is_shown_as_text(browser: Browser, examples: int) -> None:
    taken = sum(_filled_in(browser, form, examples) for form in browser.forms())
    assert taken > 20
    looked_at = 0
    for address, html in browser.pages():
        assert odd.read(address, html).runs == [], f"{address} runs what was typed"
        assert "50337" not in html, address
        assert SECRET not in html or address.startswith("/admin/studies"), (
            f"{address} tells the password that was typed"
        )
        looked_at += MARK in html
    assert looked_at > 0  # something of the kind was stored and is shown


@pytest.mark.parametrize("announced", [True, False])
def test_ten_megabytes_are_refused_by_every_form_and_nothing_is_put_on_the_disk(
    browser: Browser, announced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", _no_disk)
    for form in browser.forms():
        if form.files or not (announced or form.fields):
            continue  # an upload has a limit of its own; a button without a field reads no body
        before = odd.digest(browser.database)
        head = b'--b\r\nContent-Disposition: form-data; name="title"; filename="a"\r\n\r\n'
        body = head + b"x" * 10_000_000 + b"\r\n--b--\r\n"
        content = body if announced else (body[at : at + 900_000] for at in range(0, len(body), 900_000))
        reply = browser.client.post(
            form.path, content=content, headers={"Content-Type": "multipart/form-data; boundary=b"}
        )
        assert reply.status_code == 413, form.path
        assert len(reply.text.strip()) > 20
        assert odd.digest(browser.database) == before
    with browser.database.read() as db:
        assert db.query(FailedAttempt).count() == 0  # nobody is kept out for having sent too much


def _no_disk(_spooled: object) -> None:
    raise AssertionError("an upload that nobody asked for was put on the disk")
