"""What notifications does when others announce something."""

from services.notifications.alerts.rules import RULES
from services.notifications.alerts.usecases import on_event, on_member_joined, on_organisation_news
from services.notifications.mailing.usecases import on_member_registered
from services.notifications.preferences.usecases import on_member_confirmed
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.profiles import (
    KeyPublished,
    MemberConfirmed,
    MemberJoined,
    MemberRegistered,
    OrganisationPublished,
    OrganisationReturned,
)

HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    MemberRegistered: on_member_registered,
    MemberConfirmed: on_member_confirmed,
    MemberJoined: on_member_joined,
    **dict.fromkeys(RULES, on_event),
    OrganisationPublished: on_organisation_news,
    OrganisationReturned: on_organisation_news,
}
