"""The people of the demo, their organisations, calls and dates, shared by all chapters."""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from ccp.client import Client, Json

FACTS = Path(__file__).with_name("newsletter_2016_05.toml")
SEQUEL = Path(__file__).with_name("sequel_2016.toml")
BRUSSELS = "Europe/Brussels"
PATIENCE = 60  # seconds
T = TypeVar("T")


class Watcher(Protocol):
    """A display that follows the demo while it runs."""

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

    @property
    def me(self) -> Client:
        assert self.client  # noqa: S101
        return self.client


class Cast:
    """All people and things by name. `run` distinguishes one run of the demo from the next."""

    def __init__(self, visitor: Client, run: str, watcher: Watcher) -> None:
        self.facts: Json = tomllib.loads(FACTS.read_text())
        self.sequel: Json = tomllib.loads(SEQUEL.read_text())
        self.visitor = visitor
        self.operator = visitor
        self.run = run
        self.password = f"demo-{run}-password"  # of all people
        self.watcher = watcher
        self.shift = timedelta()
        self.people = self._people()
        self.organisations: dict[str, Json] = {}
        self.calls: dict[str, Json] = {}
        self.applications: dict[tuple[str, str], str] = {}  # by call and organisation
        self.rows: dict[str, list[list[str]]] = {}  # by call: rows collected while the story runs
        self.notes: dict[str, list[str]] = {}  # by call: sentences to print under its table

    def _people(self) -> dict[str, Person]:
        """Return the organisations' contacts, then the other members; some are both."""
        contacts: dict[str, Json] = {fact["contact"]: fact for fact in self.facts["organisations"]}
        members: dict[str, Json] = {fact["name"]: fact for fact in self.facts["members"]}
        return {name: self._person(name, fact) for name, fact in (contacts | members).items()}

    def _person(self, name: str, fact: Json) -> Person:
        address = f"{name.lower().replace(' ', '.')}.{self.run}@members.example"
        return Person(name, fact["country"], address, fact.get("interests", []))

    def key(self, *parts: str) -> str:
        """Return an Idempotency-Key, so that a repeated request of the same run creates nothing twice."""
        return "-".join([self.run, *parts])[:100]

    # --- people ---------------------------------------------------------------------------------

    def contact(self, organisation: str) -> Person:
        fact = next(fact for fact in self.facts["organisations"] if fact["slug"] == organisation)
        return self.people[fact["contact"]]

    def publisher(self, call: str) -> Client:
        """Return the client that publishes the call: its organisation's contact, or an operator."""
        fact = next(fact for fact in self.facts["calls"] if fact["slug"] == call)
        return self.contact(fact["publisher"]).me if fact["publisher"] else self.operator

    def of(self, chapter: str, call: str) -> list[Json]:
        """Return the sequel's facts about a call: its applications, questions, ..."""
        return [fact for fact in self.sequel[chapter] if fact["call"] == call]

    def id_of(self, organisation: str) -> str:
        return str(self.organisations[organisation]["id"])

    def note(self, call: str, words: str) -> None:
        self.notes.setdefault(call, []).append(words)

    # --- dates ----------------------------------------------------------------------------------

    def moment(self, local: datetime, zone: str = BRUSSELS) -> datetime:
        """Return a local time of 2016, moved to the platform's calendar."""
        return (local + self.shift).replace(tzinfo=ZoneInfo(zone))

    def dated(self, value: Any, zone: str = BRUSSELS) -> Any:
        """Return facts in the API's format, with all times and days moved to the platform's calendar."""
        if isinstance(value, datetime):
            return self.moment(value, zone).isoformat()
        if isinstance(value, date):
            return (value + self.shift).isoformat()
        if isinstance(value, dict):
            return {name: self.dated(field, zone) for name, field in value.items()}
        return [self.dated(item, zone) for item in value] if isinstance(value, list) else value

    async def now(self) -> datetime:
        """Return the platform's business time."""
        return datetime.fromisoformat((await self.visitor.get("/readyz"))["business_time"])

    async def today(self) -> str:
        """Return the platform's date in words: 9 May 2016."""
        now = (await self.now()).astimezone(ZoneInfo(BRUSSELS))
        return f"{now.day} {now:%B %Y}"

    # --- steps ----------------------------------------------------------------------------------

    async def each(self, words: str, items: Iterable[Any], work: Callable[[Any], Awaitable[T]]) -> list[T]:
        """Do the work for each item, a few at once. Return the results in order."""
        items = list(items)
        gate, done = asyncio.Semaphore(4), 0
        self.watcher.progress(words, 0, len(items))

        async def work_on(item: Any) -> T:
            nonlocal done
            async with gate:
                result = await work(item)
            done += 1
            self.watcher.progress(words, done, len(items))
            return result

        return list(await asyncio.gather(*map(work_on, items)))
