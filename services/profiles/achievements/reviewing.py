"""Use cases of operators: the queue of reviews, decisions on achievements and their changes, taking down."""

from typing import Literal

from services.profiles.achievements.domain import Achievement, AchievementChangeReview, AchievementReview
from services.profiles.achievements.store import ACHIEVEMENTS, awaiting_review, replace_achievement
from services.profiles.achievements.usecases import (
    NOT_FOUND,
    achievement_facts,
    published_event,
    require_public,
    sees_all,
)
from services.profiles.organisations.review import Status, TakeDown
from services.profiles.organisations.store import ORGANISATIONS
from shared.auth import Caller
from shared.contracts.profiles import AchievementChanged, AchievementReturned, AchievementWithdrawn
from shared.errors import not_found
from shared.http.paging import Paging, decode_cursor
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

ONLY_OPERATORS = _("Only operators of the platform review achievements.")


async def reviews(reader: Reader, caller: Caller, paging: Paging) -> list[Achievement]:
    """Return what awaits a review, one more than a page. Raises NotAllowed, and Invalid for a wrong cursor."""
    caller.require_operator(ONLY_OPERATORS)
    after = decode_cursor(paging.cursor, 2)[1] if paging.cursor else ""
    return await awaiting_review(reader, after, paging.limit + 1)


async def review_achievement(
    tx: Transaction, id: str, review: AchievementReview, caller: Caller, version: ExpectedVersion
) -> Achievement:
    """Store the decision of an operator and publish it. Raises NotAllowed, NotFound, Stale, WrongStatus."""
    before = await _reviewable(tx, id, caller, version)
    after = before.reviewed(review, tx.now)
    if review.outcome == "publish":
        organisation = await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
        after = after.replace(organisation_name=organisation.name, organisation_public=True)
    achievement = await replace_achievement(tx, before, after)
    if review.outcome == "publish":
        tx.publish(published_event(achievement))
    else:
        tx.publish(_returned(achievement, review.outcome, review.reasons))
    return achievement


async def review_change(
    tx: Transaction, id: str, review: AchievementChangeReview, caller: Caller, version: ExpectedVersion
) -> Achievement:
    """Store the decision of an operator on a change, and publish it. Raises NotAllowed, NotFound, Stale, NoChange."""
    before = await _reviewable(tx, id, caller, version)
    after = before.change_reviewed(review, tx.now)
    if review.outcome == "accepted":
        await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    achievement = await replace_achievement(tx, before, after)
    if review.outcome == "accepted":
        tx.publish(AchievementChanged(achievement_id=id, achievement=achievement_facts(achievement)))
    else:
        tx.publish(_returned(achievement, "change_refused", review.reasons))
    return achievement


async def take_down(
    tx: Transaction, id: str, decision: TakeDown, caller: Caller, version: ExpectedVersion
) -> Achievement:
    """Store that an achievement is no longer public. Raises NotAllowed, NotFound, Stale, WrongStatus."""
    before = await _reviewable(tx, id, caller, version)
    achievement = await replace_achievement(tx, before, before.ended("take_down", decision.reasons))
    tx.publish(AchievementWithdrawn(achievement_id=id, achievement=achievement_facts(achievement)))
    return achievement


async def reviewable(reader: Reader, id: str, caller: Caller) -> Achievement:
    """Return an achievement for an operator who reviews it. Raises NotAllowed, NotFound."""
    caller.require_operator(ONLY_OPERATORS)
    achievement = await ACHIEVEMENTS.get(reader, id)
    if achievement is None or not await sees_all(reader, achievement, caller):
        raise not_found(achievement, NOT_FOUND)
    return achievement


async def _reviewable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Achievement:
    achievement = await reviewable(tx, id, caller)
    version.check(achievement.version)
    return achievement


def can_take_down(achievement: Achievement) -> bool:
    """Return whether an operator can take an achievement down: without a change that awaits their decision."""
    return achievement.status is Status.PUBLISHED and not achievement.awaits_review


def _returned(
    achievement: Achievement, outcome: Literal["changes_requested", "rejected", "change_refused"], reasons: list[str]
) -> AchievementReturned:
    return AchievementReturned(
        achievement_id=achievement.id, achievement=achievement_facts(achievement), outcome=outcome, reasons=reasons
    )
