"""Use cases of illustrations: replace the picture of an achievement, and remove it."""

from services.profiles.achievements.domain import Achievement
from services.profiles.achievements.store import replace_achievement
from services.profiles.achievements.usecases import (
    achievement_path,
    is_public,
    own_achievement,
    require_public,
    sees_all,
    submitted_event,
    visible_achievement,
)
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.pictures.domain import Picture
from services.profiles.pictures.store import keep_picture
from shared.auth import Caller
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

NO_PICTURE = _("Picture not found.")


async def replace_picture(
    tx: Transaction, picture: Picture, id: str, caller: Caller, version: ExpectedVersion
) -> Achievement:
    """Store a new picture; that of a public achievement awaits a review.

    Raises NotFound, Stale, WrongStatus, AchieverNotPublic.
    """
    before = await own_achievement(tx, id, caller, version)
    await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    after = before.with_picture(picture, tx.now)
    await keep_picture(tx, picture)
    achievement = await replace_achievement(tx, before, after)
    if achievement.status is Status.PUBLISHED:
        tx.publish(submitted_event(achievement, "change"))
    return achievement


async def remove_picture(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Achievement:
    """Remove the picture of an achievement at once, and the one that was not accepted.

    Raises NotFound, Stale, WrongStatus.
    """
    before = await own_achievement(tx, id, caller, version)
    if not before.pictures:
        raise NotFound(NO_PICTURE)
    return await replace_achievement(tx, before, before.without_picture(tx.now))


async def visible_picture(reader: Reader, id: str, sha256: str, caller: Caller | None) -> tuple[Picture, bool]:
    """Return the picture that has this file, and whether everyone may see it. Raises NotFound."""
    achievement = await visible_achievement(reader, id, caller)
    inside = await sees_all(reader, achievement, caller)
    shown = achievement.pictures if inside else [each for each in achievement.pictures if each == achievement.picture]
    picture = next((each for each in shown if each.rendition(sha256)), None)
    if picture is None:
        raise NotFound(NO_PICTURE)
    return picture, picture == achievement.picture and await is_public(reader, achievement)


def picture_path(id: str) -> str:
    """Return the path of the picture of an achievement."""
    return f"{achievement_path(id)}/picture"
