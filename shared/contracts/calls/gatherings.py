"""The events about gatherings (events in the calendar) and their participants."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Countries, Ecosystems, Event, MemberId, Part, Short, Tag, Text, Timezone, Url, Version
from shared.contracts.calls.fields import Changes, GatheringId, Keywords, Publisher, PublisherName, Reason, Summary


class GatheringFacts(Part):
    """A gathering (an event in the calendar) as every event about it describes it."""

    version: Version
    title: Short = Field(description="Title of the gathering")
    summary: Summary = ""
    organisation_name: PublisherName
    organisation_id: Publisher = None
    countries: Countries = Field([])
    ecosystems: Ecosystems = Field([])
    keywords: Keywords = Field([])
    place: Short = Field(description="Venue and city, or that it is online")
    starts_at: AwareDatetime = Field(description="Start of the gathering")
    ends_at: AwareDatetime = Field(description="End of the gathering")
    timezone: Timezone
    url: Url
    mode: Literal["on_site", "online", "hybrid"] = Field("on_site", description="Way to take part")


class GatheringPublished(Event, type="calls.gathering.published.v1", subject="gathering_id"):
    """A gathering was published in the calendar. Members who follow its topics get an alert."""

    gathering_id: GatheringId
    gathering: GatheringFacts


class GatheringChanged(Event, type="calls.gathering.changed.v1", subject="gathering_id"):
    """A published gathering was changed, for instance its time or place."""

    gathering_id: GatheringId
    gathering: GatheringFacts
    changes: Changes


class GatheringCancelled(Event, type="calls.gathering.cancelled.v1", subject="gathering_id"):
    """A published gathering was cancelled and will not take place."""

    gathering_id: GatheringId
    gathering: GatheringFacts
    reason: Reason


class ParticipantRegistered(Event, type="calls.participant.registered.v1", subject="gathering_id"):
    """A member has a place in a gathering. Waiting-list entries are private and never published."""

    gathering_id: GatheringId
    member_id: MemberId
    organisation_id: Tag | None = Field(None, description="Organisation that the member represents, if stated")
    version: int = Field(description="Version of the registration; it rises when the member leaves or registers again")
    promoted: bool = Field(False, description="True if the place came from the waiting list")
    title: Short = Field("", description="Title of the gathering at that time")
    url: Url = ""


class ParticipantLeft(Event, type="calls.participant.left.v1", subject="gathering_id"):
    """A member gave up their place in a gathering."""

    gathering_id: GatheringId
    member_id: MemberId
    version: int = Field(description="Version of the registration")


class ParticipantAffected(Event, type="calls.participant.affected.v1", subject="gathering_id"):
    """A gathering was changed or cancelled. Each member with a place or on the waiting list gets an event."""

    gathering_id: GatheringId
    gathering: GatheringFacts
    member_id: MemberId
    cancelled: bool = Field(False, description="True if the gathering was cancelled")
    changes: list[Text] = Field(max_length=20, description="The changes, or the reason for the cancellation")
