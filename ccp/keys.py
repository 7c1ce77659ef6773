"""`ccp keys`: replace the key that signs access tokens, directly in the profiles database."""

from ccp.operators import profiles_database
from services.profiles.accounts.keys.usecases import end_signed_before, rotate_keys
from shared.settings import Settings


async def rotate(settings: Settings, *, at_once: bool) -> tuple[str, int]:
    """Replace the key. Return the id of the new one, and the number of log-ins and API tokens that ended."""
    async with profiles_database(settings) as database:
        key_id = await database.transact(rotate_keys, at_once=at_once)
        return key_id, await end_signed_before(database, key_id) if at_once else 0
