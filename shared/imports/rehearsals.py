"""Rehearsals of imports: a use case runs in a transaction that is aborted."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Concatenate, ParamSpec, TypeVar

from shared.mongo import Database, Transaction

P = ParamSpec("P")
R = TypeVar("R")


class Rehearsed(Exception):
    """The end of a rehearsal, which aborts its transaction."""


async def rehearse(
    db: Database, work: Callable[Concatenate[Transaction, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Return what a use case would return, and store and publish nothing."""
    results: list[R] = []

    async def work_and_abort(tx: Transaction) -> None:
        results[:] = [await work(tx, *args, **kwargs)]
        raise Rehearsed

    with suppress(Rehearsed):
        await db.transact(work_and_abort)
    [result] = results
    return result
