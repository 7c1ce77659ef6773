"""Storage of involvements."""

from collections.abc import Set

from services.notifications.involvements.domain import Involved, Involvement, Part, involved_by
from shared.mongo import Collection, Reader, Transaction, index
from shared.quota import Quota

MOST_INVOLVED = 50_000  # applications and questions of one call: their ids fit into one query of 16 MB
INVOLVEMENTS = Collection(
    "involvements", Involvement, [index("call_id", "part", "_id"), index("member_id", "part", "_id")]
)
FOLLOWED = Quota("calls that you follow", INVOLVEMENTS, 200, "Stop following some of them first.")


async def involved_in(reader: Reader, call_id: str, parts: Set[Part]) -> Involved:
    """Return who has one of these parts in a call."""
    query = {"call_id": call_id, "part": {"$in": sorted(parts)}}
    fields = ["part", "organisation_id", "member_id"]
    return involved_by(await INVOLVEMENTS.rows(reader, query, fields, limit=MOST_INVOLVED))


async def has_applicants(reader: Reader, call_id: str) -> bool:
    """Return whether an organisation applied to a call."""
    return await INVOLVEMENTS.first(reader, {"call_id": call_id, "part": Part.APPLIED}) is not None


async def end_drafts(tx: Transaction, call_id: str, cut_off: int | None = None) -> None:
    """End the drafts of a call, or those at one of its cut-offs: it has passed. A late submission revives its own."""
    which = {"cut_off": cut_off} if cut_off else {}
    await INVOLVEMENTS.update(tx, {"call_id": call_id, "part": Part.DRAFT, **which}, {"$set": {"part": Part.ENDED}})
