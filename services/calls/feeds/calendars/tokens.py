"""The secret in the address of a member's own calendar: one for each member, stored as a hash."""

import hashlib
import secrets
from datetime import datetime

from shared.models import Document
from shared.mongo import Collection, Reader, Transaction, index


class CalendarToken(Document):
    """Hash of the secret in a member's calendar address; its id is the member's."""

    hash: str
    at: datetime


TOKENS = Collection("calendar_tokens", CalendarToken, [index("hash", unique=True)])


def hash_secret(secret: str) -> str:
    """Return the hash under which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def rotate(tx: Transaction, member_id: str) -> str:
    """Replace the member's secret and return the new one, of 256 bits. It cannot be read again."""
    secret = secrets.token_urlsafe(32)
    values = {"$set": {"hash": hash_secret(secret), "at": tx.now}}
    await TOKENS.update(tx, {"_id": member_id}, values, upsert=True)
    return secret


async def revoke(tx: Transaction, member_id: str) -> None:
    """Delete the member's secret."""
    await TOKENS.delete(tx, {"_id": member_id})


async def member_of(reader: Reader, secret: str) -> str | None:
    """Return the id of the member to whom a secret belongs; None if it is unknown."""
    token = await TOKENS.first(reader, {"hash": hash_secret(secret)})
    return token.id if token else None
