"""Storage of involvements."""

from collections.abc import Sequence, Set

from services.notifications.involvements.domain import THING, Involved, Involvement, Part, involved_by
from shared.mongo import Collection, Reader, Transaction, index
from shared.quota import Quota
from shared.sentences import _

MOST_INVOLVED = 50_000  # applications and questions of one call: their ids fit into one query of 16 MB
INVOLVEMENTS = Collection("involvements", Involvement, [index(THING, "part", "_id"), index("member_id", "part", "_id")])
FOLLOWED = Quota(_("things that you follow"), INVOLVEMENTS, 200, _("Stop following some of them first."))


async def involved_in(reader: Reader, thing_id: str, parts: Set[Part]) -> Involved:
    """Return who has one of these parts in a call."""
    query = {THING: thing_id, "part": {"$in": sorted(parts)}}
    fields = ["part", "organisation_id", "member_id"]
    return involved_by(await INVOLVEMENTS.rows(reader, query, fields, limit=MOST_INVOLVED))


async def followers_of(reader: Reader, things: Sequence[str]) -> dict[str, str]:
    """Return the members who follow some of these things, each with the id of one of them."""
    query = {THING: {"$in": [*things]}, "part": Part.FOLLOWS}
    rows = await INVOLVEMENTS.rows(reader, query, ["member_id", THING], limit=MOST_INVOLVED)
    return {row["member_id"]: row[THING] for row in rows}


async def has_applicants(reader: Reader, call_id: str) -> bool:
    """Return whether an organisation applied to a call."""
    return await INVOLVEMENTS.first(reader, {THING: call_id, "part": Part.APPLIED}) is not None


async def end_drafts(tx: Transaction, call_id: str, cut_off: int | None = None) -> None:
    """End the drafts of a call, or those at one of its cut-offs: it has passed. A late submission revives its own."""
    which = {"cut_off": cut_off} if cut_off else {}
    await INVOLVEMENTS.update(tx, {THING: call_id, "part": Part.DRAFT, **which}, {"$set": {"part": Part.ENDED}})
