"""HTTP for pictures of achievements: upload, download and removal."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.profiles.achievements.illustrations import usecases
from services.profiles.achievements.usecases import own_achievement
from services.profiles.achievements.views import AchievementView
from services.profiles.dependencies import UPLOADS, AchievementId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.pictures.domain import DescribedPicture
from services.profiles.pictures.serving import DELIVERED, RECEIVED, REFUSED, deliver, receive_picture
from services.profiles.pictures.store import attach_picture, store_picture
from shared.files.serving import Hash
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals

router = APIRouter(tags=["Achievements"])
NOT_EDITABLE = "Achievement not found, or you do not edit its organisation"
WRONG_STATUS = "The achievement is in review or rejected"
OF_A_CHANGE = {412: "The achievement has changed since you read it", 428: "If-Match is missing"}


@router.put(
    "/achievements/{id}/picture",
    operation_id="upload_achievement_picture",
    dependencies=UPLOADS,
    summary="Upload the picture of an achievement",
    responses=refusals(
        {404: NOT_EDITABLE, 409: f"{WRONG_STATUS}, or its organisation is not public", **REFUSED, **OF_A_CHANGE}
    ),
    **RECEIVED,
)
async def upload_achievement_picture(
    id: AchievementId,
    q: Annotated[DescribedPicture, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> AchievementView:
    """Send the picture itself as the body: JPEG, PNG or WebP, at most 5 MiB and 24 million pixels.

    It is stored in a few sizes, without what cameras add. Say what it shows (`alt`), or that it only decorates. The
    new picture of a public achievement is public after a review; until then `change` has it.
    """
    achievement = await own_achievement(runtime.db, id, caller, version)
    achievement.check_editable()
    q.check()
    made = await store_picture(runtime.db, usecases.picture_path(id), await receive_picture(request), q.alt)
    changed = await attach_picture(runtime.db, made, usecases.replace_picture, id, caller, version)
    etag(response, changed.version)
    return AchievementView.of(changed)


@router.get(
    "/achievements/{id}/picture/{sha256}",
    operation_id="download_achievement_picture",
    summary="Download the picture of an achievement",
    **DELIVERED,
)
async def download_achievement_picture(
    id: AchievementId, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return a file of the picture; one that is not public only to those who read all of the achievement."""
    picture, is_public = await usecases.visible_picture(runtime.db, id, sha256, caller)
    return deliver(request, runtime.db, picture, sha256, public=is_public)


@router.delete(
    "/achievements/{id}/picture",
    operation_id="delete_achievement_picture",
    summary="Remove the picture of an achievement",
    responses=refusals({404: f"{NOT_EDITABLE}, or there is no picture", 409: WRONG_STATUS, **OF_A_CHANGE}),
)
async def delete_achievement_picture(
    id: AchievementId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> AchievementView:
    """Remove the picture at once, and the one that awaits a review."""
    changed = await runtime.db.transact(usecases.remove_picture, id, caller, version)
    etag(response, changed.version)
    return AchievementView.of(changed)
