"""Where members' wishes and alerts are kept; every query by name."""

from typing import Any

from services.notifications.preferences.domain import Interest, Member, Recipient, Wish, all_anchors
from shared.mongo import Collection, Query, Reader, Transaction, index

MEMBERS = Collection("members", Member, [index("anchors", "_id"), index("organisations", "_id")])


async def set_member(tx: Reader, id: str, **values: Any) -> None:
    """Fields of a member's copy, whichever event comes first."""
    await MEMBERS.update(tx, {"_id": id}, {"$set": values}, upsert=True)


async def set_interests(tx: Transaction, id: str, interests: list[Interest]) -> None:
    values = {"interests": [i.model_dump() for i in interests], "anchors": all_anchors(interests)}
    await set_member(tx, id, **values)


async def recipients(reader: Reader, audience: Query, after: str, limit: int) -> list[Recipient]:
    """A page of an audience, in order of id."""
    query = {"$and": [audience, {"_id": {"$gt": after}}]}
    rows = await MEMBERS.rows(reader, query, ["email", "confirmed", "mail", "interests"], limit=limit)
    return [_recipient(row) for row in rows]


def _recipient(row: dict[str, Any]) -> Recipient:
    takes_mail = bool(row.get("email")) and row.get("confirmed", False) and row.get("mail", True)
    wishes = [Wish(i["ecosystems"], i["countries"], i["kinds"], i["keywords"]) for i in row.get("interests", ())]
    return Recipient(row["_id"], takes_mail, wishes)
