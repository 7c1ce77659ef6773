"""The platform under attack: its parts, its members, and the promises to its clients."""

import asyncio
import contextlib
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import aio_pika
import httpx
import pycountry
from pymongo import MongoClient

from shared.bus.topology import queue_name
from tests.chaos.parts import OPERATOR, Site, start_all, until
from tests.support.people import PASSWORD, PROFILE

COUNTRIES = sorted(country.alpha_2 for country in pycountry.countries)[:40]
PUBLISHER = "publisher@members.example"
SERVICES = ["calls", "matchmaking", "notifications", "profiles"]


@dataclass
class Promised:
    """The answers that clients received; the checker compares them with the databases."""

    members: dict[str, list[str]] = field(default_factory=dict)  # id of one to alert: countries that they follow
    calls: dict[str, tuple[str, str]] = field(default_factory=dict)  # Idempotency-Key: (call, its country)
    asked: int = 0  # number of keys used
    poison: int = 0


class Platform:
    """A site with its members and clients."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.promised = Promised()
        self.clients = ThreadPoolExecutor(max_workers=8)
        self.http = httpx.Client(timeout=20)
        self.deaths = 0  # of mailers: killed, paused longer than their lease, or without their database

    @contextlib.contextmanager
    def running(self, members: int) -> Iterator["Platform"]:
        """Start every part and register members."""
        try:
            self.restore()
            self.settle_people(members)
            yield self
        finally:
            self.clients.shutdown(wait=False, cancel_futures=True)
            self.http.close()

    def restore(self) -> None:
        """Start or resume every part that was killed or paused."""
        for part in self.site.parts:
            part.resume()
        start_all([self.site.mongo, self.site.broker])
        start_all(self.site.services)

    # --- people -------------------------------------------------------------------------------

    def settle_people(self, number: int) -> None:
        """Register members who follow two countries each, and an organisation that publishes calls."""
        list(self.clients.map(self._member, range(number)))
        self._person(PUBLISHER, COUNTRIES)  # who follows every country, but is not invited to their own calls
        until(lambda: self._members_known(number + 1), "notifications to know every member")
        self._organisation()
        until(self._publisher_known, "notifications to know who publishes")

    def _member(self, place: int) -> None:
        follows = [COUNTRIES[(place + n) % len(COUNTRIES)] for n in range(2)]
        self.promised.members[self._person(f"member{place}@members.example", follows)] = follows

    def _person(self, address: str, follows: list[str]) -> str:
        """Register a member who follows some countries. Returns their id."""
        body = {"email": address, "name": "Member", "country": "FR"}
        asked(self.http.post(f"{self.site.urls['profiles']}/members", json=body))
        text = until(lambda: self.site.sink.text_to(address), f"an e-mail to {address}")
        link = re.search(r"/confirm/\S+", text)
        assert link, text
        asked(self.http.post(f"{self.site.urls['profiles']}{link[0]}", json={"password": PASSWORD}))
        headers = self.log_in(address, PASSWORD)
        asked(
            self.http.post(f"{self.site.urls['notifications']}/interests", json={"countries": follows}, headers=headers)
        )
        id: str = asked(self.http.get(f"{self.site.urls['profiles']}/me", headers=headers))["id"]
        return id

    def _members_known(self, number: int) -> bool:
        with self.database("notifications") as database:
            known = {"confirmed": True, "anchors": {"$ne": []}}
            return database.members.count_documents({**known, "interests": {"$ne": []}}) >= number

    def _organisation(self) -> None:
        owner, operator = self.log_in(PUBLISHER, PASSWORD), self.log_in(*OPERATOR)
        base = f"{self.site.urls['profiles']}/organisations"
        made = asked(self.http.post(base, json=PROFILE, headers=owner))
        for step, body, who in (("submit", None, owner), ("review", {"outcome": "publish"}, operator)):
            match = {"If-Match": f'"{made["version"]}"'}
            made = asked(self.http.post(f"{base}/{made['id']}/{step}", json=body, headers=who | match))
        self.organisation = made["id"]
        self.owner = owner
        until(self._organisation_known, "calls to know the organisation and its member")

    def _organisation_known(self) -> bool:
        response = self.create_call("probe", "SE")
        if response.status_code == 201:  # a draft that is never published
            return True
        assert response.status_code in {403, 404, 409, 422}, response.text
        return False

    def _publisher_known(self) -> bool:
        with self.database("notifications") as database:
            return database.members.count_documents({"organisations": self.organisation}) == 1

    def log_in(self, address: str, password: str) -> dict[str, str]:
        body = {"email": address, "password": password}
        token = asked(self.http.post(f"{self.site.urls['profiles']}/tokens", json=body))["token"]
        return {"Authorization": f"Bearer {token}"}

    # --- calls --------------------------------------------------------------------------------

    def create_call(self, key: str, country: str) -> httpx.Response:
        body = {
            "title": f"Mission {key}",
            "kind": "mission",
            "countries": [country],
            "ecosystems": ["digital"],
            "deadline": "2099-06-30T17:00:00+02:00",
            "organisation_id": self.organisation,
        }
        headers = {**self.owner, "Idempotency-Key": key}
        return self.http.post(f"{self.site.urls['calls']}/calls", json=body, headers=headers)

    def publish_soon(self, key: str, country: str, timeout: float = 60) -> "Future[None]":
        """Publish a call in the background."""
        return self.clients.submit(self.publish_call, key, country, timeout)

    def poison(self, service: str, body: bytes) -> None:
        """Put an unreadable message into a service's queue; retry while the broker is unavailable."""
        while True:
            try:
                asyncio.run(self._poison(service, body))
            except (OSError, aio_pika.exceptions.AMQPError):  # the broker is unavailable
                time.sleep(0.2)
            else:
                self.promised.poison += 1
                return

    async def _poison(self, service: str, body: bytes) -> None:
        async with await aio_pika.connect(self.site.broker_url) as connection:
            channel = await connection.channel()
            message = aio_pika.Message(body, message_id=f"poison-{self.promised.poison}")
            await channel.default_exchange.publish(message, queue_name(service))

    def publish_call(self, key: str, country: str, timeout: float = 60) -> None:
        """Create and publish a call as a careful client does: retry with the same key until it is published."""
        self.promised.asked += 1
        deadline = time.monotonic() + timeout
        call: dict[str, Any] | None = None
        while time.monotonic() < deadline:
            try:
                call = call or asked(self.create_call(key, country))
                url = f"{self.site.urls['calls']}/calls/{call['id']}"
                now = asked(self.http.get(url, headers=self.owner))
                if now["status"] == "draft":
                    match = {"If-Match": f'"{now["version"]}"'}
                    asked(self.http.post(f"{url}/publish", headers=self.owner | match))
            except (httpx.HTTPError, Refused):
                time.sleep(0.1)
            else:
                self.promised.calls[key] = (call["id"], country)
                return
        raise TimeoutError(f"no answer about {key} within {timeout:g} s")

    # --- looking inside -------------------------------------------------------------------------

    @contextlib.contextmanager
    def database(self, service: str) -> Iterator[Any]:
        client: MongoClient[Any] = MongoClient(self.site.mongo_url, tz_aware=True)
        try:
            yield client[f"ccp_{service}"]
        finally:
            client.close()


class Refused(Exception):
    """The request failed for now; the client retries."""


def asked(response: httpx.Response) -> Any:
    if response.status_code >= 500 or response.status_code == 412:
        raise Refused(response.text)
    assert response.is_success, response.text
    return response.json() if response.content else None
