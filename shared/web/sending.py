"""Requests inside the application: a form goes to the API as JSON, a page is shown again with what was typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.types import Message, Scope

OF_A_ROUTE = {
    "route",
    "endpoint",
    "path_params",
    "router",
    "fastapi",
    "fastapi_inner_astack",
    "fastapi_function_astack",
}
OF_A_BODY = {b"content-type", b"content-length", b"accept", b"transfer-encoding", b"range", b"if-none-match"}


@dataclass(frozen=True)
class Answer:
    """The answer to a request inside the application."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of a header; empty without one."""
        found = [value for key, value in self.headers if key.lower() == name.encode()]
        return found[-1].decode("latin-1") if found else ""

    @property
    def document(self) -> Any:
        """The JSON of the answer; an empty object if it has none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    def response(self, status: int | None = None) -> Response:
        """Return the answer for the browser, with another status if one is given."""
        response = Response(self.body, status or self.status)
        response.raw_headers = self.headers
        return response


async def ask(
    request: Request,
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request through the routes of this application, on behalf of the one who sent this request."""
    scope: Scope = {name: value for name, value in request.scope.items() if name not in OF_A_ROUTE}
    kept = [(name, value) for name, value in request.scope["headers"] if name not in OF_A_BODY]
    given = {"accept": "application/json", **(headers or {}), "content-length": str(len(body))}
    scope.update(
        {
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [*kept, *((name.lower().encode(), value.encode("latin-1")) for name, value in given.items())],
        }
    )
    sent = iter([{"type": "http.request", "body": body, "more_body": False}])
    messages: list[Message] = []

    async def receive() -> Message:
        return next(sent, {"type": "http.disconnect"})

    async def collect(message: Message) -> None:
        messages.append(message)

    await request.app.router(scope, receive, collect)
    start = next(message for message in messages if message["type"] == "http.response.start")
    content = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    return Answer(start["status"], list(start["headers"]), content)
