"""A snapshot: current state for a new listener, each document as the events that a listener builds its copy from."""

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
from shared.sentences import _

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class SnapshotEvent:
    """An event that describes current state. Its time is never later than the fact: old facts cause no e-mail."""

    event: Event
    occurred_at: datetime


@dataclass(frozen=True)
class SnapshotSource(Generic[D]):
    """A collection that is part of the snapshot, and the events for one of its documents at a given time."""

    collection: Collection[D]
    events_of: Callable[[D, datetime], Sequence[SnapshotEvent]]


@dataclass(frozen=True)
class SnapshotPage:
    """Events of one page, number of documents that were read, cursor of the next page."""

    envelopes: Sequence[Envelope]
    looked_at: int
    next: str | None


async def snapshot_page(
    db: Database, sources: Sequence[SnapshotSource[Any]], cursor: str | None, limit: int
) -> SnapshotPage:
    """Return a page of the snapshot: collection by collection, in order of id. Raises Invalid.

    The cursor is `<collection>:<last id>`.
    """
    if not sources:
        return SnapshotPage([], 0, None)
    names = [source.collection.name for source in sources]
    name, _colon, last_id = (cursor or f"{names[0]}:").partition(":")
    if name not in names:
        raise Invalid(_("Invalid cursor. Use the cursor of the previous page unchanged."), field="cursor")
    place = names.index(name)
    source = sources[place]
    documents = await source.collection.find(db, {"_id": {"$gt": last_id}}, limit=limit)
    envelopes = [
        envelope_of(event, db.service) for document in documents for event in source.events_of(document, db.now())
    ]
    if len(documents) == limit:
        return SnapshotPage(envelopes, len(documents), f"{name}:{documents[-1].id}")
    return SnapshotPage(envelopes, len(documents), f"{names[place + 1]}:" if place + 1 < len(names) else None)


def envelope_of(snapshot_event: SnapshotEvent, service: str) -> Envelope:
    """Return the envelope of an event. The same state has the same id each time, so that a listener handles it once."""
    event = snapshot_event.event
    id = stable_id("announce", event.type, event.model_dump_json())  # the word is part of ids that listeners know
    return wrap(event, service).model_copy(update={"id": id, "time": snapshot_event.occurred_at})
