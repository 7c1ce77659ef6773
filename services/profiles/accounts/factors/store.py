"""Storage of second factors."""

from services.profiles.accounts.factors.domain import SecondFactor
from shared.mongo import Collection, Reader

SECOND_FACTORS = Collection("second_factors", SecondFactor)


async def active_factor(reader: Reader, member_id: str) -> SecondFactor | None:
    """Return the second factor of a member, if it is switched on."""
    factor = await SECOND_FACTORS.get(reader, member_id)
    return factor if factor and factor.on_since else None
