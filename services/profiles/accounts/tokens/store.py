"""Storage and queries of API tokens."""

from datetime import datetime

from services.profiles.accounts.tokens.domain import ApiToken
from shared.mongo import Collection, Query, Reader, index
from shared.quota import Quota

MOST_TOKENS = 20
API_TOKENS = Collection("api_tokens", ApiToken, [index("member_id", "-_id"), index("ends_at", ttl=0)])
LIVE_TOKENS = Quota("API tokens", API_TOKENS, MOST_TOKENS, "Revoke one of them first, at /me/tokens.")


def live(member_id: str, now: datetime) -> Query:
    """Return the query for the tokens of a member that have not ended."""
    return {"member_id": member_id, "ends_at": {"$gt": now}}


async def live_tokens(reader: Reader, member_id: str, now: datetime) -> list[ApiToken]:
    """Return the tokens of a member that have not ended, newest first."""
    return await API_TOKENS.find(reader, live(member_id, now), sort=[("_id", -1)], limit=MOST_TOKENS)
