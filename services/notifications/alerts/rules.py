"""Rules of alerts: the audience and the text of each event type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.notifications.alerts import audiences, texts
from services.notifications.alerts.audiences import Audience
from services.notifications.alerts.texts import AlertText
from shared.contracts import Event, calls, matchmaking, profiles


@dataclass(frozen=True)
class Rule:
    """The audience of an event type, and the text of its alerts."""

    audience: Callable[[Any], Audience]
    render: Callable[[Any], AlertText]


RULES: Mapping[type[Event], Rule] = {
    calls.CallPublished: Rule(audiences.followers_of_call, texts.call_published),
    calls.CallOpened: Rule(audiences.followers_of_call, texts.call_opened),
    calls.CallChanged: Rule(audiences.followers_of_call, texts.call_changed),
    calls.CallWithdrawn: Rule(audiences.followers_of_call, texts.call_withdrawn),
    calls.DeadlineApproached: Rule(audiences.followers_of_call, texts.deadline_approached),
    calls.QuestionAsked: Rule(audiences.publishing_organisation, texts.question_asked),
    calls.QuestionAnswered: Rule(audiences.author_of_question, texts.question_answered),
    calls.ApplicationDecided: Rule(audiences.applicant_organisation, texts.application_decided),
    calls.ApplicationCancelled: Rule(audiences.applicant_organisation, texts.application_cancelled),
    calls.ReservePromoted: Rule(audiences.applicant_organisation, texts.reserve_promoted),
    calls.AssessorNamed: Rule(audiences.assessor, texts.assessor_named),
    calls.ClaimReviewed: Rule(audiences.applicant_organisation, texts.claim_reviewed),
    calls.ClaimRejected: Rule(audiences.applicant_organisation, texts.claim_rejected),
    calls.ClaimPaid: Rule(audiences.applicant_organisation, texts.claim_paid),
    calls.GatheringPublished: Rule(audiences.followers_of_gathering, texts.gathering_published),
    calls.GatheringChanged: Rule(audiences.followers_of_gathering, texts.gathering_changed),
    calls.GatheringCancelled: Rule(audiences.followers_of_gathering, texts.gathering_cancelled),
    calls.ParticipantRegistered: Rule(audiences.registered_participant, texts.participant_registered),
    calls.ParticipantAffected: Rule(audiences.affected_participant, texts.participant_affected),
    profiles.OrganisationPublished: Rule(audiences.organisation_members, texts.organisation_published),
    profiles.OrganisationReturned: Rule(audiences.organisation_members, texts.organisation_returned),
    profiles.ChangeReviewed: Rule(audiences.organisation_members, texts.change_reviewed),
    matchmaking.PartnersProposed: Rule(audiences.author_of_request, texts.partners_proposed),
}
