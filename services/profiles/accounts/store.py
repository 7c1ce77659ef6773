"""Storage and queries of members, and of registrations whose address is not confirmed."""

from services.profiles.accounts.domain import Member, PendingRegistration, normal_email
from shared.mongo import Collection, Reader, index

DAYS_KEPT = 30  # the link in the e-mail is valid for seven days; until then a new one can be requested

MEMBERS = Collection("members", Member, [index("email", unique=True)])
REGISTRATIONS = Collection("registrations", PendingRegistration, [index("at", ttl=DAYS_KEPT * 24 * 3600)])


async def member_by_email(reader: Reader, email: str) -> Member | None:
    """Return the member with this address, or None."""
    return await MEMBERS.first(reader, {"email": normal_email(email)})


async def replace_registration(tx: Reader, registration: PendingRegistration) -> None:
    """Store a registration in place of an earlier one of the same address."""
    values = registration.to_mongo()
    await REGISTRATIONS.update(tx, {"_id": values.pop("_id")}, {"$set": values}, upsert=True)
