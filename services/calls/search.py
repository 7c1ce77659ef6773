"""Search: full text with ranking, filters, what is for one's profile, and counts by facet; an index for each query."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from services.calls.domain import CLOSING_SOON, Call, Stage, Status
from services.calls.eligibility.domain import Applicant
from services.calls.store import CALLS, in_status, not_begun, running
from shared.http import Paging
from shared.ids import Id
from shared.mongo import Database, Query, Reader
from shared.vocabulary import CallKind, Country, Ecosystem

PUBLIC = [Status.FORTHCOMING, Status.OPEN, Status.CLOSING_SOON, Status.CLOSED]


class CallFilter(Paging):
    """Every filter narrows; with a text, the best match comes first, else the next deadline."""

    text: str | None = Field(
        None,
        min_length=2,
        max_length=200,
        description='In titles, keywords, programmes, summaries: words; "a phrase"; -without',
    )
    status: Status | None = Field(None, description="forthcoming, open, closing_soon or closed")
    kind: CallKind | None = None
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    programme: str | None = Field(None, min_length=1, max_length=80)
    organisation_id: Id | None = None
    closing_within: int | None = Field(None, ge=1, le=365, description="Days until the next deadline, at most")
    grant_from: int | None = Field(None, ge=0, le=10**12, description="Whole euros: grants can be at least this")
    grant_to: int | None = Field(None, ge=0, le=10**12, description="Whole euros: grants can be at most this")
    for_profile: Id | None = Field(None, description="What this organisation of yours may apply to, in its ecosystems")

    def query(self, now: datetime, profile: Applicant | None = None, stage: Any = Stage.PUBLISHED) -> dict[str, Any]:
        """Public calls that pass every filter, in the database's words; or calls in other stages."""
        equal = {
            "kind": self.kind,
            "countries": self.country,
            "ecosystems": self.ecosystem,
            "programme": self.programme,
            "organisation_id": self.organisation_id,
        }
        parts: list[Query] = [{"stage": stage, **{k: v for k, v in equal.items() if v}}]
        if self.status:
            parts.append(in_status(self.status, now) if self.status in PUBLIC else {"stage": {"$in": []}})
        if self.closing_within:
            ahead = {"$gt": now, "$lte": now + timedelta(days=self.closing_within)}
            parts.append({"closed_at": None, "cut_offs": {"$elemMatch": {"deadline": ahead}}})
        if self.grant_from is not None:
            parts.append({"budget.largest": {"$gte": self.grant_from}})
        if self.grant_to is not None:
            parts.append({"budget.smallest": {"$lte": self.grant_to}})
        if profile:
            parts.append(may_apply(profile, now))
        if self.text:
            parts.append({"$text": {"$search": self.text}})
        return {"$and": parts}


def may_apply(it: Applicant, now: datetime) -> dict[str, Any]:
    """What does not rule this applicant out (the domain's rules), is about its ecosystems and has not closed."""
    has = {"countries": [it.country], "kinds": [it.kind], "ecosystems": it.ecosystems}
    asked: list[Query] = [
        {f"eligibility.applicant.{trait}": {"$in": [None, [], *(value for value in values if value)]}}
        for trait, values in has.items()
        if values is not None and None not in values
    ]
    return {"$and": [running(now), {"ecosystems": {"$in": [*(it.ecosystems or ())]}}, *asked]}


async def ranked(at: Reader, query: Query, after: tuple[float, str] | None, limit: int) -> list[tuple[float, Call]]:
    """The best matches first; equal ones by id, so that a page never shows one of the page before."""
    beyond = {"$or": [{"score": {"$lt": after[0]}}, {"score": after[0], "_id": {"$gt": after[1]}}]} if after else {}
    pipeline: list[Query] = [
        {"$match": query},
        {"$project": {"score": {"$meta": "textScore"}}},
        {"$match": beyond},
        {"$sort": {"score": -1, "_id": 1}},
        {"$limit": limit},
    ]
    scores = {row["_id"]: row["score"] for row in await CALLS.aggregate(at, pipeline, limit)}
    found = {call.id: call for call in await CALLS.find(at, {"_id": {"$in": [*scores]}}, limit=limit)}
    return [(score, found[id]) for id, score in scores.items() if id in found]


async def counts(at: Database, q: CallFilter, query: Query, now: datetime) -> dict[str, dict[str, int]]:
    """How many of the matches there are by status, kind and ecosystem."""
    narrowed = q.model_dump(exclude_none=True, exclude={"limit", "cursor"})
    found = await (in_one_pass if narrowed else by_indexes)(at, query, now)
    names: dict[str, list[Any]] = {"status": PUBLIC, "kind": [*CallKind], "ecosystem": [*Ecosystem]}
    return {facet: {str(name): found[facet].get(str(name), 0) for name in values} for facet, values in names.items()}


def status_of(now: datetime) -> dict[str, Any]:
    """The domain's rule once more; the cut-off ahead is the one that the clock last saw."""
    closed = {"$or": [{"$gt": ["$closed_at", None]}, {"$lte": ["$closes_at", now]}]}
    unknown = {"$and": [{"$lte": ["$opens_at", None]}, "$forthcoming"]}
    branches = [
        (closed, Status.CLOSED),
        ({"$or": [unknown, {"$gt": ["$opens_at", now]}]}, Status.FORTHCOMING),
        ({"$lte": ["$deadline", now + CLOSING_SOON]}, Status.CLOSING_SOON),
    ]
    switch = {"branches": [{"case": case, "then": str(one)} for case, one in branches], "default": str(Status.OPEN)}
    return {"$switch": switch}


async def in_one_pass(at: Database, query: Query, now: datetime) -> dict[str, dict[str, int]]:
    """Over what matches: each is read once."""
    count = {"calls": {"$sum": 1}}
    facets = {
        "status": [{"$group": {"_id": "$status", **count}}],
        "kind": [{"$group": {"_id": "$kind", **count}}],
        "ecosystem": [{"$unwind": "$ecosystems"}, {"$group": {"_id": "$ecosystems", **count}}],
    }
    fields = {"_id": 0, "kind": 1, "ecosystems": 1, "status": status_of(now)}
    pipeline: list[Query] = [{"$match": query}, {"$project": fields}, {"$facet": facets}]
    [found] = await CALLS.aggregate(at, pipeline, 1)
    return {facet: {row["_id"]: row["calls"] for row in rows} for facet, rows in found.items()}


async def by_indexes(at: Database, query: Query, now: datetime) -> dict[str, dict[str, int]]:
    """Of all public calls: a count over each value's own stretch of an index, and what is left is the rest."""
    soon = {"deadline": {"$gt": now, "$lte": now + CLOSING_SOON}}
    wanted: dict[str, Query] = {
        "every": {},
        "running": running(now),
        "forthcoming": {"$and": [running(now), not_begun(now)]},
        "closing_soon": {"$and": [running(now), soon, {"$nor": [not_begun(now)]}]},
        **{f"kind {kind}": {"kind": kind} for kind in CallKind},
        **{f"ecosystem {one}": {"ecosystems": one} for one in Ecosystem},
    }
    numbers = await asyncio.gather(*[CALLS.count(at, {"$and": [query, one]}) for one in wanted.values()])
    found = dict(zip(wanted, numbers, strict=True))
    statuses = {"forthcoming": found["forthcoming"], "closing_soon": found["closing_soon"]}
    statuses["open"] = found["running"] - sum(statuses.values())
    return {
        "status": {**statuses, "closed": found["every"] - found["running"]},
        "kind": {kind: found[f"kind {kind}"] for kind in CallKind},
        "ecosystem": {one: found[f"ecosystem {one}"] for one in Ecosystem},
    }
