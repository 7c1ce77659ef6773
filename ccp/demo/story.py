"""The story: it plays the newsletter of May 2016 on a platform through the public API, and returns the result."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ccp.client import Client, Json
from ccp.demo import countries, prologue
from ccp.demo.cast import BRUSSELS, PATIENCE, Cast, Person, Watcher
from ccp.demo.chapters import brazil, epilogue, expression, interreg, japan
from ccp.demo.chapters.plot import Act, Outcome
from ccp.demo.crowd.achieving import achieve
from ccp.demo.crowd.storing import Crowd
from ccp.demo.mailbox import Mailbox
from shared.mongo import Database

POLL = 0.25  # seconds
CHAPTERS = [interreg.CHAPTER, expression.CHAPTER, japan.CHAPTER, brazil.CHAPTER]
ACTS = sorted([*(act for chapter in CHAPTERS for act in chapter.acts), *epilogue.ACTS], key=lambda act: act.on)


class TimeMachine(Protocol):
    """The control of a platform's business time. A platform that others use has none."""

    async def travel(self, delta: timedelta, /) -> None: ...


@dataclass
class Result:
    """The people, calls, alerts and e-mails after the story."""

    people: list[Person]
    calls: list[Json]
    gatherings: list[Json]
    deliveries: list[Json]
    password: str = ""  # of all people
    outcomes: list[Outcome] = field(default_factory=list)
    clusters: int = 0  # fictitious ones beside the newsletter's
    achievements: int = 0
    ahead: list[Act] = field(default_factory=list)  # acts in the future of a platform without a time machine

    @property
    def alerts(self) -> int:
        return sum(len(person.alerts) for person in self.people)

    @property
    def emails(self) -> int:
        return sum(delivery["state"] == "sent" for delivery in self.deliveries)


class Story:
    """A run of the story. Without a time machine it plays only the first day.

    `profiles`: the database of profiles, if the platform runs in this process. Fictitious clusters arrive there, what
    they and others achieved is told after the inboxes were counted, and countries have texts.
    """

    def __init__(
        self,
        visitor: Client,
        mailbox: Mailbox,
        run: str,
        watcher: Watcher,
        machine: TimeMachine | None = None,
        profiles: Database | None = None,
    ) -> None:
        self.cast = Cast(visitor, run, watcher)
        self.mailbox = mailbox
        self.machine = machine
        self.profiles = profiles
        self.crowd: Crowd | None = None

    async def play(self, operator_email: str, operator_password: str) -> Result:
        cast = self.cast
        cast.operator = await cast.visitor.log_in(operator_email, operator_password)
        await self._set_dates()
        if self.profiles:
            self.crowd = Crowd(self.profiles, cast.shift)
            await countries.write(cast)
        await self._let_clusters_arrive(cast.facts["today"])
        gatherings = await prologue.play(cast, self.mailbox)
        ahead = [act for act in ACTS if not await self._play_act(act)]
        deliveries = await self._settled()
        outcomes = [await chapter.report(cast) for chapter in CHAPTERS]
        calls = [*cast.calls.values()]
        arrived = self.crowd.arrived if self.crowd else 0
        achieved = await achieve(cast, self.crowd.profiles, self.crowd.ids) if self.crowd else 0
        people = list(cast.people.values())
        return Result(people, calls, gatherings, deliveries, cast.password, outcomes, arrived, achieved, ahead)

    # --- time -----------------------------------------------------------------------------------

    async def _set_dates(self) -> None:
        """Move all dates by whole weeks, to the week of the platform's business time."""
        first_day = self.cast.facts["today"].replace(tzinfo=ZoneInfo(BRUSSELS)).astimezone(UTC)
        self.cast.shift = timedelta(weeks=(await self.cast.now() - first_day + timedelta(hours=1)).days // 7)

    async def _play_act(self, act: Act) -> bool:
        """Play an act, after moving time to its day. Return False if the day lies ahead and time cannot be moved."""
        if act.on > self.cast.facts["today"]:
            if self.machine is None:
                return False
            await self._pass_to(self.machine, self.cast.moment(act.on), act)
        await self._let_clusters_arrive(act.on)
        await act.play(self.cast)
        return True

    async def _let_clusters_arrive(self, day: datetime) -> None:
        """Publish the fictitious clusters of the days until now, before the members of the story do anything."""
        if self.crowd:
            await self.crowd.arrive(day.date())
            arrived = self.crowd.arrived
            self.cast.watcher.progress("other clusters arrive", arrived, arrived + len(self.crowd.waiting))

    async def _pass_to(self, machine: TimeMachine, day: datetime, act: Act) -> None:
        """Move time to a day, after everything under way has arrived."""
        later = [act for act in ACTS if act.on > self.cast.facts["today"]]
        await self._quiet()
        self.cast.watcher.progress("time passes", later.index(act) + 1, len(later))
        await machine.travel(day - await self.cast.now())

    # --- afterwards -----------------------------------------------------------------------------

    async def _settled(self) -> list[Json]:
        """Wait until everything has arrived, read all inboxes, and return the e-mails to these people."""
        people = list(self.cast.people.values())
        await self._quiet(seconds=2)
        await self.cast.each("inboxes are read", people, self._read_inbox)
        mine = {person.id for person in people}
        return [delivery for delivery in await self._deliveries() if delivery["member_id"] in mine]

    async def _quiet(self, seconds: float = 0.5) -> None:
        """Wait until no e-mail is on its way and nothing has changed for some seconds."""
        calm, last = 0.0, None
        async with asyncio.timeout(PATIENCE):
            while calm < seconds:
                summary = await self.cast.operator.get("/deliveries/summary")
                mails = summary["mails"]
                moving = sum(mails.get(state, 0) for state in ("pending", "claimed", "handing"))
                calm = calm + POLL if not moving and summary == last else 0
                last, done = summary, sum(mails.values())
                self.cast.watcher.progress("e-mails leave", done - moving, done)
                await asyncio.sleep(POLL)

    async def _deliveries(self) -> list[Json]:
        deliveries: list[Json] = []
        cursor = None
        while True:
            page = await self.cast.operator.get("/deliveries", limit=100, **({"cursor": cursor} if cursor else {}))
            deliveries += page["items"]
            if not (cursor := page["next"]):
                return deliveries

    async def _read_inbox(self, person: Person) -> None:
        known = {alert["id"] for alert in person.alerts}
        person.alerts = (await person.me.get("/inbox", limit=100))["items"]
        for alert in person.alerts:
            if alert["id"] not in known:
                self.cast.watcher.alert(person, alert)


def still_ahead(acts: Sequence[Act], shift: timedelta) -> list[str]:
    """Return a line for each act, with its day on the platform's calendar."""
    return [f"{act.on + shift:%d %b %Y}: {act.words}" for act in acts]
