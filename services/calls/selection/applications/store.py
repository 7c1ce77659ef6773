"""The collections of forms, applications and submissions; every query has a name."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from services.calls.selection.applications.domain import Application, Form, Submission
from services.calls.selection.applications.states import HAS_PLACE, State
from services.calls.terms import MOST_CUT_OFFS
from shared.mongo import Collection, Query, Reader, behind, index

FORMS = Collection("forms", Form, [index("call_id", "-version", unique=True)])
APPLICATIONS = Collection(
    "applications",
    Application,
    [
        index("call_id", "organisation_id", "cut_off", unique=True),
        index("organisation_id", "-made_at", "_id"),
        index("call_id", "_id"),
        index("by"),
        index("call_id", "cut_off", "_id"),
        index("call_id", "cut_off", "state", "rank"),
        index("call_id", "cut_off", "sealed", "-made_at", "_id"),
        index("call_id", "cut_off", "rank", unique=True, where={"rank": {"$type": "number"}}),
    ],
)
SUBMISSIONS = Collection(
    "submissions", Submission, [index("application_id", "number", unique=True), index("hash", unique=True)]
)


async def newest_form(reader: Reader, call_id: str) -> Form | None:
    """Return the newest version of a call's form."""
    forms = await FORMS.find(reader, {"call_id": call_id}, sort=[("version", -1)], limit=1)
    return forms[0] if forms else None


async def of_organisation(
    reader: Reader, organisation_id: str, after: tuple[datetime, str] | None, limit: int
) -> list[Application]:
    """Return a page of an organisation's applications, newest first."""
    query = {"$and": [{"organisation_id": organisation_id}, behind("made_at", after, newest_first=True)]}
    return await APPLICATIONS.find(reader, query, sort=[("made_at", -1), ("_id", 1)], limit=limit)


async def of_organisations(
    reader: Reader, ids: Sequence[str], after: tuple[datetime, str] | None, limit: int
) -> list[Application]:
    """Return a page of the applications of several organisations, newest first."""
    query = {"$and": [{"organisation_id": {"$in": [*ids]}}, behind("made_at", after, newest_first=True)]}
    return await APPLICATIONS.find(reader, query, sort=[("made_at", -1), ("_id", 1)], limit=limit)


async def to_call_of(reader: Reader, call_id: str, organisations: Sequence[str]) -> list[Application]:
    """Return the applications of some organisations to a call."""
    query = {"call_id": call_id, "organisation_id": {"$in": [*organisations]}}
    order = [("organisation_id", 1), ("cut_off", 1)]  # that of the index
    return await APPLICATIONS.find(reader, query, sort=order, limit=max(1, len(organisations) * MOST_CUT_OFFS))


async def unsealed(
    reader: Reader, call_id: str, cut_off: int, after: tuple[datetime, str] | None, limit: int
) -> list[Application]:
    """Return a page of the applications that assessors and the publisher may read, newest first."""
    readable = {"call_id": call_id, "cut_off": cut_off, "sealed": False}
    query = {"$and": [readable, behind("made_at", after, newest_first=True)]}
    return await APPLICATIONS.find(reader, query, sort=[("made_at", -1), ("_id", 1)], limit=limit)


async def numbers_by_round(reader: Reader, call_ids: Sequence[str]) -> dict[str, dict[int, dict[State, int]]]:
    """Return the number of applications to each call by cut-off and state."""
    group = {"_id": {"call": "$call_id", "cut_off": "$cut_off", "state": "$state"}, "number": {"$sum": 1}}
    pipeline: list[Query] = [{"$match": {"call_id": {"$in": [*call_ids]}}}, {"$group": group}, {"$sort": {"_id": 1}}]
    numbers: dict[str, dict[int, dict[State, int]]] = {id: {} for id in call_ids}
    for row in await APPLICATIONS.aggregate(reader, pipeline, max(1, len(call_ids) * MOST_CUT_OFFS * len(State))):
        key = row["_id"]
        numbers[key["call"]].setdefault(key["cut_off"], {})[State(key["state"])] = row["number"]
    return numbers


async def of_round(reader: Reader, call_id: str, cut_off: int, limit: int) -> list[Application]:
    """Return the applications that assessors may read, by id."""
    query = {"call_id": call_id, "cut_off": cut_off, "sealed": False}
    return await APPLICATIONS.find(reader, query, limit=limit)


async def numbers_at(reader: Reader, call_id: str, cut_off: int) -> dict[State, int]:
    """Return the number of applications at a cut-off by state."""
    match = {"$match": {"call_id": call_id, "cut_off": cut_off}}
    group = {"$group": {"_id": "$state", "number": {"$sum": 1}}}
    rows = await APPLICATIONS.aggregate(reader, [match, group], len(State))
    return {State(row["_id"]): row["number"] for row in rows}


async def numbers_by_state(reader: Reader, call_ids: Sequence[str]) -> dict[str, dict[State, int]]:
    """Return the number of applications to each call by state."""
    group = {"_id": {"call": "$call_id", "state": "$state"}, "number": {"$sum": 1}}
    pipeline: list[Query] = [
        {"$match": {"call_id": {"$in": [*call_ids]}}},
        {"$group": group},
        {"$sort": {"_id.state": 1}},
    ]
    numbers: dict[str, dict[State, int]] = {id: {} for id in call_ids}
    for row in await APPLICATIONS.aggregate(reader, pipeline, max(1, len(call_ids) * len(State))):
        numbers[row["_id"]["call"]][State(row["_id"]["state"])] = row["number"]
    return numbers


async def has_undecided(reader: Reader, call_id: str, cut_off: int) -> bool:
    """Return whether an application at the cut-off awaits a decision."""
    waiting = {"$in": [State.SUBMITTED, State.IN_ASSESSMENT]}
    return await APPLICATIONS.first(reader, {"call_id": call_id, "cut_off": cut_off, "state": waiting}) is not None


async def reserve_list(
    reader: Reader, call_id: str, cut_off: int, passed_over: AbstractSet[str], limit: int
) -> list[Application]:
    """Return the first of the reserve list of a cut-off, without some organisations: the best rank first."""
    query: dict[str, Any] = {"call_id": call_id, "cut_off": cut_off, "state": State.RESERVE}
    if passed_over:
        query["organisation_id"] = {"$not": {"$in": sorted(passed_over)}}
    return await APPLICATIONS.find(reader, query, sort=[("rank", 1)], limit=limit)


async def with_place(
    reader: Reader, call_id: str, cut_offs: Sequence[int], organisations: AbstractSet[str]
) -> set[str]:
    """Return those of the organisations that have a place by an application at one of the cut-offs."""
    query = {
        "call_id": call_id,
        "organisation_id": {"$in": sorted(organisations)},
        "cut_off": {"$in": [*cut_offs]},
        "state": {"$in": sorted(HAS_PLACE)},
    }
    most = max(1, len(organisations) * len(cut_offs))
    order = [("organisation_id", 1), ("cut_off", 1)]  # that of the index
    applications = await APPLICATIONS.find(reader, query, sort=order, limit=most)
    return {application.organisation_id for application in applications}


async def to_cancel(
    reader: Reader, call_id: str, states: AbstractSet[State], after: str, limit: int
) -> list[Application]:
    """Return a page of the applications in these states, by id. An application with a claim is not cancelled."""
    query = {"call_id": call_id, "state": {"$in": [*states]}, "claim_id": None, "_id": {"$gt": after}}
    return await APPLICATIONS.find(reader, query, limit=limit)


async def was_selected(reader: Reader, call_id: str, cut_off: int, organisation_id: str) -> bool:
    """Return whether an organisation was selected at a cut-off."""
    query = {"call_id": call_id, "organisation_id": organisation_id, "cut_off": cut_off, "state": State.SELECTED}
    return await APPLICATIONS.first(reader, query) is not None
