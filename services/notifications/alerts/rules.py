"""Which events become alerts: one row an event type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.notifications.alerts.audiences import (
    Audience,
    about_call,
    about_gathering,
    applicants,
    everybody_of,
    one,
    publishers,
)
from services.notifications.alerts.texts import (
    Said,
    say_answered,
    say_asked,
    say_assessor_named,
    say_called_off,
    say_changed,
    say_claim_paid,
    say_claim_rejected,
    say_claim_reviewed,
    say_closing,
    say_decided,
    say_gathering,
    say_gathering_cancelled,
    say_gathering_changed,
    say_organisation_published,
    say_partners,
    say_place,
    say_promoted,
    say_published,
    say_returned,
    say_withdrawn,
)
from shared.contracts import Event, calls, matchmaking, profiles


@dataclass(frozen=True)
class Rule:
    topic: str
    audience: Callable[[Any], Audience]
    say: Callable[[Any], Said]


RULES: Mapping[type[Event], Rule] = {
    calls.CallPublished: Rule("calls", about_call, say_published),
    calls.CallChanged: Rule("calls", about_call, say_changed),
    calls.CallWithdrawn: Rule("calls", about_call, say_withdrawn),
    calls.DeadlineApproached: Rule("calls", about_call, say_closing),
    calls.QuestionAsked: Rule("calls", publishers, say_asked),
    calls.QuestionAnswered: Rule("calls", lambda e: one(e.member_id, "You asked"), say_answered),
    calls.ApplicationDecided: Rule("applications", applicants, say_decided),
    calls.AssessorNamed: Rule(
        "applications", lambda e: one(e.member_id, "You were named as an assessor"), say_assessor_named
    ),
    calls.ApplicationCancelled: Rule("applications", applicants, say_called_off),
    calls.ReservePromoted: Rule("applications", applicants, say_promoted),
    calls.ClaimReviewed: Rule("applications", applicants, say_claim_reviewed),
    calls.ClaimRejected: Rule("applications", applicants, say_claim_rejected),
    calls.ClaimPaid: Rule("applications", applicants, say_claim_paid),
    calls.GatheringPublished: Rule("gatherings", about_gathering, say_gathering),
    calls.GatheringChanged: Rule("gatherings", about_gathering, say_gathering_changed),
    calls.GatheringCancelled: Rule("gatherings", about_gathering, say_gathering_cancelled),
    calls.ParticipantRegistered: Rule("gatherings", lambda e: one(e.member_id, "You registered for it"), say_place),
    calls.ParticipantAffected: Rule(
        "gatherings", lambda e: one(e.member_id, "You have a place in it, or wait for one"), say_gathering_changed
    ),
    profiles.OrganisationPublished: Rule(
        "organisations", lambda e: everybody_of(e.organisation_id), say_organisation_published
    ),
    profiles.OrganisationReturned: Rule("organisations", lambda e: everybody_of(e.organisation_id), say_returned),
    matchmaking.PartnersProposed: Rule(
        "partners", lambda e: one(e.member_id, "Your partner offer or request fits this call"), say_partners
    ),
}
