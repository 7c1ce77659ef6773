"""Storage of exports and their sealed pieces; the database removes both after seven days."""

from services.profiles.privacy.exports.domain import DataExport, ExportPiece
from shared.mongo import Collection, Reader, index
from shared.portability import MOST_PIECES

EXPORTS = Collection("exports", DataExport, [index("member_id", "_id"), index("ends_at", ttl=0)])
PIECES = Collection(
    "export_pieces",
    ExportPiece,
    [
        index("export_id", "service", "attempt", "number", unique=True),
        index("member_id", "_id"),
        index("ends_at", ttl=0),
    ],
)


async def export_of(reader: Reader, member_id: str) -> DataExport | None:
    """Return the newest export of a member."""
    found = await EXPORTS.find(reader, {"member_id": member_id}, sort=[("_id", -1)], limit=1)
    return found[0] if found else None


async def pieces_of(reader: Reader, export: DataExport, service: str) -> list[bytes]:
    """Return the sealed pieces of the part of a service, in their order."""
    query = {"export_id": export.id, "service": service, "attempt": export.complete[service]}
    return [each.sealed for each in await PIECES.find(reader, query, sort=[("number", 1)], limit=MOST_PIECES)]
