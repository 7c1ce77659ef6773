"""A client of the public HTTP API: it sends tokens, versions and idempotency keys, and raises problems as errors."""

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
    """An error response of the platform. The text names the request and the reason."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            document = response.json()
        except ValueError:
            document = {}
        self.status = response.status_code
        self.code = str(document.get("code", ""))
        self.detail = document.get("detail") or response.reason_phrase
        fields = "; ".join(f"{e['field']}: {e['message']}" for e in document.get("errors", []))
        request = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{request} answered {self.status}: {' '.join(filter(None, [self.detail, fields]))}")


class Client:
    """A caller of the platform, identified by `token`. With credentials, the client replaces an expired token."""

    def __init__(self, http: httpx.AsyncClient, token: str = "", credentials: tuple[str, str] | None = None) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.credentials = credentials

    async def get(self, path: str, **params: Any) -> Any:
        return await self._request("GET", path, params=params)

    async def post(self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        headers = {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key:
            headers["Idempotency-Key"] = key
        return await self._request("POST", path, headers, json=body)

    async def put(self, path: str, body: Any, *, version: int) -> Any:
        return await self._request("PUT", path, {"If-Match": f'"{version}"'}, json=body)

    async def post_lines(self, path: str, lines: bytes, media: str = "application/x-ndjson", **params: Any) -> Any:
        return await self._request("POST", path, {"Content-Type": media}, content=lines, params=params)

    async def log_in(self, email: str, password: str) -> "Client":
        answer = await self.post("/tokens", {"email": email, "password": password})
        return Client(self.http, answer["token"], (email, password))

    async def _request(
        self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), **more: Any
    ) -> Any:
        response = await self.http.request(method, path, headers={**self.headers, **headers}, **more)
        if response.status_code == UNAUTHENTICATED and self.credentials:
            self.headers = (await Client(self.http).log_in(*self.credentials)).headers
            response = await self.http.request(method, path, headers={**self.headers, **headers}, **more)
        if response.is_error:
            raise Problem(response)
        return response.json() if response.content else None


def connect(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=10))


@asynccontextmanager
async def logged_in(url: str, email: str, password: str) -> AsyncIterator[Client]:
    async with connect(url) as http:
        yield await Client(http).log_in(email, password)


async def persistently(request: Callable[[], Awaitable[T]]) -> T:
    """Repeat the request for about a minute while the platform is unreachable or busy."""
    for attempt in range(ATTEMPTS):
        try:
            return await request()
        except httpx.TransportError:
            if attempt == ATTEMPTS - 1:
                raise
        except Problem as problem:
            if problem.status not in BUSY or attempt == ATTEMPTS - 1:
                raise
        await asyncio.sleep(min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE))
    raise AssertionError("the loop returns or raises")
