"""Partnerships: formed by a selected expression of interest, and read by everybody."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.matchmaking.store import ORGANISATIONS
from shared.contracts.calls import ExpressionDecided
from shared.errors import NotFound
from shared.http.caller import runtime_of
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import etag
from shared.ids import Id
from shared.models import Versioned
from shared.mongo import Collection, Reader, Transaction, behind, index
from shared.service import Runtime

router = APIRouter()
CurrentRuntime = Annotated[Runtime, Depends(runtime_of("matchmaking"))]


class Partnership(Versioned):
    """Its id and version are those of the application that it came from."""

    call_id: str
    call_title: str
    coordinator_id: str
    coordinator_name: str
    partner_ids: list[str]
    formed_at: datetime
    ended: bool = False  # kept, so that a selection that comes late does not bring it back


PARTNERSHIPS = Collection("partnerships", Partnership, [index("ended", "-formed_at", "_id")])


class Partner(BaseModel):
    """An organisation; its name is empty until its profile is known here."""

    id: str
    name: str


class PartnershipView(BaseModel):
    id: str
    version: int
    call_id: str
    call_title: str
    coordinator: Partner
    partners: list[Partner]
    formed_at: datetime


async def on_expression_decided(tx: Transaction, event: ExpressionDecided) -> None:
    """Whoever was selected, at once or from the reserve list, is a partnership until it withdraws."""
    if event.outcome not in {"selected", "withdrawn"}:
        return
    it = event.application
    partnership = Partnership(
        id=event.application_id,
        version=it.version,
        call_id=it.call_id,
        call_title=it.call_title,
        coordinator_id=it.organisation_id,
        coordinator_name=it.organisation_name,
        partner_ids=event.partner_ids,
        formed_at=tx.now,
        ended=event.outcome == "withdrawn",
    )
    await PARTNERSHIPS.keep_newest(tx, partnership)


async def views(reader: Reader, found: list[Partnership]) -> list[PartnershipView]:
    """With the names that the organisations have now, in one query."""
    ids = sorted({id for one in found for id in [one.coordinator_id, *one.partner_ids]})
    copies = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    names = {copy.id: copy.name for copy in copies}
    return [
        PartnershipView(
            **one.model_dump(include={"id", "version", "call_id", "call_title", "formed_at"}),
            coordinator=Partner(id=one.coordinator_id, name=names.get(one.coordinator_id, one.coordinator_name)),
            partners=[Partner(id=id, name=names.get(id, "")) for id in one.partner_ids],
        )
        for one in found
    ]


@router.get("/partnerships")
async def partnerships(runtime: CurrentRuntime, q: Annotated[Paging, Query()]) -> Page[PartnershipView]:
    """The newest first."""
    query = {"$and": [{"ended": False}, behind("formed_at", decode_time_cursor(q.cursor), newest_first=True)]}
    found = await PARTNERSHIPS.find(runtime.db, query, sort=[("formed_at", -1), ("_id", 1)], limit=q.limit + 1)
    page = page_of(Partnership, found, q.limit, "formed_at")
    return Page[PartnershipView](items=await views(runtime.db, page.items), next=page.next)


@router.get("/partnerships/{id}")
async def read(id: Id, runtime: CurrentRuntime, response: Response) -> PartnershipView:
    found = await PARTNERSHIPS.get(runtime.db, id)
    if found is None or found.ended:
        raise NotFound("there is no such partnership")
    etag(response, found.version)
    [view] = await views(runtime.db, [found])
    return view
