"""Search: full text with ranking, filters, what is for one's profile; an index for each query."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from services.calls.catalogue.domain import Call, Stage, Status
from services.calls.catalogue.store import CALLS, in_status, running
from services.calls.organisations.domain import Applicant
from shared.http.paging import Paging
from shared.ids import Id
from shared.mongo import Query, Reader
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

    @property
    def asked(self) -> set[str]:
        """The names of what was asked for."""
        return set(self.model_dump(exclude_none=True, exclude={"limit", "cursor"}))


def may_apply(it: Applicant, now: datetime) -> dict[str, Any]:
    """What does not rule this applicant out (the domain's rules), is about its ecosystems and has not closed."""
    has = {"countries": [it.country], "kinds": [it.kind], "ecosystems": it.ecosystems}
    asked: list[Query] = [
        {f"eligibility.applicant.{trait}": {"$in": [None, [], *(value for value in values if value)]}}
        for trait, values in has.items()
        if values is not None and None not in values
    ]
    return {"$and": [running(now), {"ecosystems": {"$in": [*(it.ecosystems or ())]}}, *asked]}


async def ranked(reader: Reader, query: Query, after: tuple[float, str] | None, limit: int) -> list[tuple[float, Call]]:
    """The best matches first; equal ones by id, so that a page never shows one of the page before."""
    score = {"score": {"$meta": "textScore"}}
    steps: list[Query]
    if after is None:  # the server keeps no more than a page while it sorts
        steps = [{"$match": query}, {"$sort": {**score, "_id": 1}}, {"$limit": limit}, {"$addFields": score}]
        return [(row["score"], CALLS.read(row)) for row in await CALLS.aggregate(reader, steps, limit)]
    beyond = {"$or": [{"score": {"$lt": after[0]}}, {"score": after[0], "_id": {"$gt": after[1]}}]}
    order = {"score": -1, "_id": 1}
    steps = [{"$match": query}, {"$project": score}, {"$match": beyond}, {"$sort": order}, {"$limit": limit}]
    scores = {row["_id"]: row["score"] for row in await CALLS.aggregate(reader, steps, limit)}
    found = {call.id: call for call in await CALLS.find(reader, {"_id": {"$in": [*scores]}}, limit=limit)}
    return [(points, found[id]) for id, points in scores.items() if id in found]
