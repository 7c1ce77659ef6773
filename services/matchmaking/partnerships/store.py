"""Where partnerships are kept."""

from services.matchmaking.organisations.store import ORGANISATIONS
from services.matchmaking.partnerships.domain import Partner, Partnership, PartnershipView
from shared.mongo import Collection, Reader, index

PARTNERSHIPS = Collection("partnerships", Partnership, [index("ended", "-formed_at", "_id")])


async def views(reader: Reader, found: list[Partnership]) -> list[PartnershipView]:
    """With the names that the organisations have now, in one query."""
    ids = sorted({id for one in found for id in [one.coordinator_id, *one.partner_ids]})
    copies = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    names = {copy.id: copy.name for copy in copies}
    return [
        PartnershipView(
            **one.model_dump(include={"id", "version", "call_id", "call_title", "formed_at"}),
            coordinator=Partner(id=one.coordinator_id, name=names.get(one.coordinator_id, one.coordinator_name)),
            partners=[Partner(id=id, name=names.get(id, "")) for id in one.partner_ids],
        )
        for one in found
    ]
