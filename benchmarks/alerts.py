"""Alerts: create 100,000 from one event; compare with `insert_many` of the same documents with the same indexes.

python -m benchmarks.alerts [--members N] [--rounds N]
"""

import argparse
import time

from benchmarks.events import some_call
from benchmarks.race import Race
from benchmarks.servers import Servers, database, runtime, servers
from services.__main__ import run
from services.notifications.alerts.fanout import fan_out
from services.notifications.alerts.store import ORGANISATIONS
from services.notifications.handlers import HANDLERS
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.store import MAILS
from services.notifications.preferences.domain import Interest, all_anchors
from services.notifications.preferences.store import MEMBERS
from shared import log
from shared.contracts.calls import CallPublished
from shared.mongo import Collection, Database, Transaction
from shared.testing import until

PAGE = 1000
RAW = Collection("raw_alerts", ALERTS.model, ALERTS.indexes)
COLLECTIONS = [MEMBERS, ORGANISATIONS, ALERTS, MAILS, RAW]


async def some_members(own: Database, number: int, *, mail: bool = False) -> None:
    """Create members with a few interests, among them the topic of the call."""
    interests = [
        Interest(id="1", ecosystems=["textiles"], keywords=["linen"]),
        Interest(id="2", countries=["FR", "IT"], kinds=["funding"]),
    ]
    wishes = {"interests": [one.model_dump() for one in interests], "anchors": all_anchors(interests)}
    taking = {"mail": mail, "confirmed": True}
    for first in range(0, number, 10_000):
        rows = [
            {"_id": member_id(n), "email": f"{n}@members.example", "name": f"Member {n}", **wishes, **taking}
            for n in range(first, min(first + 10_000, number))
        ]
        await own.raw(MEMBERS.name).insert_many(rows)


def member_id(number: int) -> str:
    return f"member-{number:07}"


async def ours(at: Servers, own: Database, members: int) -> float:
    """Return alerts per second, from the event's transaction until the last alert can be read."""
    one = runtime(at, own, HANDLERS, COLLECTIONS, jobs={"fan_out": fan_out})

    async def hear(tx: Transaction) -> None:
        await HANDLERS[CallPublished](tx, some_call(1))

    async def all_alerted() -> bool:
        return not await own.raw("jobs").count_documents({}) and await ALERTS.count(own, {}) == members

    async with one.running():
        started = time.perf_counter()
        await own.transact(hear)
        await until(all_alerted, "an alert for every member", 120)
        return members / (time.perf_counter() - started)


async def raw(own: Database) -> float:
    """Return the same documents per second, inserted a thousand at a time, one request after the other."""
    rows = await own.raw(ALERTS.name).find({}).to_list(None)
    collection = own.raw(RAW.name)
    started = time.perf_counter()
    for first in range(0, len(rows), PAGE):
        await collection.insert_many(rows[first : first + PAGE], ordered=False)
    return len(rows) / (time.perf_counter() - started)


RACE = Race("alerts", "alerts a second", "insert_many", goal=0.6)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    async with servers() as at:

        async def one_round() -> tuple[float, float]:
            async with database(at, "notifications", COLLECTIONS) as own:
                await some_members(own, chosen.members)
                return await ours(at, own, chosen.members), await raw(own)

        await RACE.run(one_round, chosen.rounds)


if __name__ == "__main__":
    log.configure(level="warning")
    run(main())
