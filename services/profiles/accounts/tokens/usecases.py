"""Use cases of API tokens: create, list, revoke. Their ends are real times, like those of all tokens."""

from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.tokens.domain import ApiToken, ApiTokenBody, ApiTokenView
from services.profiles.accounts.tokens.store import API_TOKENS, LIVE_TOKENS, live, live_tokens
from services.profiles.accounts.usecases import own_account
from shared.auth import API, Signer, revoke
from shared.clock import real_now
from shared.contracts.profiles import TokenRevoked
from shared.errors import not_found
from shared.mongo import Reader, Transaction

SHOWN = 8  # last characters of a token
MOST_AT_ONCE = 100  # that are revoked in one transaction


async def create_api_token(
    tx: Transaction, signer: Signer, id: str, member_id: str, body: ApiTokenBody
) -> ApiTokenView:
    """Keep a new API token of a member. Raises QuotaReached. The token itself is not stored: `signed` returns it."""
    await MEMBERS.touch(tx, await own_account(tx, member_id))
    await LIVE_TOKENS.check(tx, member_id, live(member_id, real_now()))
    token = ApiToken.made(id, member_id, body, real_now())
    token = token.replace(ending=signed(signer, member_id, ApiTokenView.of(token))[-SHOWN:])
    await API_TOKENS.insert(tx, token)
    return ApiTokenView.of(token)


def signed(signer: Signer, member_id: str, token: ApiTokenView) -> str:
    """Return the token itself. It is the same each time, because Ed25519 signs without chance (RFC 8032)."""
    lifetime = token.ends_at - token.made_at
    return signer.sign(API, member_id, lifetime, since=token.made_at, jti=token.id, scope=token.scope.value)


async def own_api_tokens(reader: Reader, member_id: str) -> list[ApiTokenView]:
    """Return the API tokens of a member that have not ended, newest first."""
    return [ApiTokenView.of(token) for token in await live_tokens(reader, member_id, real_now())]


async def revoke_api_token(tx: Transaction, id: str, member_id: str) -> None:
    """Refuse a token of a member from now on, here and in the other services. Raises NotFound."""
    token = await API_TOKENS.get(tx, id)
    if token is None or token.member_id != member_id:
        raise not_found(token, "API token not found. It has ended, or was revoked.")
    await _revoke(tx, token)


async def revoke_api_tokens(tx: Transaction, member_id: str) -> None:
    """Refuse all tokens of a member from now on, here and in the other services."""
    for token in await live_tokens(tx, member_id, real_now()):
        await _revoke(tx, token)


async def revoke_api_tokens_before(tx: Transaction, id: str) -> int:
    """Refuse some tokens that are older than an id, of all members. Return their number: 0 if there are none."""
    tokens = await API_TOKENS.find(tx, {"_id": {"$lt": id}}, limit=MOST_AT_ONCE)
    for token in tokens:
        await _revoke(tx, token)
    return len(tokens)


async def _revoke(tx: Transaction, token: ApiToken) -> None:
    await API_TOKENS.delete(tx, {"_id": token.id})
    await revoke(tx, token.id, token.ends_at)
    tx.publish(TokenRevoked(token_id=token.id, ends_at=token.ends_at))
