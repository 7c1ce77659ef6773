"""Storage and queries of proposed partners."""

from collections.abc import Collection as Ids
from datetime import datetime

from services.matchmaking.suggestions.domain import Proposals
from shared.mongo import Collection, Reader, behind, index

PROPOSALS = Collection("proposals", Proposals, [index("member_id", "-at", "_id")])


async def list_proposals(
    reader: Reader, member_id: str, after: tuple[datetime, str] | None, limit: int
) -> list[Proposals]:
    """Return the proposals for a member, the newest first."""
    query = {"member_id": member_id, **behind("at", after, newest_first=True)}
    return await PROPOSALS.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=limit)


async def known_ids(reader: Reader, ids: Ids[str]) -> set[str]:
    """Return those of the ids that are stored already."""
    stored = await PROPOSALS.find(reader, {"_id": {"$in": list(ids)}}, limit=len(ids) or 1)
    return {proposals.id for proposals in stored}
