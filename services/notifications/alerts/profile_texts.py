"""Texts of alerts about new organisations, posts, achievements, partnerships and the pages of countries."""

from services.notifications.alerts.texts import AlertText
from shared.contracts import matchmaking, profiles
from shared.vocabulary import country_name

WHO_READS = {
    "achievement": "An organisation submitted an achievement. Read it on the page, and publish or return it.",
    "change": "A public achievement has a change. Read it on the page, and accept or refuse it.",
}
RETURNED = {
    "changes_requested": ("Change the achievement", "Change the achievement and submit it again."),
    "rejected": ("Achievement rejected", "The achievement is not published."),
    "change_refused": ("Change refused", "The achievement stays as it is."),
}


def organisation_arrived(event: profiles.OrganisationPublished) -> AlertText:
    """Render the first publication of a profile for followers of its country."""
    text = "Its profile is public now. Read on the page what it does, and what it looks for."
    occasion = f"organisation:{event.organisation_id}:published"
    return AlertText(occasion, f"New organisation: {event.name}", text, event.url)


def post_changed(event: profiles.PostChanged) -> AlertText:
    """Render the change of a post for the members who follow it."""
    post = event.post
    text = f"{post.organisation_name} changed this post. Read it on the page."
    return AlertText(f"post:{event.post_id}:v{post.version}", f"Changed: {post.title}", text, post.url)


def post_withdrawn(event: profiles.PostWithdrawn) -> AlertText:
    """Render the end of a post for the members who follow it."""
    post = event.post
    text = f"{post.organisation_name} withdrew this post. It is no longer public."
    url = f"/organisations/{post.organisation_id}"
    return AlertText(f"post:{event.post_id}:withdrawn", f"Withdrawn: {post.title}", text, url)


def achievement_submitted(event: profiles.AchievementSubmitted) -> AlertText:
    """Render the request for a review, without the words that were not reviewed."""
    title = "Review an achievement" if event.what == "achievement" else "Review a change of an achievement"
    occasion = f"achievement:{event.achievement_id}:review:{event.version}"
    return AlertText(occasion, title, WHO_READS[event.what], f"{event.url}/review")


def achievement_returned(event: profiles.AchievementReturned) -> AlertText:
    """Render what a reviewer requests, or why an achievement or its change is refused."""
    title, text = RETURNED[event.outcome]
    return _of_achievement(event, f"v{event.achievement.version}", title, f"{text} {_reasons(event.reasons)}")


def achievement_published(event: profiles.AchievementPublished) -> AlertText:
    """Render the publication of an achievement."""
    text = f"{event.achievement.organisation_name} tells what it achieved. Read it on the page."
    return _of_achievement(event, "published", "Achievement", text)


def achievement_changed(event: profiles.AchievementChanged) -> AlertText:
    """Render the change of an achievement that a reviewer accepted."""
    text = f"{event.achievement.organisation_name} changed this achievement. Read it on the page."
    return _of_achievement(event, f"v{event.achievement.version}", "Changed", text)


def achievement_withdrawn(event: profiles.AchievementWithdrawn) -> AlertText:
    """Render the end of an achievement."""
    achievement = event.achievement
    text = f"This achievement of {achievement.organisation_name} is no longer public."
    occasion = f"achievement:{event.achievement_id}:v{achievement.version}"
    url = f"/organisations/{achievement.organisation_id}"
    return AlertText(occasion, f"Withdrawn: {achievement.title}", text, url)


def partnership_formed(event: matchmaking.PartnershipFormed) -> AlertText:
    """Render the formation of a partnership for followers of its target countries."""
    partnership = event.partnership
    text = f"It formed after the call: {partnership.title}. Its page names all its organisations."
    occasion = f"partnership:{event.partnership_id}:v{partnership.version}"
    return AlertText(occasion, f"New partnership: {partnership.organisation_name}", text, partnership.url)


def _of_achievement(
    event: profiles.AchievementPublished | profiles.AchievementChanged | profiles.AchievementReturned,
    occasion: str,
    title: str,
    text: str,
) -> AlertText:
    achievement = event.achievement
    occasion = f"achievement:{event.achievement_id}:{occasion}"
    return AlertText(occasion, f"{title}: {achievement.title}", text, achievement.url)


def _reasons(reasons: list[str]) -> str:
    return f"Reasons given by the reviewer: {' '.join(reasons)}"


def country_described(event: profiles.CountryDescribed) -> AlertText:
    """Render a new edition of the page of a country for the members who follow it."""
    text = "Operators of the platform wrote a new edition: policy dialogue, gateways and sources. Read it on the page."
    occasion = f"country:{event.country}:v{event.version}"
    return AlertText(occasion, f"Country page: {country_name(event.country)}", text, event.url)
