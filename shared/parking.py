"""Parked messages: could not be handled, and are kept with the reason until an operator redrives or drops them."""

import traceback
from datetime import datetime

from shared import log
from shared.clock import real_now
from shared.ids import stable_id
from shared.models import Document
from shared.mongo import Collection, Reader, index


class Parked(Document):
    """A message or job that could not be handled."""

    listener: str
    event_type: str
    event_id: str
    body: bytes
    reason: str
    traceback: str = ""
    attempts: int
    at: datetime


PARKED = Collection("parked", Parked, [index("-at"), index("event_type", "-at")])


async def park(
    reader: Reader,
    listener: str,
    body: bytes,
    reason: str | BaseException,
    *,
    event_type: str,
    event_id: str,
    attempts: int,
) -> None:
    """Store a message and the reason why it could not be handled. The same message is stored once."""
    row = Parked(
        id=stable_id(listener, event_id, body.hex()),
        listener=listener,
        event_type=event_type,
        event_id=event_id,
        body=body,
        reason=str(reason) or repr(reason),
        traceback="".join(traceback.format_exception(reason)) if isinstance(reason, BaseException) else "",
        attempts=attempts,
        at=real_now(),
    )
    values = row.to_mongo()
    await PARKED.update(reader, {"_id": values.pop("_id")}, {"$set": values}, upsert=True)
    log.get(listener=listener).error("event_parked", type=event_type, id=event_id, reason=row.reason)
