"""The door: who may be addressed, who may send, how much, and what every reply says to the browser.

Pure ASGI, so that streams of pictures pass through untouched. There is no CSRF token: browsers say themselves where a
request comes from (the rule is that of Go's ``CrossOriginProtection``), which works without scripts and without a form
knowing anything.
"""

import asyncio
import ipaddress
import re
from urllib.parse import urlsplit

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError, BadInput, Forbidden
from app.settings import Settings
from app.web.failures import NoSuchPage, Shelter, failure_response
from app.web.uploads import UPLOAD_LIMIT

BODY_LIMIT = 1_000_000  # bytes; nothing that a form or a vote sends comes near it
BODY_PATIENCE = 60.0  # seconds in which such a body has to be there; uploads.py has its own for archives
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?")
MEASURES_LIMIT = 32_000_000  # of a file with values of measures: half a million of them
# Who reads the body itself, piece by piece into a file.
_UPLOADS = re.compile(
    r"POST (/admin/studies/([0-9]+/upload|import)|/api/v1/studies/([0-9]+/stimuli|import)|/admin/photographs"
    r"|/api/v1/photographs/[^/]+)"
)
_MEASURES = re.compile(r"POST /admin/studies/[0-9]+/results/agreement|PUT /api/v1/studies/[0-9]+/measures")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(*forms_to: str) -> str:
    """What a page may load, and where its forms may go: here, and to ``forms_to``."""
    form_action = " ".join(("'self'", *forms_to))
    return f"default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"


_HEADERS = {
    "Content-Security-Policy": policy(),
    # Not no-referrer: under it browsers send `Origin: null` with forms, and on a lab's plain HTTP, where there is no
    # Sec-Fetch-Site, nothing else tells our own forms from a stranger's. Other sites learn nothing from either.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class UnknownHost(BadInput):
    """The server was addressed by a name it was not told about."""

    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(
            f"This server does not answer to the name {name!r}",
            "use the address it was started with, or have its operator add the name to BEHOLDER_HOSTS",
        )


class CrossSite(Forbidden):
    """A page of another site tried to act in the name of whoever has this one open."""

    def __init__(self) -> None:
        super().__init__("This request came from another site and was refused", "open the page here and send it again")


class TooLarge(AppError):
    """More was sent than any page of ours sends."""

    status = 413

    def __init__(self, limit: int) -> None:
        small = (
            "send less at once: pictures go into the form for a zip on their study's page, or bring them in with "
            "`beholder ingest`"
        )
        large = {
            MEASURES_LIMIT: "make several files of the values, or bring them in with `beholder measures`",
            UPLOAD_LIMIT: "make several archives of the pictures, or bring them in with `beholder ingest`, and studies "
            "with `beholder study import`",
        }
        super().__init__(
            f"What was sent is larger than {limit // 1_000_000:,} MB and was refused", large.get(limit, small)
        )


class TooSlow(AppError):
    """What was announced did not arrive in time."""

    status = 408

    def __init__(self) -> None:
        super().__init__("The request broke off before all of it had arrived", "send it again")


class BadLength(AppError):
    """The length of the request is no number of bytes."""

    def __init__(self) -> None:
        super().__init__(
            "This request does not say in a number how long it is (Content-Length) and was refused", "send it again"
        )


class OtherCharset(BadInput):
    """The form is in another encoding than UTF-8."""  # some of them hold what no reply and no table can

    def __init__(self) -> None:
        super().__init__("This form is not sent as UTF-8 and was refused; nothing was changed.", "send it as UTF-8")


class Guard:
    """The application behind its door."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._sheltered = Shelter(self._answer)  # a slip of the door's own ends as a page too, with the headers
        self.names = {name.lower() for name in (*settings.hosts, urlsplit(settings.address).hostname or "") if name}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self._sheltered(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, limit = Headers(scope=scope), _limit(scope)
        body = _Measured(receive, limit, BODY_PATIENCE if limit == BODY_LIMIT else None)
        reply = _Reply(body, headers, send)
        try:
            self._check_host(headers.get("host", ""))
            _check_origin(scope["method"], headers)
            _check_length(headers.get("content-length", "0"), limit)
            _check_charset(headers.get("content-type", ""))
            _check_path(scope["path"])
        except AppError as error:
            await failure_response(Request(scope), error)(scope, receive, reply.send)
            return
        await self.app(scope, body.receive, reply.send_unless_refused)
        if body.refused and not reply.started:
            await failure_response(Request(scope), body.refused)(scope, receive, reply.send)

    def _check_host(self, host: str) -> None:
        name = host_name(host)
        if name == "localhost" or name in self.names or _is_loopback(name):
            return
        raise UnknownHost(name)


def host_name(host: str) -> str:
    """The name in a ``Host`` header, without port and brackets; empty where it is malformed."""
    found = _HOST.fullmatch(host.lower())
    if found is None or int(found["port"] or 0) > 65_535:  # addresses are made of it: no path, no user, no such port
        return ""
    return found["six"] or found["name"]


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _check_origin(method: str, headers: Headers) -> None:
    if method in _SAFE:
        return
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
        return
    origin = headers.get("origin")  # without either, no browser sent it: there is nobody to act in the name of
    if origin is not None and _place(origin) != headers.get("host", "").lower():
        raise CrossSite


def _place(origin: str) -> str | None:
    """Name and port of an origin; None where it is malformed, as no browser's is."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _limit(scope: Scope) -> int:
    asked = f"{scope['method']} {scope['path']}"
    return UPLOAD_LIMIT if _UPLOADS.fullmatch(asked) else MEASURES_LIMIT if _MEASURES.fullmatch(asked) else BODY_LIMIT


def _check_length(announced: str, limit: int) -> None:
    if not (announced.isascii() and announced.isdigit()):
        raise BadLength
    if len(announced) > 20 or int(announced) > limit:  # Python refuses to read numbers of thousands of digits
        raise TooLarge(limit)


def _check_path(path: str) -> None:
    if "\0" in path:  # SQLite finds nothing of that name, PostgreSQL refuses to look
        raise NoSuchPage


def _check_charset(kind: str) -> None:
    _, options = parse_options_header(kind)  # what reads the form reads its charset by the same function
    if options.get(b"charset", b"utf-8").lower() not in (b"utf-8", b"utf8"):
        raise OtherCharset


class _Measured:
    """A body that is cut off where it is too slow or too long: chunked requests do not announce their length."""

    def __init__(self, receive: Receive, limit: int, patience: float | None) -> None:
        self._receive = receive
        self._limit = limit
        self._patience = patience
        self._until: float | None = None
        self._size = 0
        self.refused: AppError | None = None
        self.read = False  # to its end

    async def receive(self) -> Message:
        try:
            async with asyncio.timeout_at(self._deadline()):
                message = await self._receive()
        except TimeoutError:
            return self._refuse(TooSlow())
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            return self._refuse(TooLarge(self._limit))
        self.read = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    def _deadline(self) -> float | None:
        """None where nothing is to come but the end of the connection, which may take as long as the reply."""
        if self._patience is None or self.read:
            return None
        self._until = self._until or asyncio.get_running_loop().time() + self._patience
        return self._until

    def _refuse(self, error: AppError) -> Message:
        self.refused = error
        return {"type": "http.disconnect"}


class _Reply:
    """A reply that ends the connection where much may still be on its way: the server would read it, for nothing."""

    def __init__(self, body: _Measured, headers: Headers, send: Send) -> None:
        self._body = body
        self._send = send
        length = headers.get("content-length", "")
        self._short = "transfer-encoding" not in headers and len(length) < len(str(BODY_LIMIT))
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            if not self._body.read and (self._body.refused or not self._short):
                MutableHeaders(scope=message)["Connection"] = "close"
        await self._send(message)

    async def send_unless_refused(self, message: Message) -> None:
        if not self._body.refused:
            await self.send(message)


def _with_headers(send: Send) -> Send:
    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return decorated
