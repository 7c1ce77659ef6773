"""What an organisation shows, and the event handlers that keep the copies of partner requests and partnerships."""

from datetime import datetime

from services.profiles.organisations.store import with_merged
from services.profiles.showcase.domain import Showcase, partnership_after
from services.profiles.showcase.store import (
    PARTNERSHIPS,
    REQUESTS,
    calls_of,
    gatherings_of,
    partnerships_of,
    requests_of,
)
from shared.contracts.calls import ExpressionDecided
from shared.contracts.matchmaking import PartnerRequestClosed, RequestAnnounced
from shared.mongo import Reader, Transaction


async def showcase_of(reader: Reader, organisation_id: str, now: datetime) -> Showcase:
    """Return what an organisation shows, with what those published that were merged into it.

    Partner requests of a merged organisation are not shown by the partner search, and so not here.
    """
    ids = await with_merged(reader, organisation_id)
    return Showcase(
        calls=await calls_of(reader, ids, now),
        gatherings=await gatherings_of(reader, ids, now),
        requests=await requests_of(reader, [organisation_id], now),
        partnerships=await partnerships_of(reader, ids),
    )


async def on_request_announced(tx: Transaction, event: RequestAnnounced) -> None:
    """Store the copy of a partner request that was published or renewed, in whatever order the events come.

    One that was closed stays closed, and the latest time of expiry holds.
    """
    facts = {
        "title": event.title,
        "url": event.url,
        "organisation_id": event.organisation_id,
        "organisation_name": event.organisation_name,
        "side": event.side,
    }
    change = {"$set": facts, "$max": {"expires_at": event.expires_at}, "$setOnInsert": {"closed": False, "version": 1}}
    await REQUESTS.update(tx, {"_id": event.request_id}, change, upsert=True)


async def on_request_closed(tx: Transaction, event: PartnerRequestClosed) -> None:
    """Note that a partner request is closed, so that it is no longer shown."""
    await REQUESTS.update(tx, {"_id": event.request_id}, {"$set": {"closed": True, "version": 1}}, upsert=True)


async def on_expression_decided(tx: Transaction, event: ExpressionDecided) -> None:
    """Store the copy of a partnership that a selected expression of interest forms, or that ends."""
    if partnership := partnership_after(event, _decided_at(tx)):
        await PARTNERSHIPS.keep_newest(tx, partnership)


def _decided_at(tx: Transaction) -> datetime:
    """Return when the decision that is handled was made: a replay is later, and the clock of a demo is earlier."""
    return min(tx.occurred_at, tx.now)
