"""The platform under attack: its parts, its people, and what its clients were promised."""

import asyncio
import contextlib
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aio_pika
import httpx
import pycountry
from pymongo import MongoClient

from shared.bus.topology import queue_name
from shared.mongo import initiate_replica_set
from tests.chaos.parts import Broker, Mongod, Part, ServiceProcess, Sink, until
from tests.people import PASSWORD, PROFILE

OPERATOR = ("operator@ccp.example", "operator-under-attack")
COUNTRIES = sorted(country.alpha_2 for country in pycountry.countries)[:40]
LEASE_SECONDS = 3
SERVICES = ["calls", "matchmaking", "notifications", "profiles"]


@dataclass
class Promised:
    """What clients were told: the facts that the checker holds the platform to."""

    members: dict[str, list[str]] = field(default_factory=dict)  # id: countries she follows
    calls: dict[str, tuple[str, str]] = field(default_factory=dict)  # Idempotency-Key: (call, its country)
    asked: int = 0  # keys that were ever used
    poison: int = 0


class Platform:
    """Servers, services and sink; `grouping` says which services share a process, and how many replicas there are."""

    def __init__(self, folder: Path, grouping: Sequence[Sequence[str]]) -> None:
        self.folder = folder
        self.mongod, self.broker, self.sink = Mongod(folder), Broker(folder), Sink()
        settings = {
            "CCP_MONGO_URL": self.mongod.url,
            "CCP_BROKER_URL": self.broker.url,
            "CCP_MAIL_URL": self.sink.url,
            "CCP_MAIL_SETTLE_SECONDS": "0.2",
            "CCP_LEASE_SECONDS": str(LEASE_SECONDS),
            "CCP_OPERATOR_EMAIL": OPERATOR[0],
            "CCP_OPERATOR_PASSWORD": OPERATOR[1],
            "CCP_PUBLIC_URL": "http://ccp.test",
        }
        names = ["+".join(group) for group in grouping]
        self.services = [
            ServiceProcess(f"{name}-{number}", list(group), folder, **settings)
            for number, (name, group) in enumerate(zip(names, grouping, strict=True))
        ]
        self.grouping = grouping
        self.promised = Promised()
        self.clients = ThreadPoolExecutor(max_workers=8)
        self.deaths = 0  # of processes that send e-mail, or of their database

    @property
    def parts(self) -> list[Part]:
        return [self.mongod, self.broker, *self.services]

    def serving(self, service: str) -> list[ServiceProcess]:
        return [part for part, group in zip(self.services, self.grouping, strict=True) if service in group]

    def url(self, service: str) -> str:
        return self.serving(service)[0].url

    @contextlib.contextmanager
    def running(self) -> Iterator["Platform"]:
        with self.sink.receiving():
            try:
                self.start_servers()
                self.start_services()
                yield self
            finally:
                self.clients.shutdown(wait=False, cancel_futures=True)
                for part in self.parts:
                    part.kill()

    def start_servers(self) -> None:
        self.mongod.start()
        self.broker.start()
        until(lambda: self.mongod.answers, "mongod")
        asyncio.run(initiate_replica_set(f"mongodb://127.0.0.1:{self.mongod.port}/", f"127.0.0.1:{self.mongod.port}"))
        until(lambda: self.broker.answers, "RabbitMQ")

    def start_services(self, **environment: str) -> None:
        for part in self.services:
            if not part.is_running:
                part.start(**environment)
        until(lambda: all(part.answers for part in self.services), "the services to be ready")

    def restore(self) -> None:
        """Everything that was killed or paused runs again."""
        for part in self.parts:
            part.resume()
        for server in (self.mongod, self.broker):
            if not server.is_running:
                server.start()
        until(lambda: self.mongod.answers and self.broker.answers, "the servers")
        self.start_services()

    # --- people -------------------------------------------------------------------------------

    def settle_people(self, number: int) -> None:
        """Members with confirmed addresses who follow two countries each, and an organisation that publishes."""
        list(self.clients.map(self._member, range(number)))
        until(lambda: self._members_known(number), "notifications to know every member")
        self._organisation()

    def _member(self, place: int) -> None:
        address, follows = f"member{place}@members.example", [COUNTRIES[(place + n) % len(COUNTRIES)] for n in range(2)]
        body = {"email": address, "name": f"Member {place}", "country": "FR", "password": PASSWORD}
        asked(httpx.post(f"{self.url('profiles')}/members", json=body, timeout=20))
        until(lambda: address in self.sink.bodies, f"an e-mail to {address}")
        link = re.search(rb"http://ccp\.test(/confirm/\S+)", self.sink.bodies[address].replace(b"=\r\n", b""))
        assert link, self.sink.bodies[address]
        path = link[1].decode().replace("=3D", "=")
        asked(httpx.post(f"{self.url('profiles')}{path}", timeout=20))
        headers = self.log_in(address, PASSWORD)
        id = asked(httpx.get(f"{self.url('profiles')}/me", headers=headers))["id"]
        asked(httpx.post(f"{self.url('notifications')}/interests", json={"countries": follows}, headers=headers))
        self.promised.members[id] = follows

    def _members_known(self, number: int) -> bool:
        with self.database("notifications") as database:
            known = {"confirmed": True, "anchors": {"$ne": []}}
            return database.members.count_documents({**known, "interests": {"$ne": []}}) >= number

    def _organisation(self) -> None:
        owner, operator = self.log_in("member0@members.example", PASSWORD), self.log_in(*OPERATOR)
        base = f"{self.url('profiles')}/organisations"
        made = asked(httpx.post(base, json=PROFILE, headers=owner))
        for step, body, who in (("submit", None, owner), ("review", {"outcome": "publish"}, operator)):
            match = {"If-Match": f'"{made["version"]}"'}
            made = asked(httpx.post(f"{base}/{made['id']}/{step}", json=body, headers=who | match))
        self.organisation = made["id"]
        self.owner = owner
        until(self._organisation_known, "calls to know the organisation and its member")

    def _organisation_known(self) -> bool:
        response = self.create_call("probe", "SE")
        if response.status_code == 201:  # a draft: it is never published
            return True
        assert response.status_code in {403, 404, 409, 422}, response.text
        return False

    def log_in(self, address: str, password: str) -> dict[str, str]:
        body = {"email": address, "password": password}
        token = asked(httpx.post(f"{self.url('profiles')}/tokens", json=body, timeout=20))["token"]
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
        return httpx.post(f"{self.url('calls')}/calls", json=body, headers=headers, timeout=20)

    def publish_soon(self, key: str, country: str, patience: float = 60) -> "Future[None]":
        """The same, while something else happens."""
        return self.clients.submit(self.publish_call, key, country, patience)

    def poison(self, service: str, body: bytes) -> None:
        """A message that nobody can read, straight into a service's queue."""
        while True:
            try:
                asyncio.run(self._poison(service, body))
            except (OSError, aio_pika.exceptions.AMQPError):  # the broker is away: it has it not
                time.sleep(0.2)
            else:
                self.promised.poison += 1
                return

    async def _poison(self, service: str, body: bytes) -> None:
        async with await aio_pika.connect(self.broker.url) as connection:
            channel = await connection.channel()
            message = aio_pika.Message(body, message_id=f"poison-{self.promised.poison}")
            await channel.default_exchange.publish(message, queue_name(service))

    def publish_call(self, key: str, country: str, patience: float = 60) -> None:
        """As a careful client does: the same key until there is an answer, then published until it is."""
        self.promised.asked += 1
        deadline = time.monotonic() + patience
        call: dict[str, Any] | None = None
        while time.monotonic() < deadline:
            try:
                call = call or asked(self.create_call(key, country))
                url = f"{self.url('calls')}/calls/{call['id']}"
                now = asked(httpx.get(url, headers=self.owner, timeout=20))
                if now["status"] == "draft":
                    match = {"If-Match": f'"{now["version"]}"'}
                    asked(httpx.post(f"{url}/publish", headers=self.owner | match, timeout=20))
            except (httpx.HTTPError, Refused):
                time.sleep(0.1)
            else:
                self.promised.calls[key] = (call["id"], country)
                return
        raise TimeoutError(f"no answer about {key} within {patience:g} s")

    # --- looking inside -------------------------------------------------------------------------

    @contextlib.contextmanager
    def database(self, service: str) -> Iterator[Any]:
        client: MongoClient[Any] = MongoClient(self.mongod.url, tz_aware=True)
        try:
            yield client[f"ccp_{service}"]
        finally:
            client.close()


class Refused(Exception):
    """Not now: the client tries again."""


def asked(response: httpx.Response) -> Any:
    if response.status_code >= 500 or response.status_code == 412:
        raise Refused(response.text)
    assert response.is_success, response.text
    return response.json() if response.content else None
