"""Rules of alerts: the audiences and texts of each event type.

The first audience comes first: a member of two that share an occasion gets its alert, not that of the second.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.notifications.alerts import (
    audiences,
    followers,
    membership_texts,
    moderation_texts,
    profile_texts,
    selection_texts,
    texts,
)
from services.notifications.alerts.audiences import Who
from services.notifications.alerts.texts import AlertText
from shared.contracts import Event, calls, matchmaking, profiles


@dataclass(frozen=True)
class Rule:
    """One audience of an event type, and the text of its alerts."""

    audience: Callable[[Any], Who]
    render: Callable[[Any], AlertText]


RULES: Mapping[type[Event], Sequence[Rule]] = {
    calls.CallPublished: (
        Rule(followers.followers_of_publisher, texts.call_published),
        Rule(audiences.invited_to_call, texts.call_published),
        Rule(followers.followers_of_countries, texts.call_published),
    ),
    calls.CallOpened: (
        Rule(audiences.interested, texts.call_opened),
        Rule(audiences.invited_to_call, texts.call_opened),
        Rule(followers.followers_of_countries, texts.call_opened),
    ),
    calls.CallChanged: (
        Rule(audiences.involved_in_call, texts.call_changed),
        Rule(audiences.followers_of_call, texts.call_changed),
    ),
    calls.CallWithdrawn: (
        Rule(audiences.waiting_for_call, texts.call_withdrawn),
        Rule(audiences.followers_of_call, texts.call_withdrawn),
    ),
    calls.DeadlineApproached: (
        Rule(audiences.drafters, texts.draft_due),
        Rule(audiences.interested, texts.deadline_approached),
        Rule(audiences.invited_to_call, texts.deadline_approached),
    ),
    calls.CutOffPassed: (Rule(audiences.publisher_of_cut_off, texts.cut_off_passed),),
    calls.CallClosed: (Rule(audiences.publisher_of_cut_off, texts.call_closed),),
    calls.FormRevised: (Rule(audiences.applicants, texts.form_revised),),
    calls.QuestionAsked: (Rule(audiences.publisher_of_call, texts.question_asked),),
    calls.QuestionAnswered: (
        Rule(audiences.author_of_question, texts.question_answered),
        Rule(audiences.involved_in_call, texts.question_answered_for_others),
    ),
    calls.PartnerNamed: (Rule(audiences.named_partner, selection_texts.partner_named),),
    calls.ApplicationSubmitted: (
        Rule(audiences.applicant_organisation, selection_texts.application_submitted),
        Rule(audiences.publisher_of_application, selection_texts.application_received),
    ),
    calls.ApplicationDecided: (Rule(audiences.applicant_organisation, selection_texts.application_decided),),
    calls.ApplicationCancelled: (Rule(audiences.applicant_organisation, selection_texts.application_cancelled),),
    calls.ReservePromoted: (Rule(audiences.applicant_organisation, selection_texts.reserve_promoted),),
    calls.AssessorNamed: (Rule(audiences.assessor, selection_texts.assessor_named),),
    calls.AssessorExcused: (Rule(audiences.former_assessor, selection_texts.assessor_excused),),
    calls.ClaimForwarded: (Rule(audiences.publisher_of_application, selection_texts.claim_forwarded),),
    calls.ClaimReviewed: (Rule(audiences.applicant_organisation, selection_texts.claim_reviewed),),
    calls.ClaimRejected: (Rule(audiences.applicant_organisation, selection_texts.claim_rejected),),
    calls.ClaimPaid: (Rule(audiences.applicant_organisation, selection_texts.claim_paid),),
    calls.GatheringPublished: (
        Rule(followers.followers_of_organiser, texts.gathering_published),
        Rule(audiences.invited_to_gathering, texts.gathering_published),
        Rule(followers.followers_of_countries, texts.gathering_published),
    ),
    calls.GatheringChanged: (
        Rule(followers.followers_of_this_gathering, texts.gathering_changed),
        Rule(audiences.followers_of_gathering, texts.gathering_changed),
    ),
    calls.GatheringCancelled: (
        Rule(followers.followers_of_this_gathering, texts.gathering_cancelled),
        Rule(audiences.followers_of_gathering, texts.gathering_cancelled),
    ),
    calls.ParticipantRegistered: (Rule(audiences.registered_participant, texts.participant_registered),),
    calls.ParticipantAffected: (Rule(audiences.affected_participant, texts.participant_affected),),
    profiles.MemberJoined: (
        Rule(audiences.member_with_role, membership_texts.role_given),
        Rule(audiences.colleagues, membership_texts.new_colleague),
    ),
    profiles.MemberAsked: (Rule(audiences.administrators, membership_texts.member_asked),),
    profiles.MemberAnswered: (Rule(audiences.asking_member, membership_texts.member_answered),),
    profiles.MemberLeft: (Rule(audiences.former_colleague, membership_texts.member_removed),),
    profiles.ReviewRequested: (Rule(audiences.reviewers, texts.review_requested),),
    profiles.ReportReceived: (Rule(audiences.moderators, moderation_texts.report_received),),
    profiles.ReportDecided: (Rule(audiences.reported_organisation, moderation_texts.report_decided),),
    profiles.ReportAnswered: (Rule(audiences.reporter, moderation_texts.report_answered),),
    profiles.OrganisationPublished: (
        Rule(audiences.organisation_members, texts.organisation_published),
        Rule(followers.followers_of_country_of_newcomer, profile_texts.organisation_arrived),
    ),
    profiles.OrganisationReturned: (Rule(audiences.organisation_members, texts.organisation_returned),),
    profiles.OrganisationWithdrawn: (Rule(audiences.organisation_members, texts.organisation_withdrawn),),
    profiles.OrganisationReminded: (Rule(audiences.organisation_members, texts.organisation_reminded),),
    profiles.PostPublished: (
        Rule(followers.followers_of_author, texts.post_published),
        Rule(followers.followers_of_countries, texts.post_published),
    ),
    profiles.PostChanged: (Rule(followers.followers_of_this_post, profile_texts.post_changed),),
    profiles.PostWithdrawn: (Rule(followers.followers_of_this_post, profile_texts.post_withdrawn),),
    profiles.AchievementSubmitted: (Rule(audiences.reviewers, profile_texts.achievement_submitted),),
    profiles.AchievementReturned: (Rule(audiences.achievers, profile_texts.achievement_returned),),
    profiles.AchievementPublished: (
        Rule(audiences.achievers, profile_texts.achievement_published),
        Rule(followers.followers_of_achiever, profile_texts.achievement_published),
        Rule(followers.followers_of_countries, profile_texts.achievement_published),
    ),
    profiles.AchievementChanged: (
        Rule(audiences.achievers, profile_texts.achievement_changed),
        Rule(followers.followers_of_this_achievement, profile_texts.achievement_changed),
    ),
    profiles.AchievementWithdrawn: (
        Rule(audiences.achievers, profile_texts.achievement_withdrawn),
        Rule(followers.followers_of_this_achievement, profile_texts.achievement_withdrawn),
    ),
    profiles.CountryDescribed: (Rule(followers.followers_of_this_country, profile_texts.country_described),),
    profiles.ChangeReviewed: (Rule(audiences.organisation_members, texts.change_reviewed),),
    matchmaking.PartnerRequestPublished: (
        Rule(followers.followers_of_seeker, texts.partner_request_published),
        Rule(followers.followers_of_countries, texts.partner_request_published),
    ),
    matchmaking.PartnerRequestMatched: (Rule(audiences.author_of_match, texts.partner_request_matched),),
    matchmaking.PartnerRequestReminded: (Rule(audiences.organisation_of_request, texts.partner_request_reminded),),
    matchmaking.PartnershipFormed: (Rule(followers.followers_of_countries, profile_texts.partnership_formed),),
    matchmaking.PartnersProposed: (Rule(audiences.author_of_request, texts.partners_proposed),),
}
