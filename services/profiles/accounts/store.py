"""Storage and queries of members, and of registrations whose address is not confirmed."""

from collections.abc import Sequence

from services.profiles.accounts.domain import Member, PendingRegistration, normal_email
from shared.mongo import Collection, Reader, Transaction, index

DAYS_KEPT = 30  # the link in the e-mail is valid for seven days; until then a new one can be requested
NEWEST_FIRST = [("at", -1), ("_id", -1)]
MOST_REGISTRATIONS = 10  # of one address; twice the e-mails that strangers can send to it in an hour

MEMBERS = Collection(
    "members", Member, [index("email", unique=True), index("operator", "_id", where={"operator": True})]
)
REGISTRATIONS = Collection(
    "registrations",
    PendingRegistration,
    [index("at", ttl=DAYS_KEPT * 24 * 3600), index("email", "-at", "-_id")],
)


async def member_by_email(reader: Reader, email: str) -> Member | None:
    """Return the member with this address, or None."""
    return await MEMBERS.first(reader, {"email": normal_email(email)})


async def newest_registration(reader: Reader, email: str) -> PendingRegistration | None:
    """Return the newest registration of an address."""
    found = await REGISTRATIONS.find(reader, {"email": email}, sort=NEWEST_FIRST, limit=1)
    return found[0] if found else None


async def add_registration(tx: Transaction, registration: PendingRegistration) -> None:
    """Store a registration beside earlier ones of the same address, of which the newest are kept."""
    await REGISTRATIONS.insert(tx, registration)
    own = {"email": registration.email}
    kept = await REGISTRATIONS.find(tx, own, sort=NEWEST_FIRST, limit=MOST_REGISTRATIONS)
    await REGISTRATIONS.delete(tx, {**own, "_id": {"$not": {"$in": [each.id for each in kept]}}})


async def names_of(reader: Reader, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of members by id."""
    rows = await MEMBERS.rows(reader, {"_id": {"$in": [*ids]}}, ["name"], limit=max(1, len(ids)))
    return {row["_id"]: row["name"] for row in rows}
