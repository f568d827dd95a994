"""What no friendly browser sends, and how a page is read that came back."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from sqlalchemy import select

from app.db import Database
from app.db.base import Base

MARK = "zorilla"  # in every value that would run if a page let it
SECRET = "numbat pangolin quokka"

# Already encoded for an address: what stands between two slashes.
SEGMENTS = (
    "0", "-1", "00", "1.5", "1e3", "9" * 20, "9" * 5000, "%2D1", "٣", "%D9%A3", "%00", "1%00", "%ff", "%C0%AF", "..",
    "%2e%2e",
    "..%2F..%2Fetc%2Fpasswd", "%5C..%5C", "", "%20", "None", "nan", "true", "x" * 4000, "%F0%9F%A6%93",
    "%0D%0AX-Odd:%201",
    f"%3Cscript%3E{MARK}()%3C%2Fscript%3E", "'%20OR%201=1--", "%25", "%", "%u0041", ";a=1", "1%3Fq",
)  # fmt: skip
VALUES = (
    "", " ", "\x00", "a\x00b", "\x1b[31m", "\u202eevil", "\ud800", "é" * 300, "9" * 30, "9" * 5000, "-1", str(2**63),
    str(-(2**63)),
    "1e400", "NaN", "inf", "-inf", "0x10", "٣", "1_000", "2026-02-30", "true", "null", "[]", "{x}", "../../etc/passwd",
    f"<script>{MARK}()</script>", f'"><img src=x onerror={MARK}()>', f"' onfocus={MARK}() autofocus='",
    f"javascript:{MARK}()",
    "'; DROP TABLE studies; --", "1 OR 1=1", "%s%n", "{{7191*7}}", "${7191*7}", "=HYPERLINK(1)", "+1", "@SUM(1)",
    "\t=1", "\r=1",
    "a\r\nX-Odd: 1", "\n\n\n", "🦓" * 50, "x" * 70_000, "=".join("ab" * 30), "//evil.test", "\\\\evil.test",
    "https://evil.test/",
)  # fmt: skip
HEADERS = (
    {"Accept": "\xff\xfe"}, {"Accept": "application/json"}, {"Accept": "*/*;q=nan"}, {"Accept-Language": "x" * 5000},
    {"Accept-Language": "de;q=9e999,*;q=-1,\xe9"}, {"Cookie": "beholder_login=\xff; ;;=; beholder_login"},
    {"Cookie": "beholder_login=" + "9." * 400}, {"Authorization": "Bearer \xe9"},
    {"Authorization": "Basic " + "=" * 99},
    {"Range": "bytes=-9999999999999999999999,-"}, {"If-None-Match": '"\xff,*'}, {"If-Modified-Since": "yesterday"},
    {"Host": "evil.test"}, {"Host": "localhost:99999"}, {"Host": "[::1"}, {"Origin": "http://[",
    "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null"}, {"X-Forwarded-For": "a, b," * 500}, {"X-Forwarded-Proto": "gopher"}, {"Content-Length": "-1"},
    {"Content-Length": "٣".encode().decode("latin-1")}, {"Expect": "200-maybe"}, {"Transfer-Encoding": "gzip"},
)  # fmt: skip
BODIES = (
    ("application/json", b'{"title": NaN}'), ("application/json", b"\xff"), ("text/plain", b"title=a"), ("",
    b"title=a"),
    ("multipart/form-data", b"--b\r\n"), ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nbroken off"),
    ("multipart/form-data; boundary=b",
    b'--b\r\nContent-Disposition: form-data; name="title"; filename="a"\r\n\r\nx\r\n--b--\r\n'),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n'),
    ("application/x-www-form-urlencoded", b"other=%ZZ&%=%&=&&;;"), ("application/x-www-form-urlencoded",
    b"title=%ff%fe%00"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"title=+AD4-"), ("\xff/\xff", b"x"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
)  # fmt: skip


@dataclass(slots=True)
class Form:
    """A form as a browser would send it, with the values that it holds before anybody types."""

    page: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The address that it posts to."""
        return urlsplit(urljoin(self.page, self.action)).path


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.links, self.runs = page, list[Form](), list[str](), list[str]()
        self._form: Form | None = None
        self._select, self._script = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._script = tag == "script"
        self.runs += [f"<{tag} {name}={value}>" for name, value in given.items() if _runs(name, value)]
        if tag == "a":
            self.links.append(urljoin(self.page, given.get("href", "")))
        if tag == "form" and given.get("method", "get").lower() == "post":
            self._form = Form(self.page, given.get("action", ""))
            self.forms.append(self._form)
        if self._form is not None:
            self._field(self._form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            form.fields.append((self._select, given.get("value", "")))
        elif name and given.get("type") == "file":
            form.files.append(name)
        elif name and (tag in ("input", "textarea") or (tag == "button" and "value" in given)):
            form.fields.append((name, given.get("value", "on" if given.get("type") == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""
        if tag == "script":
            self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and MARK in data:
            self.runs.append(f"<script>{data}")


def _runs(name: str, value: str) -> bool:
    leads = name in ("href", "src", "action", "formaction")
    outside = leads and (
        value.lower().strip().startswith("javascript:") or "evil.test" in (urlsplit(value).netloc or "")
    )
    return name.startswith("on") or outside or MARK in name


def read(page: str, html: str) -> _Reader:
    """The page's forms, its links, and what of our input would run in it."""
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return reader


def digest(database: Database) -> dict[str, str]:
    """What every table holds; failed tries apart, which are counted on purpose."""
    with database.read() as db:
        return {table.name: _digest(db.execute(select(table).order_by(*table.primary_key))) for table in _tables()}


def _tables() -> Iterator["Base.metadata.tables"]:  # type: ignore[name-defined]
    return (table for table in Base.metadata.sorted_tables if table.name != "failed_attempts")


def _digest(rows: object) -> str:
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()  # type: ignore[call-overload]
