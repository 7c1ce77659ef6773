"""HTTP for what a member follows: calls, gatherings, organisations, countries, posts and achievements, one by one."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.involvements import usecases
from services.notifications.involvements.domain import Follow
from services.notifications.things.domain import ThingKind
from shared.http.problems import refusals
from shared.ids import Id

router = APIRouter(tags=["Interests"])
FollowedKind = Annotated[ThingKind, Path(description="Kind of thing")]
FollowedId = Annotated[Id, Path(description="Id of the thing; of a country, its code (ISO 3166-1 alpha-2)")]


@router.get(
    "/follows",
    operation_id="list_follows",
    summary="List what you follow",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def list_follows(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Follow]:
    """Return the calls, gatherings, organisations, countries, posts and achievements that you follow."""
    return await usecases.follows_of(runtime.db, caller)


@router.put(
    "/follows/{kind}/{id}",
    status_code=204,
    operation_id="follow_thing",
    summary="Follow a thing",
    responses=refusals(
        {401: "The token is missing or not valid", 404: "Country not found", 409: "You follow 200 things already"}
    ),
)
async def follow_thing(kind: FollowedKind, id: FollowedId, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Get alerts about one thing, whatever your interests are.

    A call: its changes, deadlines and answered questions. A gathering, a post or an achievement: its changes and its
    end. An organisation: its new calls, gatherings, partner requests, posts and achievements. A country: the same of
    all organisations, if they are in it, for it or about it, new organisations there, and new
    editions of its page.
    """
    await runtime.db.transact(usecases.follow_thing, kind, id, caller)


@router.delete(
    "/follows/{kind}/{id}",
    status_code=204,
    operation_id="stop_following_thing",
    summary="Stop following a thing",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def stop_following_thing(
    kind: FollowedKind, id: FollowedId, runtime: CurrentRuntime, caller: CurrentCaller
) -> None:
    """Get no more alerts about a thing, unless they concern your own business or match an interest."""
    await runtime.db.transact(usecases.stop_following_thing, id, caller)
