"""HTTP for the calls that a member follows one by one."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.involvements import usecases
from shared.http.problems import refusals
from shared.ids import Id

router = APIRouter(tags=["Interests"])
FollowedCallId = Annotated[Id, Path(description="Id of the call")]


@router.get(
    "/follows",
    operation_id="list_followed_calls",
    summary="List the calls that you follow",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def list_followed_calls(runtime: CurrentRuntime, caller: CurrentCaller) -> list[str]:
    """Return the ids of the calls that you follow."""
    return await usecases.followed_calls(runtime.db, caller)


@router.put(
    "/follows/{id}",
    status_code=204,
    operation_id="follow_call",
    summary="Follow a call",
    responses=refusals({401: "The token is missing or not valid", 409: "You follow 200 calls already"}),
)
async def follow_call(id: FollowedCallId, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Get an alert about each change, deadline and answered question of a call, whatever your interests are."""
    await runtime.db.transact(usecases.follow_call, id, caller)


@router.delete(
    "/follows/{id}",
    status_code=204,
    operation_id="stop_following_call",
    summary="Stop following a call",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def stop_following_call(id: FollowedCallId, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Get no more alerts about a call, unless they concern your own business or match an interest."""
    await runtime.db.transact(usecases.stop_following_call, id, caller)
