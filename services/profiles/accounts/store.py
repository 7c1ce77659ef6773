"""Storage and queries of members."""

from services.profiles.accounts.domain import Member, normal_email
from shared.mongo import Collection, Reader, index

MEMBERS = Collection("members", Member, [index("email", unique=True)])


async def member_by_email(reader: Reader, email: str) -> Member | None:
    """Return the member with this address, or None."""
    return await MEMBERS.first(reader, {"email": normal_email(email)})
