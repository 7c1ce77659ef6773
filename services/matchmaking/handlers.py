"""Events that matchmaking listens to, and their handlers."""

from services.matchmaking.organisations.usecases import on_member_joined, on_organisation_published
from services.matchmaking.partnerships.usecases import on_expression_decided
from services.matchmaking.suggestions.usecases import on_call_published
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.calls import CallPublished, ExpressionDecided
from shared.contracts.profiles import KeyPublished, MemberJoined, OrganisationPublished

HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    OrganisationPublished: on_organisation_published,
    MemberJoined: on_member_joined,
    CallPublished: on_call_published,
    ExpressionDecided: on_expression_decided,
}
