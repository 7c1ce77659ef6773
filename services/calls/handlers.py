"""Handlers of the events that calls listens to."""

from services.calls.members.usecases import on_member_registered
from services.calls.organisations.usecases import (
    on_member_joined,
    on_member_left,
    on_organisation_published,
    on_organisation_withdrawn,
)
from services.calls.personal import PERSONAL
from shared.auth import on_key_published, on_token_revoked
from shared.consumer import Handlers
from shared.contracts.profiles import (
    KeyPublished,
    MemberJoined,
    MemberLeft,
    MemberRegistered,
    OrganisationPublished,
    OrganisationWithdrawn,
    TokenRevoked,
)
from shared.portability import export_handlers

HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    TokenRevoked: on_token_revoked,
    MemberJoined: on_member_joined,
    MemberLeft: on_member_left,
    MemberRegistered: on_member_registered,
    OrganisationPublished: on_organisation_published,
    OrganisationWithdrawn: on_organisation_withdrawn,
    **PERSONAL.handlers,
    **export_handlers(PERSONAL),
}
