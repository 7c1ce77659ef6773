"""The collection of claims; every query has a name."""

from collections.abc import Sequence
from datetime import datetime

from services.calls.selection.claims.domain import Claim, ClaimState
from shared.mongo import Collection, Query, Reader, behind, index

MOST_SHOWN = 100
CLAIMS = Collection(
    "claims",
    Claim,
    [
        index("application_id", unique=True),
        index("call_id", "-made_at", "_id"),
        index("call_id", "state", "-made_at", "_id"),
        index("lines.evidence.sha256"),
        index("claimants"),
    ],
)


async def naming_receipts(reader: Reader, claim: Claim) -> list[Claim]:
    """Return other claims, for any call, that name a receipt of this one: the first hundred."""
    query = {"lines.evidence.sha256": {"$in": sorted(claim.receipts)}, "_id": {"$ne": claim.id}}
    return await CLAIMS.find(reader, query, limit=MOST_SHOWN)


async def numbers_by_claim_state(reader: Reader, call_ids: Sequence[str]) -> dict[tuple[str, ClaimState], int]:
    """Return the number of claims by call and state."""
    pipeline: list[Query] = [
        {"$match": {"call_id": {"$in": [*call_ids]}}},
        {"$group": {"_id": {"call": "$call_id", "state": "$state"}, "number": {"$sum": 1}}},
    ]
    rows = await CLAIMS.aggregate(reader, pipeline, max(1, len(call_ids) * len(ClaimState)))
    return {(row["_id"]["call"], ClaimState(row["_id"]["state"])): row["number"] for row in rows}


async def numbers_by_state(reader: Reader, call_id: str) -> dict[ClaimState, int]:
    """Return the number of claims of a call by state."""
    pipeline: list[Query] = [{"$match": {"call_id": call_id}}, {"$group": {"_id": "$state", "number": {"$sum": 1}}}]
    rows = await CLAIMS.aggregate(reader, pipeline, len(ClaimState))
    return {ClaimState(row["_id"]): row["number"] for row in rows}


async def of_call(
    reader: Reader, call_id: str, state: ClaimState | None, after: tuple[datetime, str] | None, limit: int
) -> list[Claim]:
    """Return a page of a call's claims, newest first; with a state, only the claims in it."""
    wanted: dict[str, str] = {"call_id": call_id}
    if state:
        wanted["state"] = state
    query = {"$and": [wanted, behind("made_at", after, newest_first=True)]}
    return await CLAIMS.find(reader, query, sort=[("made_at", -1), ("_id", 1)], limit=limit)
