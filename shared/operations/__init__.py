"""Routes for operators, the same for every service: parked messages and the event log."""

from typing import Annotated

from fastapi import APIRouter, Depends

from shared.auth import Caller
from shared.errors import NotAllowed
from shared.http.caller import current_caller, runtime_of
from shared.http.problems import refusals
from shared.operations import events, parked, summary
from shared.operations.pages import operation_pages
from shared.sentences import _
from shared.service import Service

TAG = "Operations"
NOT_FOR_YOU = {401: "The token is missing or not valid", 403: "The caller is not an operator"}


def operations(service: Service) -> APIRouter:
    """Return the operators' routes of one service."""
    identify = current_caller(service.name)

    async def require_operator(caller: Annotated[Caller, Depends(identify)]) -> None:
        if not caller.operator:
            raise NotAllowed(_("Only operators can do this. Log in as an operator."))

    router = APIRouter(
        prefix=f"/operations/{service.name}",
        tags=[TAG],
        dependencies=[Depends(require_operator)],
        responses=refusals(NOT_FOR_YOU),
    )
    runtime = Depends(runtime_of(service.name))
    for part in (parked, events):
        part.add_read_routes(router, service.name, runtime)
        part.add_write_routes(router, service.name, runtime)
    summary.add_read_routes(router, service.name, runtime)
    with_pages = APIRouter()
    with_pages.include_router(operation_pages(service.name, require_operator))
    with_pages.include_router(router)
    return with_pages
