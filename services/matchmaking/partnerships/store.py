"""Storage and queries of partnerships."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.matchmaking.organisations.domain import OrganisationCopy
from services.matchmaking.organisations.store import ORGANISATIONS
from services.matchmaking.partnerships.domain import Partner, Partnership, PartnershipView
from shared.mongo import Collection, Reader, behind, index

PARTNERSHIPS = Collection(
    "partnerships", Partnership, [index("ended", "-formed_at", "_id"), index("coordinator_id"), index("partner_ids")]
)

MOST_OWN = 50


async def list_partnerships(reader: Reader, after: tuple[datetime, str] | None, limit: int) -> list[Partnership]:
    """Return the partnerships that have not ended, the newest first."""
    query = {"$and": [{"ended": False}, behind("formed_at", after, newest_first=True)]}
    return await PARTNERSHIPS.find(reader, query, sort=[("formed_at", -1), ("_id", 1)], limit=limit)


async def partnerships_of(reader: Reader, organisations: Sequence[str]) -> list[Partnership]:
    """Return the partnerships in which organisations take part and that have not ended, the newest first."""
    takes_part = {"$or": [{"coordinator_id": {"$in": [*organisations]}}, {"partner_ids": {"$in": [*organisations]}}]}
    query = {"$and": [{"ended": False}, takes_part]}
    return await PARTNERSHIPS.find(reader, query, sort=[("formed_at", -1), ("_id", 1)], limit=MOST_OWN)


def _partner(id: str, copies: Mapping[str, OrganisationCopy], name: str = "") -> Partner:
    copy = copies.get(id)
    return Partner(id=id, name=copy.name if copy else name, country=copy.country if copy else None)


async def with_names(reader: Reader, partnerships: Sequence[Partnership]) -> list[PartnershipView]:
    """Return the partnerships with the current names of their organisations, read in one query."""
    ids = sorted({id for partnership in partnerships for id in [partnership.coordinator_id, *partnership.partner_ids]})
    organisations = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    copies = {organisation.id: organisation for organisation in organisations}
    return [
        PartnershipView(
            id=partnership.id,
            version=partnership.version,
            call_id=partnership.call_id,
            call_title=partnership.call_title,
            coordinator=_partner(partnership.coordinator_id, copies, partnership.coordinator_name),
            partners=[_partner(id, copies) for id in partnership.partner_ids],
            formed_at=partnership.formed_at,
        )
        for partnership in partnerships
    ]
