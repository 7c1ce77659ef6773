"""Events that notifications listens to, and their handlers."""

from services.notifications.alerts.rules import RULES
from services.notifications.alerts.usecases import (
    on_alerting_event,
    on_member_joined,
    on_member_left,
    on_membership_event,
    on_organisation_event,
)
from services.notifications.involvements import usecases as involvements
from services.notifications.mailing.usecases import (
    on_address_requested,
    on_erasure_completed,
    on_factor_changed,
    on_member_challenged,
    on_member_invited,
    on_member_nominated,
    on_member_reminded,
    on_operator_appointed,
    on_operator_dismissed,
    on_password_changed,
    on_password_forgotten,
)
from services.notifications.personal import PERSONAL
from services.notifications.preferences.usecases import (
    on_member_confirmed,
    on_member_registered,
    on_role_changed,
)
from services.notifications.things import usecases as things
from shared.auth import on_key_published, on_token_revoked
from shared.consumer import Handlers, merged
from shared.contracts.calls import (
    ApplicationCancelled,
    ApplicationDeleted,
    ApplicationStarted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CallChanged,
    CallClosed,
    CallOpened,
    CallPublished,
    CallWithdrawn,
    CutOffPassed,
    GatheringCancelled,
    GatheringChanged,
    GatheringPublished,
    QuestionAsked,
)
from shared.contracts.profiles import (
    AchievementChanged,
    AchievementPublished,
    AchievementWithdrawn,
    AddressRequested,
    ChangeReviewed,
    ErasureCompleted,
    FactorChanged,
    KeyPublished,
    MemberChallenged,
    MemberConfirmed,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberNominated,
    MemberRegistered,
    MemberReminded,
    OperatorAppointed,
    OperatorDismissed,
    OrganisationPublished,
    OrganisationReminded,
    OrganisationReturned,
    OrganisationWithdrawn,
    PasswordChanged,
    PasswordForgotten,
    PostChanged,
    PostPublished,
    PostWithdrawn,
    TokenRevoked,
)
from shared.portability import export_handlers

INVOLVES: Handlers = {
    ApplicationStarted: involvements.on_application_event,
    ApplicationSubmitted: involvements.on_application_event,
    ApplicationWithdrawn: involvements.on_application_event,
    ApplicationCancelled: involvements.on_application_event,
    ApplicationDeleted: involvements.on_application_event,
    QuestionAsked: involvements.on_question_asked,
    CutOffPassed: involvements.on_cut_off_passed,
    CallClosed: involvements.on_call_closed,
}

COPIES: Handlers = {
    CallPublished: things.on_call_event,
    CallOpened: things.on_call_event,
    CallChanged: things.on_call_event,
    CutOffPassed: things.on_call_event,
    CallClosed: things.on_call_event,
    CallWithdrawn: things.on_call_event,
    **dict.fromkeys((GatheringPublished, GatheringChanged, GatheringCancelled), things.on_announced),
    **dict.fromkeys((OrganisationPublished, OrganisationWithdrawn), things.on_announced),
    **dict.fromkeys((PostPublished, PostChanged, PostWithdrawn), things.on_announced),
    **dict.fromkeys((AchievementPublished, AchievementChanged, AchievementWithdrawn), things.on_announced),
}
ALERTS: Handlers = {
    **dict.fromkeys(RULES, on_alerting_event),
    OrganisationPublished: on_organisation_event,
    OrganisationReturned: on_organisation_event,
    OrganisationWithdrawn: on_organisation_event,
    OrganisationReminded: on_organisation_event,
    ChangeReviewed: on_organisation_event,
    MemberJoined: on_membership_event,
    MemberLeft: on_membership_event,
}
ROLES: Handlers = dict.fromkeys((OperatorAppointed, OperatorDismissed), on_role_changed)
MEMBERS: Handlers = {
    KeyPublished: on_key_published,
    TokenRevoked: on_token_revoked,
    PasswordForgotten: on_password_forgotten,
    PasswordChanged: on_password_changed,
    FactorChanged: on_factor_changed,
    AddressRequested: on_address_requested,
    MemberChallenged: on_member_challenged,
    OperatorAppointed: on_operator_appointed,
    OperatorDismissed: on_operator_dismissed,
    MemberInvited: on_member_invited,
    MemberNominated: on_member_nominated,
    MemberReminded: on_member_reminded,
    MemberRegistered: on_member_registered,
    MemberConfirmed: on_member_confirmed,
    MemberJoined: on_member_joined,
    MemberLeft: on_member_left,
    ErasureCompleted: on_erasure_completed,
    **PERSONAL.handlers,
    **export_handlers(PERSONAL),
}


HANDLERS: Handlers = merged(ROLES, MEMBERS, COPIES, INVOLVES, ALERTS)
