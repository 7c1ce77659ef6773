"""What lists said of organisations at last."""

from collections.abc import Sequence

from services.profiles.organisations.imports.domain import ImportedOrganisation, record_id
from shared.mongo import Collection, Reader, index

IMPORTED = Collection("imported_organisations", ImportedOrganisation, [index("organisation_id", "_id")])


async def imported(reader: Reader, source: str, keys: Sequence[str]) -> dict[str, ImportedOrganisation]:
    """Return what a list said of organisations, by id."""
    ids = [record_id(source, key) for key in keys]
    return {row.id: row for row in await IMPORTED.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))}


async def known_ids(reader: Reader, source: str, keys: Sequence[str]) -> set[str]:
    """Return the ids of what a list said of organisations earlier."""
    ids = [record_id(source, key) for key in keys]
    return {row["_id"] for row in await IMPORTED.rows(reader, {"_id": {"$in": ids}}, ["_id"], limit=max(1, len(ids)))}
