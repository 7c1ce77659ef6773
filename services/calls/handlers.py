"""Handlers of the events that calls listens to."""

from services.calls.members.usecases import on_member_registered
from services.calls.organisations.usecases import on_member_joined, on_organisation_published
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.profiles import KeyPublished, MemberJoined, MemberRegistered, OrganisationPublished

HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    MemberJoined: on_member_joined,
    MemberRegistered: on_member_registered,
    OrganisationPublished: on_organisation_published,
}
