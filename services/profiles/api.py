"""HTTP for organisations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.profiles import usecases
from services.profiles.domain import Organisation, OrganisationFacts, Review
from services.profiles.store import list_organisations, organisations_of
from shared.auth import Caller
from shared.http import (
    IdempotencyKey,
    IfMatch,
    Page,
    Paging,
    caller,
    created,
    decode_cursor,
    etag,
    here,
    page_of,
    page_or_json,
    perhaps,
)
from shared.idempotency import once
from shared.ids import Id, new_id
from shared.service import Runtime
from shared.vocabulary import Country, Ecosystem, OrganisationKind

router = APIRouter()
Here = Annotated[Runtime, Depends(here("profiles"))]
By = Annotated[Caller, Depends(caller("profiles"))]
Perhaps = Annotated[Caller | None, Depends(perhaps("profiles"))]


class OrganisationFilter(Paging):
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    kind: OrganisationKind | None = None


@router.post("/organisations", status_code=201)
async def create(
    body: OrganisationFacts, at: Here, by: By, response: Response, key: IdempotencyKey = None
) -> Organisation:
    request = "organisation" + body.model_dump_json()
    made = await once(at.db, key, by.id, request, Organisation, usecases.create_organisation, new_id(), body, by)
    created(response, usecases.path(made.id), made.version)
    return made


@router.get("/organisations", response_model=Page[Organisation])
async def organisations(request: Request, at: Here, q: Annotated[OrganisationFilter, Query()]) -> Response:
    filters = {"country": q.country, "ecosystems": q.ecosystem, "kind": q.kind}
    last = decode_cursor(q.cursor, 2) if q.cursor else None
    wanted = {field: str(value) for field, value in filters.items() if value}
    found = await list_organisations(at.db, wanted, (last[0], last[1]) if last else None, q.limit + 1)
    return page_or_json(request, "organisations.html", page_of(Organisation, found, q.limit, "name"))


@router.get("/me/organisations")
async def mine(at: Here, by: By) -> list[Organisation]:
    return await organisations_of(at.db, by.id)


@router.get("/organisations/{id}", response_model=Organisation)
async def read(id: Id, request: Request, at: Here, by: Perhaps) -> Response:
    organisation = await usecases.visible(at.db, id, by)
    response = page_or_json(request, "organisation.html", organisation)
    etag(response, organisation.version)
    return response


@router.put("/organisations/{id}")
async def change(
    id: Id, body: OrganisationFacts, at: Here, by: By, version: IfMatch, response: Response
) -> Organisation:
    organisation = await at.db.transact(usecases.change_organisation, id, body, by, version)
    etag(response, organisation.version)
    return organisation


@router.post("/organisations/{id}/submit")
async def submit(id: Id, at: Here, by: By, version: IfMatch, response: Response) -> Organisation:
    organisation = await at.db.transact(usecases.submit_organisation, id, by, version)
    etag(response, organisation.version)
    return organisation


@router.post("/organisations/{id}/review")
async def review(id: Id, body: Review, at: Here, by: By, version: IfMatch, response: Response) -> Organisation:
    organisation = await at.db.transact(usecases.review_organisation, id, body, by, version)
    etag(response, organisation.version)
    return organisation
