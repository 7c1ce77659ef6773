"""The story: the newsletter of May 2016 told to a running platform through its public API, and what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ccp.client import Client, Json
from ccp.demo import prologue
from ccp.demo.cast import BRUSSELS, PATIENCE, Cast, Person, Watcher
from ccp.demo.chapters import brazil, expression, interreg, japan
from ccp.demo.chapters.plot import Act, Outcome
from ccp.demo.mailbox import Mailbox

POLL = 0.25  # seconds
CHAPTERS = [interreg.CHAPTER, expression.CHAPTER, japan.CHAPTER, brazil.CHAPTER]
ACTS = sorted((act for chapter in CHAPTERS for act in chapter.acts), key=lambda act: act.on)


class TimeMachine(Protocol):
    """Who can let business time pass on the platform; nobody can on one that others use too."""

    async def travel(self, by: timedelta) -> None: ...


@dataclass
class Told:
    """What came of it."""

    people: list[Person]
    calls: list[Json]
    gatherings: list[Json]
    deliveries: list[Json]
    outcomes: list[Outcome] = field(default_factory=list)
    ahead: list[Act] = field(default_factory=list)  # could not be told: nobody lets time pass

    @property
    def alerts(self) -> int:
        return sum(len(person.alerts) for person in self.people)

    @property
    def emails(self) -> int:
        return sum(delivery["state"] == "sent" for delivery in self.deliveries)


class Story:
    """Tells the facts to a running platform; without a time machine, only what happens on the first day."""

    def __init__(
        self, visitor: Client, mailbox: Mailbox, run: str, watcher: Watcher, machine: TimeMachine | None = None
    ) -> None:
        self.cast = Cast(visitor, run, watcher)
        self.mailbox = mailbox
        self.machine = machine

    async def tell(self, operator_email: str, operator_password: str) -> Told:
        cast = self.cast
        cast.operator = await cast.visitor.log_in(operator_email, operator_password)
        await self._set_dates()
        gatherings = await prologue.play(cast, self.mailbox)
        ahead = [act for act in ACTS if not await self._play(act)]
        deliveries = await self._settled()
        outcomes = [await chapter.report(cast) for chapter in CHAPTERS]
        calls = [cast.calls[fact["slug"]] for fact in cast.facts["calls"]]
        return Told(list(cast.people.values()), calls, gatherings, deliveries, outcomes, ahead)

    # --- when -----------------------------------------------------------------------------------

    async def _set_dates(self) -> None:
        """On a platform that lives in another week, all dates move by whole weeks."""
        then = self.cast.facts["today"].replace(tzinfo=ZoneInfo(BRUSSELS)).astimezone(UTC)
        self.cast.shift = timedelta(weeks=(await self.cast.now() - then + timedelta(hours=1)).days // 7)

    async def _play(self, act: Act) -> bool:
        """Whether its day is there, or could be brought about."""
        if act.on > self.cast.facts["today"]:
            if self.machine is None:
                return False
            await self._pass_to(self.machine, self.cast.moment(act.on), act)
        await act.play(self.cast)
        return True

    async def _pass_to(self, machine: TimeMachine, day: datetime, act: Act) -> None:
        """What is under way arrives first, in its own time."""
        later = [act for act in ACTS if act.on > self.cast.facts["today"]]
        await self._quiet()
        self.cast.watcher.progress("time passes", later.index(act) + 1, len(later))
        await machine.travel(day - await self.cast.now())

    # --- and then -------------------------------------------------------------------------------

    async def _settled(self) -> list[Json]:
        """The e-mails to these people, once nothing is on its way; their inboxes are read by then."""
        people = list(self.cast.people.values())
        await self._quiet(seconds=2)
        await self.cast.each("inboxes are read", people, self._read_inbox)
        mine = {person.id for person in people}
        return [delivery for delivery in await self._deliveries() if delivery["member_id"] in mine]

    async def _quiet(self, seconds: float = 0.5) -> None:
        """Wait until no e-mail is on its way and nothing new came for so long."""
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
        found: list[Json] = []
        cursor = None
        while True:
            page = await self.cast.operator.get("/deliveries", limit=100, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            if not (cursor := page["next"]):
                return found

    async def _read_inbox(self, person: Person) -> None:
        known = {alert["id"] for alert in person.alerts}
        person.alerts = (await person.me.get("/inbox", limit=100))["items"]
        for alert in person.alerts:
            if alert["id"] not in known:
                self.cast.watcher.alert(person, alert)


def untold(acts: Sequence[Act], shift: timedelta) -> list[str]:
    """What waits for its day, on the platform's calendar."""
    return [f"{act.on + shift:%d %b %Y}: {act.words}" for act in acts]
