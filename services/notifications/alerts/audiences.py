"""Audiences of events: a query for the members that an event may concern, and the reason for each of them."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace

from services.notifications.alerts.followers import Followers
from services.notifications.involvements.domain import APPLICANTS, EVERYBODY, Part
from services.notifications.involvements.store import followers_of, has_applicants, involved_in
from services.notifications.preferences.domain import Recipient, Scope, Topic, first_reason, possible_anchors
from shared.contracts import calls, profiles
from shared.contracts.matchmaking import PartnerRequestMatched, PartnerRequestReminded, PartnersProposed
from shared.mongo import Query, Reader

CallEvent = calls.CallPublished | calls.CallOpened | calls.CallChanged | calls.CallWithdrawn | calls.DeadlineApproached
GatheringEvent = calls.GatheringPublished | calls.GatheringChanged | calls.GatheringCancelled
ApplicationEvent = (
    calls.ApplicationSubmitted
    | calls.ApplicationDecided
    | calls.ApplicationCancelled
    | calls.ReservePromoted
    | calls.ClaimReviewed
    | calls.ClaimRejected
    | calls.ClaimPaid
)
OrganisationEvent = (
    profiles.OrganisationPublished
    | profiles.OrganisationReturned
    | profiles.OrganisationWithdrawn
    | profiles.OrganisationReminded
    | profiles.ChangeReviewed
)
AchievementEvent = (
    profiles.AchievementPublished
    | profiles.AchievementChanged
    | profiles.AchievementReturned
    | profiles.AchievementWithdrawn
)


@dataclass(frozen=True)
class Audience:
    """The members that an event may concern, and why it concerns one of them; None if it does not."""

    query: Query
    reason: Callable[[Recipient], str | None]
    scope: Scope = Scope.OWN  # of its e-mails


@dataclass(frozen=True)
class CallParts:
    """The members who have one of some parts in a call; the fan-out looks them up."""

    call_id: str
    parts: Set[Part]


@dataclass(frozen=True)
class IfApplied:
    """An audience that an event concerns only if an organisation applied to the call on the platform."""

    call_id: str
    audience: Audience


Who = Audience | CallParts | Followers | IfApplied
NO_MEMBER = Audience({"_id": {"$in": []}}, lambda _: None)


async def audience_of(reader: Reader, who: Who) -> Audience:
    """Return an audience, after looking up who is involved in a call, or follows one of some things."""
    if isinstance(who, Audience):
        return who
    if isinstance(who, Followers):
        return _without(who.but_of, _following(await followers_of(reader, [*who.reasons]), who))
    if isinstance(who, IfApplied):
        return who.audience if await has_applicants(reader, who.call_id) else NO_MEMBER
    involved = await involved_in(reader, who.call_id, who.parts)
    return Audience(involved.query, involved.reason) if involved else NO_MEMBER


def followers_of_call(event: CallEvent) -> Audience:
    """Return the members with an interest that matches the call."""
    call = event.call
    texts = [call.title, call.summary, *call.keywords]
    return _followers(Topic(list(call.ecosystems), list(call.countries), call.kind, texts, list(call.about)))


def invited_to_call(event: calls.CallPublished | calls.CallOpened | calls.DeadlineApproached) -> Audience:
    """Return the members who follow the call and may want to apply: not those of its publisher."""
    return _without(event.call.organisation_id, followers_of_call(event))


def invited_to_gathering(event: calls.GatheringPublished) -> Audience:
    """Return the members who follow the gathering and may want to come: not those of its organiser."""
    return _without(event.gathering.organisation_id, followers_of_gathering(event))


def followers_of_gathering(event: GatheringEvent) -> Audience:
    """Return the members with an interest that matches the gathering."""
    gathering = event.gathering
    texts = [gathering.title, gathering.summary, *gathering.keywords]
    return _followers(Topic(list(gathering.ecosystems), list(gathering.countries), "", texts))


def involved_in_call(event: CallEvent | calls.QuestionAnswered) -> CallParts:
    """Return the members who have an application, asked a question or follow the call."""
    return CallParts(event.call_id, EVERYBODY)


def applicants(event: calls.FormRevised) -> CallParts:
    """Return the members of the organisations that have an application to the call."""
    return CallParts(event.call_id, APPLICANTS)


def drafters(event: calls.DeadlineApproached) -> CallParts:
    """Return the members of the organisations that have a draft of an application to the call."""
    return CallParts(event.call_id, {Part.DRAFT})


def interested(event: calls.DeadlineApproached | calls.CallOpened) -> CallParts:
    """Return the members who asked a question or follow the call."""
    return CallParts(event.call_id, {Part.ASKED, Part.FOLLOWS})


def waiting_for_call(event: calls.CallWithdrawn) -> CallParts:
    """Return all who are involved but the applicants, who hear that their application is cancelled."""
    return CallParts(event.call_id, EVERYBODY - {Part.APPLIED})


def publisher_of_call(event: calls.QuestionAsked) -> Audience:
    """Return the members of the organisation that published the call, or the operators who did."""
    return _publisher(event.call.organisation_id)


def publisher_of_cut_off(event: calls.CutOffPassed | calls.CallClosed) -> Who:
    """Return the publisher of the call; operators, who import many calls, only if there is something to assess."""
    publisher = _publisher(event.call.organisation_id)
    return publisher if event.call.organisation_id else IfApplied(event.call_id, publisher)


def publisher_of_application(event: calls.ApplicationSubmitted | calls.ClaimForwarded) -> Audience:
    """Return the members of the organisation that published the call, or the operators who did."""
    return _publisher(event.publisher_id)


def named_partner(event: calls.PartnerNamed) -> Audience:
    """Return the members of the organisation that an application names as a partner."""
    reason = "An application names your organisation as a partner"
    return Audience({"organisations": event.partner_id}, lambda _: reason)


def moderators(event: profiles.ReportReceived) -> Audience:
    """Return the operators, who decide on reports."""
    return _operators()


def reported_organisation(event: profiles.ReportDecided) -> Audience:
    """Return the members of the organisation of a thing that was reported, if something is wrong with it."""
    if event.outcome == "nothing_wrong" and not event.after_objection:
        return NO_MEMBER
    return _organisation(event.organisation_id, event.organisation_name)


def reporter(event: profiles.ReportAnswered) -> Audience:
    """Return the member who reported a thing."""
    return _member(event.member_id, "You reported this")


def reviewers(event: profiles.ReviewRequested | profiles.AchievementSubmitted) -> Audience:
    """Return the operators, who review profiles and achievements."""
    return _operators()


def applicant_organisation(event: ApplicationEvent) -> Audience:
    """Return the members of the organisation that applied."""
    return _organisation(event.application.organisation_id, event.application.organisation_name)


def achievers(event: AchievementEvent) -> Audience:
    """Return the members of the organisation whose achievement it is."""
    return _organisation(event.achievement.organisation_id, event.achievement.organisation_name)


def organisation_members(event: OrganisationEvent) -> Audience:
    """Return the members of the organisation that the event is about."""
    return _organisation(event.organisation_id, event.name)


def organisation_of_request(event: PartnerRequestReminded) -> Audience:
    """Return the members of the organisation whose partner request expires."""
    return _organisation(event.organisation_id, event.organisation_name)


def member_with_role(event: profiles.MemberJoined) -> Audience:
    """Return the member who was given a role by another person; none if they accepted an invitation."""
    told = not event.member_name or event.asked or event.merged_from
    return _member(event.member_id, f"You belong to {event.organisation_name}") if told else NO_MEMBER


def colleagues(event: profiles.MemberJoined) -> Audience:
    """Return the other members of an organisation, if the member is new; they know those of a merged one already."""
    if not event.member_name:
        return NO_MEMBER
    others = _organisation(event.organisation_id, event.organisation_name)

    def reason(member: Recipient) -> str | None:
        knows = member.id == event.member_id or event.merged_from in member.organisations
        return None if knows else others.reason(member)

    return replace(others, reason=reason)


def administrators(event: profiles.MemberAsked) -> Audience:
    """Return the administrators of the organisation that a member asks to join."""
    reason = f"You are an administrator of {event.organisation_name}"
    return Audience({"administers": event.organisation_id}, lambda _: reason)


def asking_member(event: profiles.MemberAnswered) -> Audience:
    """Return the member whose request to join was answered, or has expired."""
    return _member(event.member_id, f"You asked to join {event.organisation_name}")


def former_colleague(event: profiles.MemberLeft) -> Audience:
    """Return the member who was removed from an organisation."""
    return _member(event.member_id, f"You belonged to {event.organisation_name}")


def author_of_question(event: calls.QuestionAnswered) -> Audience:
    """Return the member who asked the question."""
    return _member(event.member_id, "You asked this question")


def assessor(event: calls.AssessorNamed) -> Audience:
    """Return the member who was named as an assessor."""
    return _member(event.member_id, "You were named as an assessor")


def former_assessor(event: calls.AssessorExcused) -> Audience:
    """Return the member who was excused from assessing."""
    return _member(event.member_id, "You were named as an assessor")


def registered_participant(event: calls.ParticipantRegistered) -> Audience:
    """Return the member who has a place."""
    return _member(event.member_id, "You registered for this gathering")


def affected_participant(event: calls.ParticipantAffected) -> Audience:
    """Return the member who has a place or is on the waiting list."""
    return _member(event.member_id, "You have a place in this gathering, or are on its waiting list")


def author_of_request(event: PartnersProposed) -> Audience:
    """Return the member to whom partners are proposed."""
    return replace(_member(event.member_id, "Your partner offer or request fits this call"), scope=Scope.CALLS)


def author_of_match(event: PartnerRequestMatched) -> Audience:
    """Return the member whose partner request a new one fits."""
    return replace(_member(event.member_id, "It fits your partner offer or request"), scope=Scope.CALLS)


def _followers(topic: Topic) -> Audience:
    query = {"anchors": {"$in": possible_anchors(topic)}}
    return Audience(query, lambda member: first_reason(member.interests, topic), Scope.CALLS)


def _following(found: Mapping[str, str], who: Followers) -> Audience:
    """Return the audience of the members who were found, each with the thing that they follow."""
    return Audience(
        {"_id": {"$in": [*found]}},
        lambda member: who.reasons[found[member.id]] if member.id in found else None,
        who.scope,
    )


def _publisher(organisation_id: str | None) -> Audience:
    if organisation_id is None:
        return _operators()
    return Audience({"organisations": organisation_id}, lambda _: "Your organisation published this call")


def _operators() -> Audience:
    return Audience({"operator": True}, lambda _: "You operate the platform")


def _organisation(organisation_id: str, name: str) -> Audience:
    return Audience({"organisations": organisation_id}, lambda _: f"You belong to {name}")


def _without(organisation_id: str | None, audience: Audience) -> Audience:
    """Return an audience without the members of an organisation."""
    return replace(
        audience, reason=lambda member: None if organisation_id in member.organisations else audience.reason(member)
    )


def _member(member_id: str, reason: str) -> Audience:
    return Audience({"_id": member_id}, lambda _: reason)
