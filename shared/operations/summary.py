"""What waits for operators in a service: parked messages, and events that the broker has not confirmed."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shared.outbox import OUTBOX
from shared.parking import PARKED
from shared.service import Runtime


class OperationsSummary(BaseModel):
    """Numbers of what waits."""

    parked: int = Field(description="Messages and jobs that could not be handled")
    pending_events: int = Field(description="Events that the broker has not confirmed")
    waiting_seconds: int = Field(description="For how long the oldest of them has waited")


def add_read_routes(router: APIRouter, service: str, service_runtime: Any) -> None:
    @router.get("/summary", operation_id=f"summarise_{service}", summary=f"Count what waits in {service}")
    async def summarise(runtime: Runtime = service_runtime) -> OperationsSummary:
        """Return the numbers of parked messages and of unconfirmed events."""
        return OperationsSummary(
            parked=await PARKED.count(runtime.db, {}),
            pending_events=await OUTBOX.count(runtime.db, {"state": "pending"}),
            waiting_seconds=int(runtime.relay.waiting_seconds()),
        )
