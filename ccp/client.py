"""The public HTTP API as a program uses it: tokens, versions, idempotency keys; problems become errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
Json = dict[str, Any]
UNAUTHENTICATED, BUSY = 401, {502, 503, 504}
ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE = 10, 0.5, 10.0


class Problem(Exception):
    """The platform refused: the text says what and why."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            document = response.json()
        except ValueError:
            document = {}
        self.status = response.status_code
        self.code = str(document.get("code", ""))
        self.detail = document.get("detail") or response.reason_phrase
        fields = "; ".join(f"{e['field']}: {e['message']}" for e in document.get("errors", []))
        asked = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{asked} answered {self.status}: {' '.join(filter(None, [self.detail, fields]))}")


class Client:
    """One caller of the platform; `token` says who. With credentials, a token that ran out is replaced."""

    def __init__(self, http: httpx.AsyncClient, token: str = "", credentials: tuple[str, str] | None = None) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.credentials = credentials

    async def get(self, path: str, **params: Any) -> Any:
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        headers = {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key:
            headers["Idempotency-Key"] = key
        return await self._ask("POST", path, headers, json=body)

    async def put(self, path: str, body: Any, *, version: int) -> Any:
        return await self._ask("PUT", path, {"If-Match": f'"{version}"'}, json=body)

    async def post_lines(self, path: str, lines: bytes, media: str = "application/x-ndjson", **params: Any) -> Any:
        return await self._ask("POST", path, {"Content-Type": media}, content=lines, params=params)

    async def log_in(self, email: str, password: str) -> "Client":
        answer = await self.post("/tokens", {"email": email, "password": password})
        return Client(self.http, answer["token"], (email, password))

    async def _ask(self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), **what: Any) -> Any:
        response = await self.http.request(method, path, headers={**self.headers, **headers}, **what)
        if response.status_code == UNAUTHENTICATED and self.credentials:
            self.headers = (await Client(self.http).log_in(*self.credentials)).headers
            response = await self.http.request(method, path, headers={**self.headers, **headers}, **what)
        if response.is_error:
            raise Problem(response)
        return response.json() if response.content else None


def connect(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=10))


@asynccontextmanager
async def logged_in(url: str, email: str, password: str) -> AsyncIterator[Client]:
    async with connect(url) as http:
        yield await Client(http).log_in(email, password)


async def persistently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again for about a minute while the platform cannot be reached, or says that it is busy."""
    for attempt in range(ATTEMPTS):
        try:
            return await ask()
        except httpx.TransportError:
            if attempt == ATTEMPTS - 1:
                raise
        except Problem as problem:
            if problem.status not in BUSY or attempt == ATTEMPTS - 1:
                raise
        await asyncio.sleep(min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE))
    raise AssertionError("it returned or raised")
