"""Audiences of events: a query for the members that an event may concern, and the reason for each of them."""

from collections.abc import Callable
from dataclasses import dataclass

from services.notifications.preferences.domain import Recipient, Topic, first_reason, possible_anchors
from shared.contracts import calls, profiles
from shared.contracts.matchmaking import PartnersProposed
from shared.mongo import Query

CallEvent = calls.CallPublished | calls.CallChanged | calls.CallWithdrawn | calls.DeadlineApproached
GatheringEvent = calls.GatheringPublished | calls.GatheringChanged | calls.GatheringCancelled
ApplicationEvent = (
    calls.ApplicationDecided
    | calls.ApplicationCancelled
    | calls.ReservePromoted
    | calls.ClaimReviewed
    | calls.ClaimRejected
    | calls.ClaimPaid
)
OrganisationEvent = profiles.OrganisationPublished | profiles.OrganisationReturned | profiles.ChangeReviewed


@dataclass(frozen=True)
class Audience:
    """The members that an event may concern, and why it concerns one of them; None if it does not."""

    query: Query
    reason: Callable[[Recipient], str | None]


def followers_of_call(event: CallEvent) -> Audience:
    """Return the members with an interest that matches the call."""
    call = event.call
    texts = [call.title, call.summary, *call.keywords]
    return _followers(Topic(list(call.ecosystems), list(call.countries), call.kind, texts, list(call.about)))


def followers_of_gathering(event: GatheringEvent) -> Audience:
    """Return the members with an interest that matches the gathering."""
    gathering = event.gathering
    texts = [gathering.title, gathering.summary, *gathering.keywords]
    return _followers(Topic(list(gathering.ecosystems), list(gathering.countries), "", texts))


def publishing_organisation(event: calls.QuestionAsked) -> Audience:
    """Return the members of the organisation that published the call; none if operators published it."""
    return _organisation(event.call.organisation_id or "")


def applicant_organisation(event: ApplicationEvent) -> Audience:
    """Return the members of the organisation that applied."""
    return _organisation(event.application.organisation_id)


def organisation_members(event: OrganisationEvent) -> Audience:
    """Return the members of the organisation that the event is about."""
    return _organisation(event.organisation_id)


def author_of_question(event: calls.QuestionAnswered) -> Audience:
    """Return the member who asked the question."""
    return _member(event.member_id, "You asked this question")


def assessor(event: calls.AssessorNamed) -> Audience:
    """Return the member who was named as an assessor."""
    return _member(event.member_id, "You were named as an assessor")


def registered_participant(event: calls.ParticipantRegistered) -> Audience:
    """Return the member who has a place."""
    return _member(event.member_id, "You registered for this gathering")


def affected_participant(event: calls.ParticipantAffected) -> Audience:
    """Return the member who has a place or is on the waiting list."""
    return _member(event.member_id, "You have a place in this gathering, or are on its waiting list")


def author_of_request(event: PartnersProposed) -> Audience:
    """Return the member to whom partners are proposed."""
    return _member(event.member_id, "Your partner offer or request fits this call")


def _followers(topic: Topic) -> Audience:
    return Audience({"anchors": {"$in": possible_anchors(topic)}}, lambda member: first_reason(member.interests, topic))


def _organisation(organisation_id: str) -> Audience:
    return Audience({"organisations": organisation_id}, lambda _: "You belong to this organisation")


def _member(member_id: str, reason: str) -> Audience:
    return Audience({"_id": member_id}, lambda _: reason)
