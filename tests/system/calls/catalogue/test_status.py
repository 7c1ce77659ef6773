"""The status of a call: the test in Python, the query and the aggregation expression agree, to the millisecond."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from services.calls.catalogue.conditions import AllOf, AnyOf, Condition, ahead, any_within, flagged, missing, passed
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import (
    CLOSING_SOON,
    TABLE,
    Stage,
    Status,
    running,
    status,
    status_expression,
    status_query,
)
from services.calls.catalogue.store import CALLS
from shared.clock import Clock
from shared.ids import new_id
from shared.mongo import Database, connect
from tests.support.calls import NOW

MOMENT = timedelta(milliseconds=1)
BOUNDARIES = [timedelta(), CLOSING_SOON, timedelta(days=-3), timedelta(days=3), timedelta(days=30)]
times = st.sampled_from([NOW + boundary + step for boundary in BOUNDARIES for step in (-MOMENT, timedelta(), MOMENT)])


def as_call(number: int, row: tuple[list[datetime], datetime | None, bool, datetime | None]) -> Call:
    deadlines, opens_at, forthcoming, closed_at = row
    values = {
        "id": f"c{number:02}",
        "title": "Call",
        "organisation_name": "Publisher",
        "stage": Stage.PUBLISHED,
        "cut_offs": [{"deadline": deadline} for deadline in deadlines],
        "closes_at": deadlines[-1],
        "deadline": deadlines[0],  # as stored before the milestones of today
        "timezone": "UTC",
        "opens_at": opens_at,
        "forthcoming": forthcoming,
        "closed_at": closed_at,
    }
    return Call.model_validate(values)


deadlines = st.lists(times, min_size=1, max_size=3, unique=True).map(sorted)
rows = st.lists(st.tuples(deadlines, st.none() | times, st.booleans(), st.none() | times), min_size=15, max_size=25)
primitives = st.sampled_from(
    [
        missing("closed_at"),
        missing("opens_at"),
        passed("closes_at"),
        ahead("opens_at"),
        flagged("forthcoming"),
        any_within("cut_offs", "deadline", CLOSING_SOON),
        AllOf(),
    ]
)
conditions = st.recursive(
    primitives,
    lambda parts: (
        parts.map(lambda part: ~part)
        | st.lists(parts, min_size=1, max_size=3).map(lambda several: AllOf(tuple(several)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda several: AnyOf(tuple(several)))
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
async def db(mongo_url: str) -> AsyncIterator[Database]:
    client = connect(mongo_url)
    database = Database(client, f"test_{new_id()[-12:]}", "calls", Clock())
    await database.prepare([CALLS])
    yield database
    await database.drop()
    client.close()


async def store(db: Database, calls: list[Call]) -> None:
    await db.raw("calls").delete_many({})
    await CALLS.insert_new(db, calls)


@examples(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=rows)
async def test_python_query_and_expression_give_each_call_the_same_status(db: Database, rows: list) -> None:
    calls = [as_call(number, row) for number, row in enumerate(rows)]
    await store(db, calls)
    expected = {call.id: status(call, NOW) for call in calls}
    computed = await CALLS.aggregate(db, [{"$project": {"status": status_expression(NOW)}}], len(calls))
    assert {row["_id"]: row["status"] for row in computed} == expected
    for wanted in TABLE:
        matches = await CALLS.find(db, status_query(wanted, NOW), limit=len(calls))
        assert {call.id for call in matches} == {id for id, got in expected.items() if got is wanted}, wanted
    matches = await CALLS.find(db, running(NOW), limit=len(calls))
    assert {call.id for call in matches} == {id for id, got in expected.items() if got is not Status.CLOSED}


@examples(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=rows, condition=conditions)
async def test_every_condition_is_rendered_alike(db: Database, rows: list, condition: Condition) -> None:
    calls = [as_call(number, row) for number, row in enumerate(rows)]
    await store(db, calls)
    expected = {call.id for call in calls if condition.holds(call, NOW)}
    assert {call.id for call in await CALLS.find(db, condition.query(NOW), limit=len(calls))} == expected
    others = await CALLS.find(db, (~condition).query(NOW), limit=len(calls))
    assert {call.id for call in others} == {call.id for call in calls} - expected
    computed = await CALLS.aggregate(db, [{"$project": {"holds": condition.expression(NOW)}}], len(calls))
    assert {row["_id"] for row in computed if row["holds"]} == expected


def test_a_call_that_has_not_closed_is_found_by_two_plain_conditions() -> None:
    assert running(NOW) == {"closed_at": None, "closes_at": {"$gt": NOW}}
