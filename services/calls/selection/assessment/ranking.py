"""The ranking of a round as the publisher reads it."""

from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.domain import Assessment, Round
from services.calls.selection.assessment.results import result_of
from services.calls.selection.assessment.store import assessments_of, derived_conflicts, ranked
from services.calls.selection.assessment.views import ListedApplication, RankedApplication
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.mongo import Reader


async def ranking_page(reader: Reader, round: Round, paging: Paging) -> Page[RankedApplication]:
    """Return a page of a ranking, best first."""
    after = None
    if paging.cursor:
        order, last_id = decode_cursor(paging.cursor, 2)
        after = (order, last_id)
    standings = await ranked(reader, round.call_id, round.cut_off, after, paging.limit + 1)
    shown = standings[: paging.limit]
    items = await ranked_applications(reader, round, [standing.id for standing in shown])
    more = encode_cursor(shown[-1].order, shown[-1].id) if len(standings) > paging.limit else None
    return Page[RankedApplication](items=items, next=more)


async def ranked_applications(reader: Reader, round: Round, ids: list[str]) -> list[RankedApplication]:
    """Return the rows of a ranking in the order of the ids."""
    rows = await APPLICATIONS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    applications = {application.id: application for application in rows}
    assessments = await assessments_of(reader, ids)
    return [await ranked_application(reader, round, applications[id], assessments[id]) for id in ids]


async def ranked_application(
    reader: Reader, round: Round, application: Application, assessments: list[Assessment]
) -> RankedApplication:
    """Return one row of a ranking."""
    conflicts = await derived_conflicts(reader, application, round.scorers)
    listed = ListedApplication.of(application)
    return RankedApplication(**listed.model_dump(), judged=result_of(round, assessments, conflicts))
