"""The public HTTP API as a program uses it: tokens, versions, idempotency keys; problems become errors."""

from typing import Any

import httpx

Json = dict[str, Any]


class Problem(Exception):
    """The platform refused: the text says what and why."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            document = response.json()
        except ValueError:
            document = {}
        self.status = response.status_code
        self.code = str(document.get("code", ""))
        detail = document.get("detail") or response.reason_phrase
        fields = "; ".join(f"{e['field']}: {e['message']}" for e in document.get("errors", []))
        asked = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{asked} answered {self.status}: {' '.join(filter(None, [detail, fields]))}")


class Client:
    """One caller of the platform; `token` says who."""

    def __init__(self, http: httpx.AsyncClient, token: str = "") -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def get(self, path: str, **params: Any) -> Any:
        return self._read(await self.http.get(path, params=params, headers=self.headers))

    async def post(self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        headers = {**self.headers}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key:
            headers["Idempotency-Key"] = key
        return self._read(await self.http.post(path, json=body, headers=headers))

    async def put(self, path: str, body: Any, *, version: int) -> Any:
        headers = {**self.headers, "If-Match": f'"{version}"'}
        return self._read(await self.http.put(path, json=body, headers=headers))

    async def post_lines(self, path: str, lines: bytes, media: str = "application/x-ndjson", **params: Any) -> Any:
        headers = {**self.headers, "Content-Type": media}
        return self._read(await self.http.post(path, content=lines, params=params, headers=headers))

    async def log_in(self, email: str, password: str) -> "Client":
        answer = await self.post("/tokens", {"email": email, "password": password})
        return Client(self.http, answer["token"])

    @staticmethod
    def _read(response: httpx.Response) -> Any:
        if response.is_error:
            raise Problem(response)
        return response.json() if response.content else None


def connect(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=10))
