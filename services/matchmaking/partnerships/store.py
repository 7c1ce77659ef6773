"""Storage and queries of partnerships."""

from collections.abc import Sequence
from datetime import datetime

from services.matchmaking.organisations.store import ORGANISATIONS
from services.matchmaking.partnerships.domain import Partner, Partnership, PartnershipView
from shared.mongo import Collection, Reader, behind, index

PARTNERSHIPS = Collection("partnerships", Partnership, [index("ended", "-formed_at", "_id")])


async def list_partnerships(reader: Reader, after: tuple[datetime, str] | None, limit: int) -> list[Partnership]:
    """Return the partnerships that have not ended, the newest first."""
    query = {"$and": [{"ended": False}, behind("formed_at", after, newest_first=True)]}
    return await PARTNERSHIPS.find(reader, query, sort=[("formed_at", -1), ("_id", 1)], limit=limit)


async def with_names(reader: Reader, partnerships: Sequence[Partnership]) -> list[PartnershipView]:
    """Return the partnerships with the current names of their organisations, read in one query."""
    ids = sorted({id for partnership in partnerships for id in [partnership.coordinator_id, *partnership.partner_ids]})
    organisations = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    names = {organisation.id: organisation.name for organisation in organisations}
    return [
        PartnershipView(
            id=partnership.id,
            version=partnership.version,
            call_id=partnership.call_id,
            call_title=partnership.call_title,
            coordinator=Partner(
                id=partnership.coordinator_id,
                name=names.get(partnership.coordinator_id, partnership.coordinator_name),
            ),
            partners=[Partner(id=id, name=names.get(id, "")) for id in partnership.partner_ids],
            formed_at=partnership.formed_at,
        )
        for partnership in partnerships
    ]
