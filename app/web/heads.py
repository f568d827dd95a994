"""HEAD, answered as GET without the body: what watches a server, and what previews a link, asks that way."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """The application, asked by GET where HEAD was sent; reading has no effect here, so the two differ in nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        asked = {**scope, "method": "GET"}  # a copy: the server looks into its own whether a body must follow
        await self.app(asked, receive, bodiless)
        if "route" in asked:
            scope["route"] = asked["route"]  # for the log
