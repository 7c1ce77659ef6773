"""A client of the public HTTP API: it sends tokens, versions and idempotency keys, and raises problems as errors."""

import asyncio
import sys
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
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
        errors = [each for each in document.get("errors", []) if each["message"] != self.detail]
        fields = "; ".join(f"{each['field']}: {each['message']}" for each in errors)
        request = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{request} answered {self.status}: {' '.join(filter(None, [self.detail, fields]))}")


class Client:
    """A caller of the platform, identified by `token`, which is replaced when it has expired.

    By the refresh token; if that is refused, because an answer was lost, by the credentials.
    """

    def __init__(
        self, http: httpx.AsyncClient, token: str = "", refresh: str = "", credentials: tuple[str, str] | None = None
    ) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.refresh, self.credentials = refresh, credentials
        self._refreshing = asyncio.Lock()

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

    async def post_file(self, path: str, content: AsyncIterable[bytes], size: int, media: str, **params: Any) -> Any:
        headers = {"Content-Type": media, "Content-Length": str(size)}
        return await self._request("POST", path, headers, content=content, params=params)

    async def log_in(self, email: str, password: str) -> "Client":
        credentials = {"email": email, "password": password}
        try:
            answer = await self.post("/tokens", credentials)
        except Problem as problem:
            if problem.code != "code_needed" or not sys.stdin.isatty():
                raise
            answer = await self.post("/tokens", {**credentials, "code": await asyncio.to_thread(ask_for_code)})
        return Client(self.http, answer["token"], answer["refresh_token"], (email, password))

    async def _request(
        self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), **more: Any
    ) -> Any:
        sent = self.headers
        response = await self.http.request(method, path, headers={**sent, **headers}, **more)
        if response.status_code == UNAUTHENTICATED and self.refresh:
            await self._replace(sent)
            response = await self.http.request(method, path, headers={**self.headers, **headers}, **more)
        if response.is_error:
            raise Problem(response)
        return response.json() if response.content else None

    async def _replace(self, expired: Mapping[str, str]) -> None:
        """Replace an expired token, unless another request has replaced it meanwhile."""
        async with self._refreshing:
            if self.headers is expired:
                visitor = Client(self.http)
                try:
                    answer = await visitor.post("/tokens/refresh", {"refresh_token": self.refresh})
                    self.headers, self.refresh = {"Authorization": f"Bearer {answer['token']}"}, answer["refresh_token"]
                except Problem as problem:
                    if problem.status != UNAUTHENTICATED or self.credentials is None:
                        raise
                    again = await visitor.log_in(*self.credentials)
                    self.headers, self.refresh = again.headers, again.refresh


def ask_for_code() -> str:
    """Return the code of a second factor, which a person types."""
    return input("Code of your second factor: ")


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
