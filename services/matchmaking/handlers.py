"""Events that matchmaking listens to, and their handlers."""

from services.matchmaking.calls.usecases import on_call_event
from services.matchmaking.organisations.usecases import (
    on_member_joined,
    on_member_left,
)
from services.matchmaking.partnerships.usecases import on_expression_decided
from services.matchmaking.personal import PERSONAL
from services.matchmaking.requests.usecases import (
    on_organisation_published,
    on_organisation_withdrawn,
    on_report_decided,
)
from services.matchmaking.suggestions.usecases import on_call_published
from shared.auth import on_key_published, on_token_revoked
from shared.consumer import Handlers
from shared.contracts.calls import (
    CallChanged,
    CallClosed,
    CallOpened,
    CallPublished,
    CallWithdrawn,
    CutOffPassed,
    ExpressionDecided,
)
from shared.contracts.profiles import (
    KeyPublished,
    MemberJoined,
    MemberLeft,
    OrganisationPublished,
    OrganisationWithdrawn,
    ReportDecided,
    TokenRevoked,
)
from shared.portability import export_handlers

HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    TokenRevoked: on_token_revoked,
    OrganisationPublished: on_organisation_published,
    OrganisationWithdrawn: on_organisation_withdrawn,
    MemberJoined: on_member_joined,
    MemberLeft: on_member_left,
    CallPublished: on_call_published,
    CallOpened: on_call_event,
    CallChanged: on_call_event,
    CutOffPassed: on_call_event,
    CallClosed: on_call_event,
    CallWithdrawn: on_call_event,
    ReportDecided: on_report_decided,
    ExpressionDecided: on_expression_decided,
    **PERSONAL.handlers,
    **export_handlers(PERSONAL),
}
