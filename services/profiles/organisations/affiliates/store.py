"""Collection of member organisations."""

from collections.abc import Sequence

from services.profiles.organisations.affiliates.domain import MOST, Affiliate
from shared.imports.columns import folded
from shared.mongo import Collection, Query, Reader, behind, index

AFFILIATES = Collection(
    "affiliates",
    Affiliate,
    [
        index("organisation_id", "name", "_id"),
        index("organisation_id", "public", "name", "_id"),
        index("organisation_id", "kind"),
    ],
)


async def list_affiliates(
    reader: Reader, organisation_id: str, *, private: bool, after: tuple[str, str] | None, limit: int
) -> list[Affiliate]:
    """Return member organisations of an organisation by name; without `private`, the public ones."""
    shown: Query = {"organisation_id": organisation_id, **({} if private else {"public": True})}
    query = {"$and": [shown, behind("name", after)]}
    return await AFFILIATES.find(reader, query, sort=[("name", 1), ("_id", 1)], limit=limit)


async def affiliates_among(reader: Reader, ids: Sequence[str]) -> dict[str, Affiliate]:
    """Return the member organisations with these ids."""
    return {row.id: row for row in await AFFILIATES.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))}


async def ids_by_name(reader: Reader, organisation_id: str) -> dict[str, str]:
    """Return the ids of the member organisations of an organisation by their folded names."""
    rows = await AFFILIATES.rows(reader, {"organisation_id": organisation_id}, ["name"], limit=MOST + 1)
    return {folded(row["name"]): row["_id"] for row in rows}


async def count_by_kind(reader: Reader, organisation_id: str) -> dict[str, int]:
    """Return the numbers of member organisations by kind."""
    rows = await AFFILIATES.rows(reader, {"organisation_id": organisation_id}, ["kind"], limit=MOST + 1)
    counted: dict[str, int] = {}
    for row in rows:
        counted[row["kind"]] = counted.get(row["kind"], 0) + 1
    return counted
