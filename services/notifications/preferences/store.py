"""Storage and queries of members with their preferences."""

from collections.abc import Sequence
from typing import Any

from services.notifications.preferences.domain import Criteria, Interest, Member, Recipient, all_anchors
from shared.mongo import Collection, Query, Reader, index
from shared.words import FOLDING

MEMBERS = Collection(
    "members",
    Member,
    [
        index("anchors", "_id"),
        index("organisations", "_id"),
        index("folding", where={"anchors": {"$exists": True}}),
    ],
)


async def set_contact(tx: Reader, id: str, email: str, name: str) -> None:
    """Store the address and name of a member, whichever event about them arrives first."""
    await _set(tx, id, {"email": email, "name": name})


async def set_confirmed(tx: Reader, id: str, email: str) -> None:
    """Store that a member confirmed this address."""
    await _set(tx, id, {"email": email, "confirmed": True})


async def set_mail_consent(tx: Reader, id: str, consent: bool) -> None:
    """Store whether a member wants alerts by e-mail."""
    await _set(tx, id, {"mail": consent})


async def set_interests(tx: Reader, id: str, interests: Sequence[Interest]) -> None:
    """Store the interests of a member, with the index keys that a fan-out finds them by."""
    rows = [interest.model_dump() for interest in interests]
    await _set(tx, id, {"interests": rows, "anchors": all_anchors(interests), "folding": FOLDING})


async def members_folded_earlier(reader: Reader, limit: int) -> list[Member]:
    """Return members whose index keys an earlier release made, by another folding of words."""
    earlier = {"anchors": {"$exists": True}, "folding": {"$not": {"$gte": FOLDING}}}
    return await MEMBERS.find(reader, earlier, sort=[("folding", 1)], limit=limit)


async def add_organisation(tx: Reader, id: str, organisation_id: str) -> None:
    """Store that a member belongs to an organisation."""
    await MEMBERS.update(tx, {"_id": id}, {"$addToSet": {"organisations": organisation_id}}, upsert=True)


async def recipients(reader: Reader, audience: Query, after: str, limit: int) -> list[Recipient]:
    """Return a page of the members that match a query, in order of id."""
    query = {"$and": [audience, {"_id": {"$gt": after}}]}
    rows = await MEMBERS.rows(reader, query, ["email", "confirmed", "mail", "interests"], limit=limit)
    return [_recipient(row) for row in rows]


def _recipient(row: dict[str, Any]) -> Recipient:
    takes_mail = bool(row.get("email")) and row.get("confirmed", False) and row.get("mail", True)
    interests = [
        Criteria(interest["ecosystems"], interest["countries"], interest["kinds"], interest["keywords"])
        for interest in row.get("interests", ())
    ]
    return Recipient(row["_id"], takes_mail, interests)


async def _set(tx: Reader, id: str, values: dict[str, Any]) -> None:
    await MEMBERS.update(tx, {"_id": id}, {"$set": values}, upsert=True)
