"""The people in the tests and their actions."""

import contextlib
import email
import email.policy
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import httpx

from shared.testing import System, until

OPERATOR_EMAIL = "operator@ccp.example"
OPERATOR_PASSWORD = "operator-in-tests"
PASSWORD = "a long enough password"
PROFILE: dict[str, Any] = {
    "name": "Nordic ICT Cluster",
    "kind": "cluster_organisation",
    "country": "SE",
    "website": "https://nordic.example",
    "staff": 3,
    "members": {"sme": 30, "research": 4},
    "ecosystems": ["digital"],
}
MISSION: dict[str, Any] = {
    "title": "Mission to Japan",
    "kind": "mission",
    "countries": ["JP"],
    "ecosystems": ["digital"],
    "deadline": "2016-06-30T17:00:00+02:00",
}


class Member:
    """A member: a person with an account."""

    def __init__(self, platform: "Platform", name: str, address: str, id: str, token: str) -> None:
        self.platform, self.name, self.email, self.id = platform, name, address, id
        self.headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return await self.platform.http.get(path, headers=self.headers | kwargs.pop("headers", {}), **kwargs)

    async def post(self, path: str, body: Any = None, version: int | None = None, **headers: str) -> httpx.Response:
        return await self.platform.http.post(path, json=body, headers=self._headers(version, headers))

    async def put(self, path: str, body: Any, version: int | None = None) -> httpx.Response:
        return await self.platform.http.put(path, json=body, headers=self._headers(version, {}))

    def _headers(self, version: int | None, more: dict[str, str]) -> dict[str, str]:
        headers = self.headers | {name.replace("_", "-"): value for name, value in more.items()}
        return headers | ({"If-Match": f'"{version}"'} if version is not None else {})

    async def follows(self, **interest: list[str]) -> None:
        ok(await self.post("/interests", interest))

    async def alerts(self) -> list[dict[str, Any]]:
        return ok(await self.get("/inbox", params={"limit": 100}))["items"]

    async def publishes(self, call: dict[str, Any], organisation: dict[str, Any] | None = None) -> dict[str, Any]:
        body = {**call, "organisation_id": organisation["id"]} if organisation else call
        draft = ok(await self.post("/calls", body))
        return ok(await self.post(f"/calls/{draft['id']}/publish", version=draft["version"]))

    @property
    def mails(self) -> list[EmailMessage]:
        """Return the received e-mails, without the one that asked to confirm the address."""
        return [mail for mail in self.platform.mails_to(self.email) if not mail["Subject"].startswith("Confirm")]


class Platform:
    """The running services, as their users reach them."""

    def __init__(self, system: System, smtp: Any) -> None:
        self.system, self.smtp, self.http = system, smtp, system.http
        self.operator: Member
        self.registered: Counter[str] = Counter()

    async def log_in_operator(self) -> None:
        self.operator = await self.log_in("Operator", OPERATOR_EMAIL, OPERATOR_PASSWORD)

    async def log_in(self, name: str, address: str, password: str = PASSWORD) -> Member:
        token = ok(await self.http.post("/tokens", json={"email": address, "password": password}))["token"]
        id = ok(await self.http.get("/me", headers={"Authorization": f"Bearer {token}"}))["id"]
        return Member(self, name, address, id, token)

    async def member(self, name: str, country: str = "FR") -> Member:
        """Register, and set a password by the link in the e-mail."""
        address = await self.registers(name, country)
        ok(await self.http.post(await self.confirm_path(address), json={"password": PASSWORD}))
        member = await self.log_in(name, address)
        await self.system.settle()
        return member

    async def registers(self, name: str, country: str = "FR") -> str:
        """Register and return the address; a second person of that name has another one."""
        self.registered[name] += 1
        again = str(self.registered[name] - 1).removeprefix("0")
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        address = f"{plain}{again}@members.example"
        ok(await self.http.post("/members", json={"email": address, "name": name, "country": country}))
        return address

    @contextlib.asynccontextmanager
    async def client_at(self, address: str) -> AsyncIterator[httpx.AsyncClient]:
        """Yield an HTTP client with a network address of its own."""
        transport = httpx.ASGITransport(self.system.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=self.http.base_url) as http:
            yield http

    async def confirm_path(self, address: str) -> str:
        """Return the path of the link in the newest e-mail to the address."""
        return await self.path_in_mail(address, "confirm")

    async def path_in_mail(self, address: str, page: str) -> str:
        """Return the path of the link to a page in the newest e-mail to the address."""

        async def link() -> re.Match[str] | None:
            texts = [mail.get_body(("plain",)).get_content() for mail in self.mails_to(address)]
            return re.search(rf"http://ccp\.test(/{page}/\S+)", texts[-1]) if texts else None

        return (await until(link, f"a link to {address}"))[1]

    async def colleague(self, administrator: Member, organisation_id: str, name: str, role: str = "editor") -> Member:
        """Return a new member whom an administrator invited to an organisation, and who accepted."""
        member = await self.member(name)
        body = {"email": member.email, "role": role}
        ok(await administrator.post(f"/organisations/{organisation_id}/invitations", body))
        ok(await member.post(await self.path_in_mail(member.email, "invitations")))
        await self.system.settle()
        return member

    async def organisation(self, owner: Member, **more: Any) -> dict[str, Any]:
        """Create a profile, and publish it after its review."""
        made = ok(await owner.post("/organisations", PROFILE | more))
        made = ok(await owner.post(f"/organisations/{made['id']}/submit", version=made["version"]))
        review = {"outcome": "publish"}
        made = ok(await self.operator.post(f"/organisations/{made['id']}/review", review, version=made["version"]))
        await self.system.settle()
        return made

    def mails_to(self, address: str) -> list[EmailMessage]:
        return mails_to(self.smtp, address)


def mails_to(smtp: Any, address: str) -> list[EmailMessage]:
    """Return the e-mails that the SMTP server received for an address, oldest first."""
    envelopes = [envelope for envelope in smtp.envelopes if address in envelope.rcpt_tos]
    return [email.message_from_bytes(e.content, policy=email.policy.default) for e in envelopes]


def ok(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    return response.json() if response.content else None


def refused(response: httpx.Response, status: int, field: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Return the problem document of a response; assert its status, media type and fields."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["detail"]
    if field:
        assert field in [fault["field"] for fault in problem["errors"]], problem
    if code:
        assert problem["code"] == code
    return problem
