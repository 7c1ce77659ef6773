"""Events that notifications listens to, and their handlers."""

from services.notifications.alerts.rules import RULES
from services.notifications.alerts.usecases import on_alerting_event, on_member_joined, on_organisation_event
from services.notifications.involvements import usecases as involvements
from services.notifications.mailing.usecases import on_member_invited, on_member_reminded
from services.notifications.preferences.usecases import on_member_confirmed, on_member_registered
from shared.auth import on_key_published
from shared.consumer import Handler, Handlers
from shared.contracts import Event
from shared.contracts.calls import (
    ApplicationCancelled,
    ApplicationStarted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CallClosed,
    CutOffPassed,
    QuestionAsked,
)
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
from shared.mongo import Transaction

INVOLVES: Handlers = {
    ApplicationStarted: involvements.on_application_event,
    ApplicationSubmitted: involvements.on_application_event,
    ApplicationWithdrawn: involvements.on_application_event,
    ApplicationCancelled: involvements.on_application_event,
    QuestionAsked: involvements.on_question_asked,
    CutOffPassed: involvements.on_cut_off_passed,
    CallClosed: involvements.on_call_closed,
}


def in_turn(first: Handler, second: Handler) -> Handler:
    """Return a handler that runs two handlers in one transaction."""

    async def both(tx: Transaction, event: Event) -> None:
        await first(tx, event)
        await second(tx, event)

    return both


HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    MemberInvited: on_member_invited,
    MemberReminded: on_member_reminded,
    MemberRegistered: on_member_registered,
    MemberConfirmed: on_member_confirmed,
    MemberJoined: on_member_joined,
    **INVOLVES,
    **{type: in_turn(INVOLVES[type], on_alerting_event) if type in INVOLVES else on_alerting_event for type in RULES},
    OrganisationPublished: on_organisation_event,
    OrganisationReturned: on_organisation_event,
    ChangeReviewed: on_organisation_event,
}
