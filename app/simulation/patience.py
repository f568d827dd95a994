"""A transport that asks again where a page would: the server is busy, or the connection broke before the reply."""

import time
from collections.abc import Callable

import httpx2

_AGAIN = frozenset({429, 503})
_REPEATABLE = frozenset({"GET", "PUT"})  # sent twice they do no more than once; a form may have been taken already
_FIRST, _LONGEST = 0.5, 8.0  # seconds between two tries


class Patient(httpx2.BaseTransport):
    """Requests are sent up to ``tries`` times; the last reply is the reply, whatever it says."""

    def __init__(self, tries: int = 12, sleep: Callable[[float], None] = time.sleep) -> None:
        self.inner = httpx2.HTTPTransport()
        self.tries = tries
        self.sleep = sleep
        self.repeated = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The reply to the request."""
        wait = _FIRST
        for left in reversed(range(self.tries)):
            try:
                reply = self.inner.handle_request(request)
                if reply.status_code not in _AGAIN or not left:
                    return reply
                reply.close()
            except httpx2.ConnectError:
                if not left:
                    raise
            except httpx2.TransportError:
                if not left or request.method not in _REPEATABLE:
                    raise
            self.repeated += 1
            self.sleep(wait)
            wait = min(2 * wait, _LONGEST)
        raise AssertionError("a request is tried at least once")

    def close(self) -> None:
        """The connections are closed."""
        self.inner.close()
