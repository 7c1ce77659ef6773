"""Use cases of the key that signs access tokens: replace it; end what the earlier ones signed."""

from services.profiles.accounts.keys.domain import end_of_key
from services.profiles.accounts.sessions.usecases import end_sessions_before
from services.profiles.accounts.tokens.usecases import revoke_api_tokens_before
from shared.auth import rotate_key
from shared.clock import real_now
from shared.contracts.profiles import KeyPublished
from shared.mongo import Database, Transaction


async def rotate_keys(tx: Transaction, *, at_once: bool = False) -> str:
    """Sign with a new key from now on. Return its id, which is newer than all that the earlier keys signed."""
    return await rotate_key(tx, KeyPublished, end_of_key(real_now(), at_once=at_once))


async def end_signed_before(db: Database, key_id: str) -> int:
    """End all sessions and API tokens that are older than a key, some in each transaction. Return their number."""
    ended = 0
    for use_case in (end_sessions_before, revoke_api_tokens_before):
        while number := await db.transact(use_case, key_id):
            ended += number
    return ended
