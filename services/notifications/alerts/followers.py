"""The members who follow what an event is about: the thing itself, its organisation, or one of its countries."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.preferences.domain import Scope
from shared.contracts import Event, calls, profiles
from shared.contracts.announcements import announcement_of
from shared.contracts.matchmaking import PartnerRequestPublished
from shared.vocabulary import country_name


@dataclass(frozen=True)
class Followers:
    """The members who follow one of some things, without those of one organisation; the fan-out looks them up."""

    reasons: Mapping[str, str]  # in words, by the ids of the things
    scope: Scope = Scope.OWN
    but_of: str | None = None  # id of the organisation that did it


def followers_of_this_gathering(event: calls.GatheringChanged | calls.GatheringCancelled) -> Followers:
    """Return the members who follow this one gathering."""
    return Followers({event.gathering_id: "You follow this gathering"})


def followers_of_this_post(event: profiles.PostChanged | profiles.PostWithdrawn) -> Followers:
    """Return the members who follow this one post."""
    return Followers({event.post_id: "You follow this post"})


def followers_of_this_achievement(event: profiles.AchievementChanged | profiles.AchievementWithdrawn) -> Followers:
    """Return the members who follow this one achievement."""
    return Followers({event.achievement_id: "You follow this achievement"})


def followers_of_this_country(event: profiles.CountryDescribed) -> Followers:
    """Return the members who follow a country whose page has a new edition."""
    return Followers({event.country: f"You follow {country_name(event.country)}"}, Scope.CALLS)


def followers_of_country_of_newcomer(event: profiles.OrganisationPublished) -> Followers:
    """Return the members who follow the country of an organisation that is public for the first time."""
    return followers_of_countries(event) if event.is_new else Followers({})


def followers_of_countries(event: Event) -> Followers:
    """Return the members who follow a country that a thing is in, for or about."""
    told = announcement_of(event)
    reasons = {code: f"You follow {country_name(code)}" for code in told.countries}
    return Followers(reasons, Scope.CALLS, but_of=told.organisation_id)


def followers_of_publisher(event: calls.CallPublished) -> Followers:
    """Return the members who follow the organisation that published the call."""
    return _followers_of(event.call.organisation_id, event.call.organisation_name)


def followers_of_organiser(event: calls.GatheringPublished) -> Followers:
    """Return the members who follow the organisation that published the gathering."""
    return _followers_of(event.gathering.organisation_id, event.gathering.organisation_name)


def followers_of_author(event: profiles.PostPublished) -> Followers:
    """Return the members who follow the organisation that published the post."""
    return _followers_of(event.post.organisation_id, event.post.organisation_name)


def followers_of_achiever(event: profiles.AchievementPublished) -> Followers:
    """Return the members who follow the organisation whose achievement was published."""
    return _followers_of(event.achievement.organisation_id, event.achievement.organisation_name)


def followers_of_seeker(event: PartnerRequestPublished) -> Followers:
    """Return the members who follow the organisation that looks for a partner, or offers to be one."""
    return _followers_of(event.organisation_id, event.organisation_name)


def _followers_of(organisation_id: str | None, name: str) -> Followers:
    if organisation_id is None:  # operators published it, whom no member follows
        return Followers({})
    return Followers({organisation_id: f"You follow {name}"}, Scope.CALLS, but_of=organisation_id)
