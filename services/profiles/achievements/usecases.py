"""Use cases of editors: write an achievement, change it, submit it for review, withdraw and delete it."""

from typing import Literal

from services.profiles.achievements.domain import Achievement, AchievementBody, AchievementContent
from services.profiles.achievements.store import ACHIEVEMENTS, DRAFTS, drafts_of, replace_achievement
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.profile import words_of
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import ORGANISATIONS, staying
from services.profiles.organisations.usecases import NOT_AN_EDITOR, is_editor
from services.profiles.pictures.store import drop_pictures
from shared.auth import Caller
from shared.contracts.profiles import (
    AchievementFacts,
    AchievementPublished,
    AchievementSubmitted,
    AchievementWithdrawn,
    OrganisationPublished,
    OrganisationWithdrawn,
)
from shared.errors import Refusal, not_found
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

NOT_FOUND = _("Achievement not found.")
NOT_YOURS = _("Achievement not found among those of the organisations that you edit.")


class AchieverNotPublic(Refusal):
    """Refusal to show an achievement of an organisation that is not public."""


async def visible_achievement(reader: Reader, id: str, caller: Caller | None) -> Achievement:
    """Return a public achievement, or any to the editors of its organisation and to operators. Raises NotFound."""
    achievement = await ACHIEVEMENTS.get(reader, id)
    if achievement and (await is_public(reader, achievement) or await sees_all(reader, achievement, caller)):
        return achievement
    raise not_found(achievement, NOT_FOUND)


async def is_public(reader: Reader, achievement: Achievement) -> bool:
    """Return whether everyone can read it; its organisation decides, whose events may not have arrived."""
    if achievement.status is not Status.PUBLISHED:
        return False
    organisation = await ORGANISATIONS.get(reader, achievement.organisation_id)
    return organisation is not None and organisation.status is Status.PUBLISHED


async def sees_all(reader: Reader, achievement: Achievement, caller: Caller | None) -> bool:
    """Return whether the caller reads what is not public: editors always, operators once it was submitted."""
    if caller is None:
        return False
    submitted = achievement.was_public or achievement.status is not Status.DRAFT
    return (caller.operator and submitted) or await edits(reader, achievement, caller)


async def edits(reader: Reader, achievement: Achievement, caller: Caller | None) -> bool:
    """Return whether the caller may edit an achievement."""
    return caller is not None and await is_editor(reader, achievement.organisation_id, caller)


async def create_achievement(tx: Transaction, id: str, body: AchievementBody, caller: Caller) -> Achievement:
    """Store a draft of an organisation. Raises NotFound, AchieverNotPublic, QuotaReached."""
    organisation = await ORGANISATIONS.get(tx, body.organisation_id)
    if organisation is None or not await is_editor(tx, body.organisation_id, caller):
        raise not_found(organisation, NOT_AN_EDITOR)
    await require_public(tx, organisation)
    await DRAFTS.check(tx, organisation.id, drafts_of(organisation.id))
    achievement = Achievement.draft(id, body, organisation.name)
    await ACHIEVEMENTS.insert(tx, achievement)
    return achievement


async def change_achievement(
    tx: Transaction, id: str, content: AchievementContent, caller: Caller, version: ExpectedVersion
) -> Achievement:
    """Store new content; that of a public achievement awaits a review. Raises NotFound, Stale, WrongStatus."""
    before = await own_achievement(tx, id, caller, version)
    await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    achievement = await replace_achievement(tx, before, before.edited(content, tx.now))
    if achievement.change and achievement.change != before.change:
        tx.publish(submitted_event(achievement, "change"))
    return achievement


async def submit_achievement(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Achievement:
    """Submit an achievement for review and notify the reviewers. Raises NotFound, Stale, WrongStatus."""
    before = await own_achievement(tx, id, caller, version)
    await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    achievement = await replace_achievement(tx, before, before.submitted())
    tx.publish(submitted_event(achievement, "achievement"))
    return achievement


async def withdraw_achievement(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Achievement:
    """Withdraw a public achievement, or take a submission back. Raises NotFound, Stale, WrongStatus."""
    before = await own_achievement(tx, id, caller, version)
    achievement = await replace_achievement(tx, before, before.ended("withdraw", []))
    if achievement.status is Status.WITHDRAWN:
        tx.publish(AchievementWithdrawn(achievement_id=id, achievement=achievement_facts(achievement)))
    return achievement


async def delete_achievement(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> None:
    """Delete an achievement that was never public, with its picture. Raises NotFound, Stale, WrongStatus."""
    achievement = await own_achievement(tx, id, caller, version)
    achievement.check_deletable()
    await ACHIEVEMENTS.remove(tx, achievement)
    await drop_pictures(tx, achievement.pictures)


async def on_organisation(tx: Transaction, event: OrganisationPublished | OrganisationWithdrawn) -> None:
    """Keep in its achievements the name of an organisation, and whether it is public, as they are now.

    The achievements of one that was merged are those of the organisation that stays. Searches find the achievements by
    the new name, too, and by the former one until their text changes.
    """
    organisation = await staying(tx, event.organisation_id)
    if organisation is None:
        return
    kept = {
        "organisation_id": organisation.id,
        "organisation_name": organisation.name,
        "organisation_public": organisation.status is Status.PUBLISHED,
    }
    named = {"found_by": {"$each": words_of(organisation.name)}}
    await ACHIEVEMENTS.update(tx, {"organisation_id": event.organisation_id}, {"$set": kept, "$addToSet": named})


async def require_public(tx: Transaction, organisation: Organisation | None) -> Organisation:
    """Return the organisation of an achievement, which must be public until this commits. Raises AchieverNotPublic."""
    if organisation is None or organisation.status is not Status.PUBLISHED:
        raise AchieverNotPublic(
            _("Only a published organisation shows achievements. Its profile must be public first."),
            field="organisation_id",
        )
    await ORGANISATIONS.touch(tx, organisation)
    return organisation


def achievement_facts(achievement: Achievement) -> AchievementFacts:
    """Return the facts that events about an achievement carry; its story and its people are not among them."""
    return AchievementFacts(
        version=achievement.version,
        title=achievement.title,
        organisation_id=achievement.organisation_id,
        organisation_name=achievement.organisation_name,
        cause=achievement.behind.kind.value if achievement.behind else "",
        year=achievement.year,
        countries=achievement.countries,
        ecosystems=achievement.ecosystems,
        url=achievement_path(achievement.id),
    )


def published_event(achievement: Achievement) -> AchievementPublished:
    """Return the event of a publication."""
    return AchievementPublished(achievement_id=achievement.id, achievement=achievement_facts(achievement))


def submitted_event(achievement: Achievement, what: Literal["achievement", "change"]) -> AchievementSubmitted:
    """Return the event that an achievement, or its change, awaits a review."""
    return AchievementSubmitted(
        achievement_id=achievement.id,
        version=achievement.version,
        organisation_id=achievement.organisation_id,
        organisation_name=achievement.organisation_name,
        what=what,
        url=achievement_path(achievement.id),
    )


def achievement_path(id: str) -> str:
    """Return the path of an achievement."""
    return f"/achievements/{id}"


async def own_achievement(reader: Reader, id: str, caller: Caller, version: ExpectedVersion) -> Achievement:
    """Return an achievement of an organisation that the caller edits. Raises NotFound, Stale."""
    achievement = await ACHIEVEMENTS.get(reader, id)
    if achievement is None or not await edits(reader, achievement, caller):
        raise not_found(achievement, NOT_YOURS)
    version.check(achievement.version)
    return achievement
