"""Use cases of operators: the queue of reviews, decisions on profiles, taking down, and merging two."""

from collections.abc import Sequence

from services.profiles.accounts.store import names_of
from services.profiles.organisations.domain import Membership, Organisation
from services.profiles.organisations.memberships import set_role
from services.profiles.organisations.review import (
    ChangeReview,
    Merger,
    Review,
    ReviewDecision,
    Status,
    TakeDown,
    WrongStatus,
    checked,
)
from services.profiles.organisations.store import (
    DECISIONS,
    ORGANISATIONS,
    alike_to,
    awaiting_review,
    change_profile,
    decisions_on,
    members_of,
    next_version,
    role_in,
)
from services.profiles.organisations.usecases import organisation_path, publish_end, publish_profile
from shared.auth import Caller
from shared.contracts.profiles import ChangeReviewed, OrganisationReturned
from shared.errors import Invalid, NotFound
from shared.http.paging import Page, Paging, decode_cursor, page_of
from shared.ids import new_id
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

ONLY_OPERATORS = _("Only operators of the platform review profiles.")
NOT_FOUND = _("Organisation not found.")


async def reviews(reader: Reader, caller: Caller, paging: Paging) -> Page[Organisation]:
    """Return a page of what awaits a review. Raises NotAllowed, and Invalid for a wrong cursor."""
    caller.require_operator(ONLY_OPERATORS)
    after = decode_cursor(paging.cursor, 2)[1] if paging.cursor else ""
    found = await awaiting_review(reader, after, paging.limit + 1)
    return page_of(Organisation, found, paging.limit, "id")


async def duplicates(reader: Reader, id: str, caller: Caller) -> list[Organisation]:
    """Return the organisations, in any status, that may be the same as this one. Raises NotAllowed, NotFound."""
    return await alike_to(reader, await _any_profile(reader, id, caller), {})


async def decisions(reader: Reader, id: str, caller: Caller) -> list[ReviewDecision]:
    """Return the decisions on a profile, the newest first. Raises NotAllowed, NotFound."""
    return await decisions_on(reader, (await _any_profile(reader, id, caller)).id)


async def review_organisation(
    tx: Transaction, id: str, review: Review, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store the decision of an operator and publish it.

    Raises NotAllowed, NotFound, Stale, WrongStatus, ChecklistUnmet, WrongProgramme, ReasonsMissing.
    """
    before = await _reviewable(tx, id, caller, version)
    after = before.reviewed(review)
    if review.outcome == "publish":
        after = after.confirmed(tx.now)
    organisation = await change_profile(tx, before, after)
    await keep_decision(tx, organisation, review.outcome, review.reasons, caller, review.waived_by)
    if review.outcome == "publish":
        await publish_profile(tx, organisation, is_new=not before.was_public)
    else:
        tx.publish(
            OrganisationReturned(
                organisation_id=id,
                version=organisation.version,
                name=organisation.name,
                outcome=review.outcome,
                reasons=review.reasons,
                url=organisation_path(id),
            )
        )
    return organisation


async def review_change(
    tx: Transaction, id: str, review: ChangeReview, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store the decision of an operator on a change, publish it, and the profile if the change was accepted.

    Raises NotAllowed, NotFound, Stale, NoChange, ChecklistUnmet, WrongProgramme, ReasonsMissing.
    """
    before = await _reviewable(tx, id, caller, version)
    organisation = await change_profile(tx, before, before.change_reviewed(review))
    await keep_decision(tx, organisation, review.outcome, review.reasons, caller, review.waived_by)
    if review.outcome == "accepted":
        await publish_profile(tx, organisation)
    tx.publish(
        ChangeReviewed(
            organisation_id=id,
            version=organisation.version,
            name=organisation.name,
            outcome=review.outcome,
            reasons=review.reasons,
            url=organisation_path(id),
        )
    )
    return organisation


async def take_down(
    tx: Transaction, id: str, decision: TakeDown, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store that a profile is no longer public, with the reasons. Raises NotAllowed, NotFound, Stale, WrongStatus."""
    before = await _reviewable(tx, id, caller, version)
    organisation = await change_profile(tx, before, before.ended("take_down", decision.reasons))
    await keep_decision(tx, organisation, "taken_down", decision.reasons, caller)
    await publish_end(tx, organisation, "taken_down")
    return organisation


async def merge(tx: Transaction, id: str, merger: Merger, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Store that a profile is a duplicate of a public one, which its people join.

    They stay members of the duplicate, so that calls and requests which it published have their editors.
    Raises NotAllowed, NotFound, Invalid, Stale, WrongStatus.
    """
    before = await _reviewable(tx, id, caller, version)
    if merger.into == id:
        raise Invalid(_("Name another organisation: a profile cannot be merged into itself."), field="into")
    kept = await ORGANISATIONS.get(tx, merger.into)
    if kept is None:
        raise NotFound(_("Organisation not found. Name the published organisation that stays."), field="into")
    if kept.status is not Status.PUBLISHED:
        raise WrongStatus(_("The organisation that stays must be public. Publish it first."), field="into")
    await ORGANISATIONS.touch(tx, kept)
    organisation = await change_profile(tx, before, before.ended("merge", merger.reasons, kept.id))
    await keep_decision(tx, organisation, "merged", merger.reasons, caller)
    await next_version(tx, id)
    await _join(tx, await members_of(tx, id), kept)
    if organisation.was_public:
        await publish_end(tx, organisation, "merged")
    return organisation


async def _join(tx: Transaction, memberships: Sequence[Membership], kept: Organisation) -> None:
    """Make members of one organisation members of another one. Its administrators say who may edit.

    Those who come and those who stay are told of each other.
    """
    version = await next_version(tx, kept.id)
    new = [each for each in memberships if not await role_in(tx, kept.id, each.member_id)]
    names = await names_of(tx, [each.member_id for each in new])
    for each in new:
        await set_role(
            tx,
            kept.id,
            each.member_id,
            "member",
            version,
            organisation_name=kept.name,
            member_name=names.get(each.member_id, ""),
            merged_from=each.organisation_id,
        )


async def keep_decision(
    tx: Transaction,
    after: Organisation,
    outcome: str,
    reasons: Sequence[str],
    caller: Caller,
    waived_by: str = "",
    *,
    source: str = "",
) -> None:
    """Store a decision with the checklist on which it rests."""
    decision = ReviewDecision(
        id=new_id(),
        organisation_id=after.id,
        version=after.version,
        outcome=outcome,
        reasons=tuple(reasons),
        waived_by=waived_by,
        checklist=checked(after.with_change()),
        source=source,
        decided_by=caller.id,
        decided_at=tx.now,
    )
    await DECISIONS.insert(tx, decision)


async def _reviewable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Return an organisation for an operator who reviews it. Raises NotAllowed, NotFound, Stale."""
    organisation = await _any_profile(tx, id, caller)
    version.check(organisation.version)
    return organisation


async def _any_profile(reader: Reader, id: str, caller: Caller) -> Organisation:
    """Return an organisation in any status for an operator. Raises NotAllowed, NotFound."""
    caller.require_operator(ONLY_OPERATORS)
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation is None:
        raise NotFound(NOT_FOUND)
    return organisation
