"""One log line per request, by route template: addresses hold tokens, and no address or browser of a person is kept."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.log import logger
from app.web.failures import route_of


class Journal:
    """The application, with a line in the log for each request it answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, watched)
        elapsed = round(1000 * (time.perf_counter() - began), 1)
        logger("web").debug("answered", method=scope["method"], route=route_of(scope), status=status, ms=elapsed)
