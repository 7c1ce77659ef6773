"""The secret in the address of a member's own calendar: kept as a hash, one at a time, given up whenever she likes."""

import hashlib
import secrets
from datetime import datetime

from shared.models import Document
from shared.mongo import Collection, Reader, Transaction, index


class CalendarToken(Document):
    """Its id is the member's."""

    hash: str
    at: datetime


TOKENS = Collection("calendar_tokens", CalendarToken, [index("hash", unique=True)])


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def rotate(tx: Transaction, member_id: str) -> str:
    """A new secret of 256 bits, said this once; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    values = {"$set": {"hash": hashed(secret), "at": tx.now}}
    await TOKENS.update(tx, {"_id": member_id}, values, upsert=True)
    return secret


async def revoke(tx: Transaction, member_id: str) -> None:
    await TOKENS.delete(tx, {"_id": member_id})


async def member_of(reader: Reader, secret: str) -> str | None:
    """Whose secret it is; nobody's: None."""
    token = await TOKENS.first(reader, {"hash": hashed(secret)})
    return token.id if token else None
