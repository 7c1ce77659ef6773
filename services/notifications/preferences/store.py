"""Storage and queries of members with their preferences."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications.preferences.domain import (
    Criteria,
    Interest,
    Member,
    MembershipVersion,
    Recipient,
    Scope,
    all_anchors,
    mail_scopes,
)
from shared.copies import keeps
from shared.mongo import Collection, Query, Reader, Transaction, index
from shared.words import FOLDING

MEMBERS = Collection(
    "members",
    Member,
    [
        index("anchors", "_id"),
        index("organisations", "_id"),
        index("administers", "_id"),
        index("operator", "_id", where={"operator": True}),
        index("folding", where={"anchors": {"$exists": True}}),
    ],
)
MEMBERSHIP_VERSIONS = Collection("membership_versions", MembershipVersion)
CONSENTS = {Scope.CALLS: "mail", Scope.OWN: "own_mail"}  # fields
FIELDS = ["email", "confirmed", "mail", "own_mail", "undeliverable", "interests", "organisations"]  # of recipients


async def set_contact(tx: Reader, id: str, values: dict[str, Any]) -> None:
    """Store the address and name of a member, whichever event about them arrives first."""
    await _set(tx, id, values)


async def set_confirmed(tx: Reader, id: str, email: str) -> None:
    """Store that a member confirmed this address."""
    await _set(tx, id, {"email": email, "confirmed": True})


async def set_mail_consent(tx: Reader, id: str, consents: Mapping[Scope, bool]) -> None:
    """Store which alerts a member wants by e-mail."""
    await _set(tx, id, {CONSENTS[scope]: consent for scope, consent in consents.items()})


async def set_undeliverable(tx: Reader, id: str, email: str, reply: str) -> bool:
    """Store that a mail server refused the address of a member for good. Return False if they have another by now."""
    refused = {"_id": id, "email": email, "undeliverable": {"$in": [None, ""]}}
    return bool(await MEMBERS.update(tx, refused, {"$set": {"undeliverable": reply}}))


async def set_deliverable(tx: Reader, ids: Sequence[str]) -> None:
    """Store that e-mails to these members may be tried again."""
    await MEMBERS.update(tx, {"_id": {"$in": [*ids]}}, {"$set": {"undeliverable": ""}})


async def set_interests(tx: Reader, id: str, interests: Sequence[Interest]) -> None:
    """Store the interests of a member, with the index keys that a fan-out finds them by."""
    rows = [interest.model_dump() for interest in interests]
    await _set(tx, id, {"interests": rows, "anchors": all_anchors(interests), "folding": FOLDING})


async def members_folded_earlier(reader: Reader, limit: int) -> list[Member]:
    """Return members whose index keys an earlier release made, by another folding of words."""
    earlier = {"anchors": {"$exists": True}, "folding": {"$not": {"$gte": FOLDING}}}
    return await MEMBERS.find(reader, earlier, sort=[("folding", 1)], limit=limit)


async def add_organisation(tx: Reader, id: str, organisation_id: str, *, administers: bool) -> None:
    """Store that a member belongs to an organisation, and whether they administer it."""
    added = {"organisations": organisation_id, **({"administers": organisation_id} if administers else {})}
    await MEMBERS.update(tx, {"_id": id}, {"$addToSet": added}, upsert=True)
    if not administers:
        await MEMBERS.update(tx, {"_id": id}, {"$pull": {"administers": organisation_id}})


async def remove_organisation(tx: Reader, id: str, organisation_id: str) -> None:
    """Store that a member no longer belongs to an organisation."""
    removed = {"organisations": organisation_id, "administers": organisation_id}
    await MEMBERS.update(tx, {"_id": id}, {"$pull": removed})


async def is_newest(tx: Transaction, membership_id: str, version: int) -> bool:
    """Store the version of an event about a membership, and return whether none with a higher one has arrived."""
    return await keeps(tx, MEMBERSHIP_VERSIONS, MembershipVersion(id=membership_id, version=version))


async def recipients(reader: Reader, audience: Query, after: str, limit: int) -> list[Recipient]:
    """Return a page of the members that match a query, in order of id."""
    query = {"$and": [audience, {"_id": {"$gt": after}}]}
    rows = await MEMBERS.rows(reader, query, FIELDS, limit=limit)
    return [_recipient(row) for row in rows]


def _recipient(row: dict[str, Any]) -> Recipient:
    scopes = mail_scopes(
        row.get("email", ""),
        row.get("undeliverable", ""),
        confirmed=row.get("confirmed", False),
        mail=row.get("mail", True),
        own_mail=row.get("own_mail", True),
    )
    interests = [
        Criteria(interest["ecosystems"], interest["countries"], interest["kinds"], interest["keywords"])
        for interest in row.get("interests", ())
    ]
    return Recipient(row["_id"], scopes, interests, row.get("organisations", []))


async def _set(tx: Reader, id: str, values: dict[str, Any]) -> None:
    await MEMBERS.update(tx, {"_id": id}, {"$set": values}, upsert=True)
