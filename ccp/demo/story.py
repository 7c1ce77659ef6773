"""The story, step by step, as the people in it would do it through the public API."""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from ccp.client import Client, Json
from ccp.demo.mailbox import Mailbox, confirm_links

FACTS = Path(__file__).with_name("newsletter_2016_05.toml")
BRUSSELS = "Europe/Brussels"
PATIENCE = 60  # seconds
T = TypeVar("T")


class Watcher(Protocol):
    """Who looks on while the story is told."""

    def progress(self, words: str, done: int, total: int) -> None: ...

    def alert(self, person: "Person", alert: Json) -> None: ...


@dataclass
class Person:
    name: str
    country: str
    email: str
    interests: list[Json]
    id: str = ""
    client: Client | None = None
    alerts: list[Json] = field(default_factory=list)


@dataclass
class Told:
    """What came of it."""

    people: list[Person]
    calls: list[Json]
    gatherings: list[Json]
    deliveries: list[Json]

    @property
    def alerts(self) -> int:
        return sum(len(person.alerts) for person in self.people)

    @property
    def emails(self) -> int:
        return sum(delivery["state"] == "sent" for delivery in self.deliveries)


class Story:
    """Tells the facts to a running platform. `run` keeps one telling apart from the next."""

    def __init__(self, visitor: Client, mailbox: Mailbox, run: str, watcher: Watcher) -> None:
        self.facts = tomllib.loads(FACTS.read_text())
        self.visitor = visitor
        self.mailbox = mailbox
        self.run = run
        self.watcher = watcher
        self.password = f"demo-{run}-password"
        self.shift = timedelta()
        self.organisations: dict[str, tuple[Json, Person]] = {}
        self.people = [self._person(m["name"], m["country"], m["interests"]) for m in self.facts["members"]]

    async def tell(self, operator_email: str, operator_password: str) -> Told:
        self.operator = await self.visitor.log_in(operator_email, operator_password)
        await self._set_dates()
        contacts = [self._person(o["contact"], o["country"], []) for o in self.facts["organisations"]]
        everybody = [*contacts, *self.people]
        await self._each("members register", everybody, self._register)
        await self._confirm(everybody)
        pairs = list(zip(self.facts["organisations"], contacts, strict=True))
        await self._each("organisations pass their review", pairs, lambda pair: self._found(*pair))
        await self._each("members say what interests them", self.people, self._follow)
        await self._each("partners are sought", self.facts["partner_requests"], self._seek_partner)
        gatherings = await self._each("gatherings are announced", self.facts["gatherings"], self._gather)
        calls = await self._each("calls are published", self.facts["calls"], self._publish)
        by_slug = {fact["slug"]: call for fact, call in zip(self.facts["calls"], calls, strict=True)}
        await self._each("a deadline is extended", self.facts["changes"], lambda change: self._extend(change, by_slug))
        deliveries = await self._settled(everybody)
        return Told(everybody, calls, gatherings, deliveries)

    # --- who ------------------------------------------------------------------------------------

    def _person(self, name: str, country: str, interests: list[Json]) -> Person:
        address = f"{name.lower().replace(' ', '.')}.{self.run}@members.example"
        return Person(name, country, address, interests)

    async def _register(self, person: Person) -> None:
        body = {"email": person.email, "name": person.name, "country": person.country, "password": self.password}
        person.id = (await self.visitor.post("/members", body, key=f"{self.run}-{person.email}"))["id"]
        person.client = await self.visitor.log_in(person.email, self.password)

    async def _confirm(self, people: list[Person]) -> None:
        """Each follows the link in the e-mail that came."""
        waiting = {person.email for person in people}
        async with asyncio.timeout(PATIENCE):
            while waiting:
                links = await confirm_links(self.mailbox)
                for address in waiting & links.keys():
                    await self.visitor.post(links[address])
                    waiting.discard(address)
                self.watcher.progress("addresses are confirmed by e-mail", len(people) - len(waiting), len(people))
                await asyncio.sleep(0.1)

    async def _found(self, fact: Json, person: Person) -> None:
        body = {k: v for k, v in fact.items() if k not in {"slug", "contact"}}
        made = await me(person).post("/organisations", body, key=f"{self.run}-{fact['slug']}")
        made = await me(person).post(f"/organisations/{made['id']}/submit", version=made["version"])
        review = {"outcome": "publish"}
        made = await self.operator.post(f"/organisations/{made['id']}/review", review, version=made["version"])
        self.organisations[fact["slug"]] = (made, person)

    async def _follow(self, person: Person) -> None:
        for number, interest in enumerate(person.interests):
            await me(person).post("/interests", interest, key=f"{self.run}-{number}")

    # --- what -----------------------------------------------------------------------------------

    async def _seek_partner(self, fact: Json) -> None:
        organisation, person = self.organisations[fact["organisation"]]
        facts = {k: v for k, v in fact.items() if k != "organisation"}
        expires = self._moment(self.facts["today"] + timedelta(days=90), BRUSSELS)
        body = {**facts, "organisation_id": organisation["id"], "expires_at": expires}
        await me(person).post("/partner-requests", body, key=f"{self.run}-{fact['title'][:60]}")

    async def _gather(self, fact: Json) -> Json:
        client, body = self._as_publisher(fact)
        made: Json = await client.post("/gatherings", body, key=f"{self.run}-{fact['title'][:60]}")
        return made

    async def _publish(self, fact: Json) -> Json:
        client, body = self._as_publisher(fact)
        draft = await client.post("/calls", body, key=f"{self.run}-{fact['slug']}")
        call: Json = await client.post(f"/calls/{draft['id']}/publish", version=draft["version"])
        return call

    async def _extend(self, change: Json, calls: dict[str, Json]) -> None:
        fact = next(fact for fact in self.facts["calls"] if fact["slug"] == change["call"])
        client, body = self._as_publisher({**fact, "deadline": change["deadline"]})
        call = calls[change["call"]]
        await client.put(f"/calls/{call['id']}", body, version=call["version"])

    def _as_publisher(self, fact: Json) -> tuple[Client, Json]:
        zone = fact.get("timezone", BRUSSELS)
        times = {k: self._moment(v, zone) for k, v in fact.items() if isinstance(v, datetime)}
        body = {k: v for k, v in fact.items() if k not in {"slug", "publisher"}} | times
        if not fact["publisher"]:
            return self.operator, body
        organisation, person = self.organisations[fact["publisher"]]
        return me(person), {**body, "organisation_id": organisation["id"]}

    # --- when -----------------------------------------------------------------------------------

    async def _set_dates(self) -> None:
        """On a platform that lives in another week, all dates move by whole weeks."""
        now = datetime.fromisoformat((await self.visitor.get("/readyz"))["business_time"])
        then = self.facts["today"].replace(tzinfo=ZoneInfo(BRUSSELS)).astimezone(UTC)
        self.shift = timedelta(weeks=(now - then + timedelta(hours=1)).days // 7)

    def _moment(self, local: datetime, zone: str) -> str:
        return (local + self.shift).replace(tzinfo=ZoneInfo(zone)).isoformat()

    # --- and then -------------------------------------------------------------------------------

    async def _settled(self, people: list[Person]) -> list[Json]:
        """Wait until nothing is on its way and nothing new came for two seconds."""
        mine, quiet, last = {person.id for person in people}, 0, ""
        async with asyncio.timeout(PATIENCE):
            while quiet < 4:
                await self._each("inboxes are read", people, self._read_inbox)
                summary = await self.operator.get("/deliveries/summary")
                mails = summary["mails"]
                moving = sum(mails.get(state, 0) for state in ("pending", "claimed", "handing"))
                quiet = quiet + 1 if not moving and str(summary) == last else 0
                last = str(summary)
                done = sum(mails.values())
                self.watcher.progress("e-mails leave", done - moving, done)
                await asyncio.sleep(0.25)
        return [delivery for delivery in await self._deliveries() if delivery["member_id"] in mine]

    async def _deliveries(self) -> list[Json]:
        found, cursor = [], None
        while True:
            page = await self.operator.get("/deliveries", limit=100, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            if not (cursor := page["next"]):
                return found

    async def _read_inbox(self, person: Person) -> None:
        known = {alert["id"] for alert in person.alerts}
        person.alerts = (await me(person).get("/inbox", limit=100))["items"]
        for alert in person.alerts:
            if alert["id"] not in known:
                self.watcher.alert(person, alert)

    async def _each(self, words: str, items: Iterable[Any], work: Callable[[Any], Awaitable[T]]) -> list[T]:
        """Do one thing for each, a few at once, results in order."""
        items = list(items)
        gate, done = asyncio.Semaphore(4), 0
        self.watcher.progress(words, 0, len(items))

        async def one(item: Any) -> T:
            nonlocal done
            async with gate:
                result = await work(item)
            done += 1
            self.watcher.progress(words, done, len(items))
            return result

        return list(await asyncio.gather(*map(one, items)))


def me(person: Person) -> Client:
    assert person.client  # noqa: S101
    return person.client
