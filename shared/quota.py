"""Quotas: how many documents of a kind one owner may have at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from shared.errors import QuotaReached
from shared.ids import new_id
from shared.models import Document
from shared.mongo import Collection, Query, Transaction
from shared.sentences import Sentence, _

P = ParamSpec("P")
R = TypeVar("R")


class Claimed(Document):
    """The last claim on a quota of an owner."""

    claim: str


CLAIMED = Collection("quota_claims", Claimed)
NEAR = 50  # documents left, from which on requests of one owner conflict


async def claim(tx: Transaction, what: str) -> None:
    """Conflict with every other transaction that claims the same: what one of them stores, the next one sees."""
    await CLAIMED.update(tx, {"_id": what}, {"$set": {"claim": new_id()}}, upsert=True)


@dataclass(frozen=True)
class Quota:
    """The most documents of a collection that match a query; `what` names them in the plural."""

    what: str
    collection: Collection[Any]
    most: int
    advice: str
    using: Any = None  # the index that counts, as `index` returned it

    async def check(self, tx: Transaction, owner: str, query: Query) -> None:
        """Raise QuotaReached if one more document is too many.

        Near the quota, requests of one owner force a write conflict, because they do not see each other's documents.
        Farther away they do not wait for each other; a burst from there can exceed the quota once, by its own size.
        """
        count = await self.collection.count(tx, query, using=self.using)
        if count >= self.most:
            raise QuotaReached(
                _(
                    "There are {count} {what}; the most is {most}. {advice}",
                    count=count,
                    what=Sentence(self.what),
                    most=self.most,
                    advice=Sentence(self.advice),
                )
            )
        if count + NEAR >= self.most:
            await claim(tx, f"{self.collection.name}:{owner}")

    def within(
        self, owner: str, query: Query, work: Callable[Concatenate[Transaction, P], Awaitable[R]]
    ) -> Callable[Concatenate[Transaction, P], Awaitable[R]]:
        """Return the work, preceded by the check."""

        async def checked(tx: Transaction, /, *args: P.args, **kwargs: P.kwargs) -> R:
            await self.check(tx, owner, query)
            return await work(tx, *args, **kwargs)

        return checked
