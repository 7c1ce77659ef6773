"""Current state for a newcomer: each document told as the event that says what it is now, and when that came about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.contracts import Event
from shared.envelope import Envelope, wrap
from shared.errors import Invalid
from shared.ids import stable_id
from shared.models import Document
from shared.mongo import Collection, Database

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Fact:
    """What a newcomer is told. Nobody is e-mailed an old fact, so its time is never later than the truth."""

    event: Event
    at: datetime


@dataclass(frozen=True)
class Source(Generic[D]):
    """A collection of which newcomers are told, and what they are told of one document at this moment."""

    collection: Collection[D]
    facts: Callable[[D, datetime], Sequence[Fact]]


@dataclass(frozen=True)
class Told:
    """A page of current state: `looked_at` documents, and where the next page begins."""

    envelopes: Sequence[Envelope]
    looked_at: int
    next: str | None


async def current_state(db: Database, sources: Sequence[Source[Any]], cursor: str | None, limit: int) -> Told:
    """Collection by collection in order of id. The cursor is `<collection>:<last id>`. Raises Invalid."""
    if not sources:
        return Told([], 0, None)
    names = [source.collection.name for source in sources]
    name, _, after = (cursor or f"{names[0]}:").partition(":")
    if name not in names:
        raise Invalid("the cursor is not one of ours", field="cursor")
    place = names.index(name)
    documents = await sources[place].collection.find(db, {"_id": {"$gt": after}}, limit=limit)
    facts = [fact for document in documents for fact in sources[place].facts(document, db.now())]
    if len(documents) == limit:
        further: str | None = f"{name}:{documents[-1].id}"
    else:
        further = f"{names[place + 1]}:" if place + 1 < len(names) else None
    return Told([told(fact, db.service) for fact in facts], len(documents), further)


def told(fact: Fact, service: str) -> Envelope:
    """The same fact has the same id whenever it is told again, so that a listener takes it once."""
    event = fact.event
    id = stable_id("announce", event.type, event.model_dump_json())
    return wrap(event, service).model_copy(update={"id": id, "time": fact.at})
