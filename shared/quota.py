"""Quotas: how many documents of a kind one owner may have at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from shared.errors import QuotaReached
from shared.ids import new_id
from shared.models import Document
from shared.mongo import Collection, Query, Transaction

P = ParamSpec("P")
R = TypeVar("R")


class Claimed(Document):
    """The last claim on a quota of an owner."""

    claim: str


CLAIMED = Collection("quota_claims", Claimed)
CONCURRENT = 50  # transactions that one service may run at a time: the connections of its pool


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

        Near the quota it forces a write conflict with other requests of the owner: they do not see each other's
        documents.
        """
        count = await self.collection.count(tx, query, using=self.using)
        if count >= self.most:
            raise QuotaReached(f"There are {count} {self.what}; the most is {self.most}. {self.advice}")
        if count + CONCURRENT >= self.most:
            claimed = {"_id": f"{self.collection.name}:{owner}"}
            await CLAIMED.update(tx, claimed, {"$set": {"claim": new_id()}}, upsert=True)

    def within(
        self, owner: str, query: Query, work: Callable[Concatenate[Transaction, P], Awaitable[R]]
    ) -> Callable[Concatenate[Transaction, P], Awaitable[R]]:
        """Return the work, preceded by the check."""

        async def checked(tx: Transaction, /, *args: P.args, **kwargs: P.kwargs) -> R:
            await self.check(tx, owner, query)
            return await work(tx, *args, **kwargs)

        return checked
