"""Facets: how many calls of a search there are of each status, kind, ecosystem, country, destination and programme.

Without a filter, each value is counted in its own range of an index, and no call is read. With a filter, each match
is read once; that takes 5 to 10 microseconds a call, so a filter with ten thousand matches takes up to 100 ms.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.calls.catalogue.search import PUBLIC, CallFilter
from services.calls.catalogue.status import Status, running, status_expression, status_query
from services.calls.catalogue.store import BY_CUT_OFF, BY_PROGRAMME, BY_STATUS, CALLS
from shared.mongo import Database, Query
from shared.vocabulary import CallKind, Ecosystem

MOST_PROGRAMMES = 100  # the most frequent ones; the number of countries is limited by itself
Counts = dict[str, int]
COUNT: Query = {"calls": {"$sum": 1}}


async def counts(db: Database, q: CallFilter, query: Query, now: datetime) -> dict[str, Counts]:
    """Return the counts by facet and value.

    Every status, kind and ecosystem is in them, in a fixed order; of countries (those to which calls are open, and
    those that they are about) and programmes only those that calls name, the most frequent first.
    """
    counted = await (in_one_pass(db, q, query, now) if q.used else by_indexes(db, query, now))
    fixed: dict[str, list[Any]] = {"status": PUBLIC, "kind": [*CallKind], "ecosystem": [*Ecosystem]}
    complete = {
        facet: {str(value): counted[facet].get(str(value), 0) for value in values} for facet, values in fixed.items()
    }
    return {**complete, **{facet: most_first(counted[facet]) for facet in ("country", "about", "programme")}}


async def counts_of_statuses(db: Database, q: CallFilter, query: Query, now: datetime) -> Counts:
    """Return the counts by status, for a search without a status."""
    if q.used:
        counted = (await in_one_pass(db, q, query, now))["status"]
    else:
        counted, total = await asyncio.gather(count_statuses(db, query, now), CALLS.count(db, query))
        counted["closed"] = total - sum(counted.values())
    return {str(status): counted.get(str(status), 0) for status in PUBLIC}


def most_first(counted: Mapping[str, int]) -> Counts:
    """Return counts with the highest first, equal ones in order of name."""
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


async def by_indexes(db: Database, query: Query, now: datetime) -> dict[str, Counts]:
    """Return the counts of all public calls."""
    status, kind, ecosystem, country, about, programme = await asyncio.gather(
        count_statuses(db, query, now),
        count_values(db, query, "kind", [*CallKind]),
        count_values(db, query, "ecosystems", [*Ecosystem]),
        count_countries(db, query, "countries"),
        count_countries(db, query, "found_by.about"),
        count_programmes(db, query),
    )
    status["closed"] = sum(kind.values()) - sum(status.values())  # every call has one kind
    places = {"country": country, "about": about}
    return {"status": status, "kind": kind, "ecosystem": ecosystem, **places, "programme": programme}


async def count_statuses(db: Database, query: Query, now: datetime) -> Counts:
    """Return the counts of the statuses that come before the closing."""
    not_closed, forthcoming, closing_soon = await asyncio.gather(
        CALLS.count(db, {"$and": [query, running(now)]}),
        CALLS.count(db, {"$and": [query, status_query(Status.FORTHCOMING, now)]}),
        CALLS.count(db, {"$and": [query, status_query(Status.CLOSING_SOON, now)]}, using=BY_CUT_OFF),
    )
    return {"forthcoming": forthcoming, "open": not_closed - forthcoming - closing_soon, "closing_soon": closing_soon}


async def count_values(db: Database, query: Query, field: str, values: Sequence[Any]) -> Counts:
    """Count each value in its own range of an index, all in one round trip."""
    counted: list[list[Query]] = [
        [{"$match": {"$and": [query, {field: value}]}}, {"$group": {"_id": {"$literal": str(value)}, **COUNT}}]
        for value in values
    ]
    if not counted:
        return {}
    others: list[Query] = [{"$unionWith": {"coll": CALLS.name, "pipeline": pipeline}} for pipeline in counted[1:]]
    return as_counts(await CALLS.aggregate(db, [*counted[0], *others], len(values)))


async def count_countries(db: Database, query: Query, field: str) -> Counts:
    """Return the counts of the countries that calls name in a field."""
    return await count_values(db, query, field, await CALLS.values(db, field))


async def count_programmes(db: Database, query: Query) -> Counts:
    """Return the counts of the most frequent programmes."""
    pipeline: list[Query] = [{"$match": {"$and": [query, {"programme": {"$gt": ""}}]}}, *most_frequent("$programme")]
    return as_counts(await CALLS.aggregate(db, pipeline, MOST_PROGRAMMES, using=BY_PROGRAMME))


def most_frequent(field: str) -> list[Query]:
    """Return the pipeline steps that count the most frequent values of a field."""
    return [{"$group": {"_id": field, **COUNT}}, {"$sort": {"calls": -1, "_id": 1}}, {"$limit": MOST_PROGRAMMES}]


def as_counts(rows: Sequence[Mapping[str, Any]]) -> Counts:
    """Return the counts by value from the rows of a group step."""
    return {row["_id"]: row["calls"] for row in rows}


async def in_one_pass(db: Database, q: CallFilter, query: Query, now: datetime) -> dict[str, Counts]:
    """Return the counts of the calls that match, each of which is read once."""
    status = {"$literal": str(q.status[0])} if len(q.status) == 1 else status_expression(now)
    using = BY_STATUS if q.used == {"status"} else None  # without a hint the server reads the closed calls too
    facets = {
        "single": [{"$group": {"_id": {"status": "$status", "kind": "$kind"}, **COUNT}}],
        "ecosystem": [{"$unwind": "$ecosystems"}, {"$group": {"_id": "$ecosystems", **COUNT}}],
        "country": [{"$unwind": "$countries"}, {"$group": {"_id": "$countries", **COUNT}}],
        "about": [{"$unwind": "$about"}, {"$group": {"_id": "$about", **COUNT}}],
        "programme": [{"$match": {"programme": {"$gt": ""}}}, *most_frequent("$programme")],
    }
    listed = {"ecosystems": 1, "countries": 1, "about": "$found_by.about"}
    read = {"_id": 0, "kind": 1, **listed, "programme": 1, "status": status}
    pipeline: list[Query] = [{"$match": query}, {"$project": read}, {"$facet": facets}]
    [rows_by_facet] = await CALLS.aggregate(db, pipeline, 1, using=using)
    single = rows_by_facet.pop("single")
    counted = {facet: as_counts(rows) for facet, rows in rows_by_facet.items()}
    return {**counted, "status": summed(single, "status"), "kind": summed(single, "kind")}


def summed(rows: Sequence[Mapping[str, Any]], part: str) -> Counts:
    """Return the counts by one part of pairs."""
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["_id"][part]] += row["calls"]
    return counted
