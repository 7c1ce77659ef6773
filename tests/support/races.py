"""Two use cases at the same moment: the second runs when the first has done all its work and has not committed."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.errors import Refusal
from shared.mongo import Database, Transaction

Work = Callable[[Transaction], Awaitable[Any]]


def use(use_case: Callable[..., Awaitable[Any]], *args: Any) -> Work:
    """Return the use case with its arguments, to run in a transaction."""
    return lambda tx: use_case(tx, *args)


@dataclass
class Overlap:
    """What two use cases returned or refused, and whether the second had to start again because of the first."""

    first: Any
    second: Any
    conflicted: bool


async def nothing(_: Database) -> None:
    """Nothing follows the second use case."""


async def overlap(
    db: Database, first: Work, second: Work, then: Callable[[Database], Awaitable[None]] = nothing
) -> Overlap:
    """Run the first up to its commit, then the second and what follows it, like its job, then commit the first.

    If they conflict, the second starts again after the commit. If not, both commit, as snapshots allow.
    """
    attempts, started_again, committed = itertools.count(), asyncio.Event(), asyncio.Event()
    seconds: list[asyncio.Task[Any]] = []

    async def run_second(tx: Transaction) -> Any:
        if next(attempts):
            started_again.set()
            await committed.wait()
        return await second(tx)

    async def run_second_and_what_follows() -> Any:
        result = await outcome(db, run_second)
        await then(db)
        return result

    async def run_first(tx: Transaction) -> Any:
        result = await first(tx)
        await tx.flush()
        if not seconds:
            seconds.append(asyncio.create_task(run_second_and_what_follows()))
            again = asyncio.create_task(started_again.wait())
            await asyncio.wait([seconds[0], again], return_when=asyncio.FIRST_COMPLETED)
            again.cancel()
        return result

    first_outcome = await outcome(db, run_first)
    committed.set()
    assert seconds, first_outcome
    return Overlap(first_outcome, await seconds[0], started_again.is_set())


async def outcome(db: Database, work: Work) -> Any:
    """Run the work in a transaction and return its result, or its refusal."""
    try:
        return await db.transact(work)
    except Refusal as refusal:
        return refusal
