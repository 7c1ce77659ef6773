"""What operators do with a service, the same for each: look after what was parked, and use its event log."""

from typing import Annotated

from fastapi import APIRouter, Depends

from shared.auth import Caller
from shared.errors import NotAllowed
from shared.http.caller import current_caller, runtime_of
from shared.operations import events, parked
from shared.service import Service


def operations(service: Service) -> APIRouter:
    """The operators' routes of one service."""
    identify = current_caller(service.name)

    async def operator(by: Annotated[Caller, Depends(identify)]) -> None:
        if not by.operator:
            raise NotAllowed("this is for operators")

    router = APIRouter(prefix=f"/operations/{service.name}", tags=[service.name], dependencies=[Depends(operator)])
    at_service = Depends(runtime_of(service.name))
    for part in (parked, events):
        part.add_reading(router, at_service)
        part.add_deeds(router, at_service)
    return router
