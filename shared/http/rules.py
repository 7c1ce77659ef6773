"""Rules of HTTP that hold for every route: HEAD, OPTIONS, Allow, and no change that a page of another site requests."""

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import NotAllowed
from shared.http.methods import CHANGES, allowed_methods
from shared.http.origins import is_foreign
from shared.http.problems import on_refusal
from shared.sentences import _


class ForeignOrigin(NotAllowed):
    """A page of another site requested a change."""


class HttpRules:
    """Answers HEAD as GET without the body, OPTIONS with the methods of the path, and refuses foreign changes."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.asgi = app
        self.public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.asgi(scope, receive, send)
        request = Request(scope)
        if request.method in CHANGES and is_foreign(request, self.public_url):
            detail = _(
                "A page of another site sent this request. Send it from {public_url}, or without a browser.",
                public_url=self.public_url,
            )
            return await (await on_refusal(request, ForeignOrigin(detail)))(scope, receive, send)
        if request.method == "OPTIONS" and (methods := allowed_methods(scope)):
            return await Response(status_code=204, headers={"Allow": methods})(scope, receive, send)
        if request.method == "HEAD":
            return await self._without_body(scope, receive, send)
        await self.asgi(scope, receive, send)

    async def _without_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as to GET (RFC 9110, section 9.3.2)."""

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        as_get = {**scope, "method": "GET"}
        try:
            await self.asgi(as_get, receive, send_head)
        finally:
            scope["route"] = as_get.get("route")
