"""HTTP for organisations."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.organisations import usecases
from services.profiles.organisations.domain import Organisation, OrganisationFacts, Review
from services.profiles.organisations.store import list_organisations, organisations_of
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.vocabulary import Country, Ecosystem, OrganisationKind

router = APIRouter()


class OrganisationFilter(Paging):
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    kind: OrganisationKind | None = None


@router.post("/organisations", status_code=201)
async def create(
    body: OrganisationFacts,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> Organisation:
    request = "organisation" + body.model_dump_json()
    made = await idempotent(
        runtime.db, key, caller.id, request, Organisation, usecases.create_organisation, new_id(), body, caller
    )
    created(response, usecases.path(made.id), made.version)
    return made


@router.get("/organisations", response_model=Page[Organisation])
async def organisations(
    request: Request, runtime: CurrentRuntime, q: Annotated[OrganisationFilter, Query()]
) -> Response:
    filters = {"country": q.country, "ecosystems": q.ecosystem, "kind": q.kind}
    last = decode_cursor(q.cursor, 2) if q.cursor else None
    wanted = {field: str(value) for field, value in filters.items() if value}
    found = await list_organisations(runtime.db, wanted, (last[0], last[1]) if last else None, q.limit + 1)
    return page_or_json(request, "organisations.html", page_of(Organisation, found, q.limit, "name"))


@router.get("/me/organisations")
async def mine(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Organisation]:
    return await organisations_of(runtime.db, caller.id)


@router.get("/organisations/{id}", response_model=Organisation)
async def read(id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    organisation = await usecases.visible(runtime.db, id, caller)
    response = page_or_json(request, "organisation.html", organisation)
    etag(response, organisation.version)
    return response


@router.put("/organisations/{id}")
async def change(
    id: Id,
    body: OrganisationFacts,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    organisation = await runtime.db.transact(usecases.change_organisation, id, body, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post("/organisations/{id}/submit")
async def submit(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    organisation = await runtime.db.transact(usecases.submit_organisation, id, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post("/organisations/{id}/review")
async def review(
    id: Id, body: Review, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    organisation = await runtime.db.transact(usecases.review_organisation, id, body, caller, version)
    etag(response, organisation.version)
    return organisation
