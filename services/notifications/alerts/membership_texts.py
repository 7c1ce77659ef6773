"""Texts of alerts about the people of an organisation: roles, colleagues, requests to join."""

from services.notifications.alerts.texts import AlertText
from shared.contracts import profiles
from shared.ids import created_at

ROLES = {"member": "a member", "editor": "an editor", "administrator": "an administrator"}


def role_given(event: profiles.MemberJoined) -> AlertText:
    """Render a role for the member who was given it."""
    title, text = "Your role changed", f"You are {ROLES[event.role]} of this organisation now."
    if event.asked:
        title, text = "You joined", f"An administrator accepted your request. {text}"
    if event.merged_from:
        title, text = "You joined", f"Another profile of yours was merged into this organisation. {text}"
    return AlertText(_membership(event), f"{title}: {event.organisation_name}", text, _page(event))


def new_colleague(event: profiles.MemberJoined) -> AlertText:
    """Render the news for the others that a member joined."""
    text = f"{event.member_name} joined, and is {ROLES[event.role]}."
    if event.merged_from:
        text = f"{text} Another profile of the organisation was merged into it."
    return AlertText(
        _membership(event), f"New colleague: {event.organisation_name}", text, _page(event), event.member_id
    )


def member_removed(event: profiles.MemberLeft) -> AlertText:
    """Render the end of a membership."""
    text = "An administrator ended your membership. You no longer act in the name of this organisation."
    return AlertText(
        _membership(event), f"You no longer belong to {event.organisation_name}", text, "/me/organisations"
    )


def member_asked(event: profiles.MemberAsked) -> AlertText:
    """Render a request to join for administrators, without the name and the words of the stranger who asks.

    A stranger who asks and withdraws again and again is told of once a day.
    """
    occasion = f"join:{event.organisation_id}:{event.member_id}:{created_at(event.request_id):%Y-%m-%d}:asked"
    text = "A member asks to join. Read who, and why, on the page of its people. Accept or decline it there."
    return AlertText(occasion, f"Asks to join: {event.organisation_name}", text, event.url)


def member_answered(event: profiles.MemberAnswered) -> AlertText:
    """Render the end of a request to join, without the words of the administrator, which the page shows."""
    title, text = "Request declined", "An administrator declined your request to join. Read the reason on the page."
    if event.outcome == "expired":
        title, text = "Request expired", "No administrator answered your request to join in 30 days. You can ask again."
    return AlertText(f"join:{event.request_id}:answered", f"{title}: {event.organisation_name}", text, event.url)


def _page(event: profiles.MemberJoined) -> str:
    return f"/organisations/{event.organisation_id}"


def _membership(event: profiles.MemberJoined | profiles.MemberLeft) -> str:
    return f"membership:{event.organisation_id}:{event.member_id}:v{event.version}"
