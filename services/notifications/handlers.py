"""Events that notifications listens to, and their handlers."""

from services.notifications.alerts.rules import RULES
from services.notifications.alerts.usecases import on_alerting_event, on_member_joined, on_organisation_event
from services.notifications.mailing.usecases import on_member_invited, on_member_reminded
from services.notifications.preferences.usecases import on_member_confirmed, on_member_registered
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.profiles import (
    ChangeReviewed,
    KeyPublished,
    MemberConfirmed,
    MemberInvited,
    MemberJoined,
    MemberRegistered,
    MemberReminded,
    OrganisationPublished,
    OrganisationReturned,
)

HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    MemberInvited: on_member_invited,
    MemberReminded: on_member_reminded,
    MemberRegistered: on_member_registered,
    MemberConfirmed: on_member_confirmed,
    MemberJoined: on_member_joined,
    **dict.fromkeys(RULES, on_alerting_event),
    OrganisationPublished: on_organisation_event,
    OrganisationReturned: on_organisation_event,
    ChangeReviewed: on_organisation_event,
}
