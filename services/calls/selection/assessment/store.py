"""The collections of rounds, assessments and standings; every query has a name."""

from collections.abc import Collection as Many

from services.calls.organisations.store import members_among
from services.calls.selection.applications.domain import Application
from services.calls.selection.assessment.domain import MOST_ASSESSORS, Assessment, Round, Standing
from services.calls.selection.assessment.excuses import MOST_EXCUSED
from shared.mongo import Collection, Reader, behind, index

ROUNDS = Collection("rounds", Round, [index("assessors", "_id")])
ASSESSMENTS = Collection(
    "assessments", Assessment, [index("application_id", "assessor_id", unique=True), index("assessor_id")]
)
STANDINGS = Collection("standings", Standing, [index("call_id", "cut_off", "order", "_id")])


async def round_of(reader: Reader, call_id: str, cut_off: int) -> Round | None:
    """Return the round of a cut-off."""
    return await ROUNDS.get(reader, f"{call_id}:{cut_off}")


async def rounds_of_call(reader: Reader, call_id: str, cut_offs: Many[int]) -> dict[int, Round]:
    """Return the rounds of a call at these cut-offs, by number."""
    ids = [f"{call_id}:{number}" for number in cut_offs]
    found = await ROUNDS.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))
    return {round.cut_off: round for round in found}


async def rounds_of_assessor(reader: Reader, member_id: str, after: str, limit: int) -> list[Round]:
    """Return a page of the rounds that a member assesses in, by id."""
    return await ROUNDS.find(reader, {"assessors": member_id, "_id": {"$gt": after}}, limit=limit)


async def assessments_of(reader: Reader, applications: Many[str]) -> dict[str, list[Assessment]]:
    """Return the assessments of up to 200 applications, by application, with one query."""
    query = {"application_id": {"$in": [*applications]}}
    assessments: dict[str, list[Assessment]] = {id: [] for id in applications}
    limit = max(1, len(assessments) * (MOST_ASSESSORS + MOST_EXCUSED + 1))
    order = [("application_id", 1), ("assessor_id", 1)]  # that of the index
    for assessment in await ASSESSMENTS.find(reader, query, sort=order, limit=limit):
        assessments[assessment.application_id].append(assessment)
    return assessments


async def derived_conflicts(reader: Reader, application: Application, assessors: Many[str]) -> set[str]:
    """Return the assessors who are members of the applicant or a partner, or of one that was merged with it."""
    return await members_among(reader, [application.organisation_id, *application.partners], assessors)


async def ranked(
    reader: Reader, call_id: str, cut_off: int, after: tuple[str, str] | None, limit: int
) -> list[Standing]:
    """Return a page of the ranking, best first."""
    query = {"$and": [{"call_id": call_id, "cut_off": cut_off}, behind("order", after)]}
    return await STANDINGS.find(reader, query, sort=[("order", 1), ("_id", 1)], limit=limit)
