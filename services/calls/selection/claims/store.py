"""The collection of claims; every query has a name."""

from datetime import datetime

from services.calls.selection.claims.domain import Claim, ClaimState
from shared.mongo import Collection, Reader, behind, index

MOST_SHOWN = 100
CLAIMS = Collection(
    "claims",
    Claim,
    [
        index("application_id", unique=True),
        index("call_id", "-made_at", "_id"),
        index("call_id", "state", "-made_at", "_id"),
        index("lines.evidence.sha256"),
    ],
)


async def naming_receipts(reader: Reader, claim: Claim) -> list[Claim]:
    """Return other claims, for any call, that name a receipt of this one: the first hundred."""
    query = {"lines.evidence.sha256": {"$in": sorted(claim.receipts)}, "_id": {"$ne": claim.id}}
    return await CLAIMS.find(reader, query, limit=MOST_SHOWN)


async def of_call(
    reader: Reader, call_id: str, state: ClaimState | None, after: tuple[datetime, str] | None, limit: int
) -> list[Claim]:
    """Return a page of a call's claims, newest first; with a state, only the claims in it."""
    wanted: dict[str, str] = {"call_id": call_id}
    if state:
        wanted["state"] = state
    query = {"$and": [wanted, behind("made_at", after, newest_first=True)]}
    return await CLAIMS.find(reader, query, sort=[("made_at", -1), ("_id", 1)], limit=limit)
