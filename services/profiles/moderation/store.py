"""Reports, cases, and the record of moderation."""

from services.profiles.moderation.domain import CaseStatus, ModerationCase, ModerationEntry, ThingReport
from shared.mongo import Collection, Query, Reader, index

YEAR = 366 * 24 * 3600  # seconds for which reports are kept
CASES = Collection("moderation_cases", ModerationCase, [index("status", "first_at", "_id")])
REPORTS = Collection(
    "reports",
    ThingReport,
    [index("case_id", "round", "_id"), index("at", ttl=YEAR), index("member_id"), index("email")],
)
RECORD = Collection("moderation_record", ModerationEntry, [index("case_id", "_id"), index("by")])
WAITING: Query = {"status": {"$in": [CaseStatus.OPEN, CaseStatus.OBJECTED]}}
SHOWN = 50  # reports and entries on the page of a case


async def waiting_cases(reader: Reader, query: Query, after: Query, limit: int) -> list[ModerationCase]:
    """Return cases in order of their first report."""
    return await CASES.find(reader, {"$and": [query, after]}, sort=[("first_at", 1), ("_id", 1)], limit=limit)


async def reports_of(reader: Reader, case: ModerationCase) -> list[ThingReport]:
    """Return the newest reports of the present round of a case."""
    query = {"case_id": case.id, "round": case.round}
    return await REPORTS.find(reader, query, sort=[("_id", -1)], limit=SHOWN)


async def reporters_of(reader: Reader, case: ModerationCase, limit: int) -> list[str]:
    """Return the ids of the members who reported a thing in this round."""
    rows = await REPORTS.rows(reader, {"case_id": case.id, "round": case.round}, ["member_id"], limit=limit)
    return [row["member_id"] for row in rows if row.get("member_id")]


async def entries_of(reader: Reader, case_id: str) -> list[ModerationEntry]:
    """Return the newest entries about a case."""
    return await RECORD.find(reader, {"case_id": case_id}, sort=[("_id", -1)], limit=SHOWN)


async def entries_before(reader: Reader, before: str | None, limit: int) -> list[ModerationEntry]:
    """Return entries of the record, the newest first; `before` is the last id seen."""
    return await RECORD.find(reader, {"_id": {"$lt": before}} if before else {}, sort=[("_id", -1)], limit=limit)
