"""The events about organisations and the review of their profiles."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import (
    Ecosystems,
    Event,
    OrganisationId,
    OrganisationName,
    Tag,
    Text,
    Url,
    Version,
)
from shared.vocabulary import Country

CountryCode = Annotated[Country, Field(description="Country (ISO 3166-1 alpha-2)")]


class OrganisationPublished(Event, type="profiles.organisation.published.v1", subject="organisation_id"):
    """An organisation's profile was published after its review, or a published profile was changed."""

    organisation_id: OrganisationId
    version: Version
    name: OrganisationName
    acronym: Tag = Field("", description="Short form of the name")
    kind: Tag = Field(description="Kind of organisation, for instance cluster_organisation")
    country: CountryCode
    city: Tag = Field("", description="City of the organisation")
    ecosystems: Ecosystems = Field([])
    url: Url
    region: Tag = Field("", description="Region (NUTS 2021, level 2)")
    sectors: list[Tag] = Field([], max_length=20, description="Economic activities: divisions of NACE Rev. 2.1")
    technologies: list[Tag] = Field([], max_length=20, description="Advanced technologies, such as photonics")
    services: list[Tag] = Field([], max_length=20, description="Services offered, such as technology_transfer")
    countries_of_interest: list[Country] = Field(
        [], max_length=250, description="Countries in which it looks for partners (ISO 3166-1 alpha-2)"
    )
    is_new: bool = Field(False, description="True if it is public for the first time")


class OrganisationWithdrawn(Event, type="profiles.organisation.withdrawn.v1", subject="organisation_id"):
    """An organisation is no longer public: its people withdrew it, or an operator took it down or merged it."""

    organisation_id: OrganisationId
    version: Version
    name: OrganisationName
    country: CountryCode
    cause: Literal["withdrawn", "taken_down", "merged"] = Field(description="Why it is no longer public")
    reasons: list[Text] = Field(max_length=10, description="The reasons, as the operator wrote them")
    merged_into: Tag = Field("", description="Id of the organisation that stays, if two were merged")
    url: Url


class OrganisationReminded(Event, type="profiles.organisation.reminded.v1", subject="organisation_id"):
    """A public profile did not change for long. Its members are asked to look at it."""

    organisation_id: OrganisationId
    version: Version
    name: OrganisationName
    url: Url


class OrganisationReturned(Event, type="profiles.organisation.returned.v1", subject="organisation_id"):
    """A reviewer requested changes to an organisation's profile, or rejected it. Its members are notified."""

    organisation_id: OrganisationId
    version: Version
    name: OrganisationName
    outcome: Literal["changes_requested", "rejected"] = Field(description="The result of the review")
    reasons: list[Text] = Field(max_length=10, description="The reasons, as the reviewer wrote them")
    url: Url


class ChangeReviewed(Event, type="profiles.change.reviewed.v1", subject="organisation_id"):
    """A reviewer accepted or refused a change of name, acronym, kind, country or logo. The members are notified."""

    organisation_id: OrganisationId
    version: Version
    name: OrganisationName
    outcome: Literal["accepted", "refused"] = Field(description="The result of the review")
    reasons: list[Text] = Field(max_length=10, description="The reasons, as the reviewer wrote them")
    url: Url


class ReviewRequested(Event, type="profiles.review.requested.v1", subject="organisation_id"):
    """A profile, or a change of a published one, awaits a review. Operators are notified, without the new words."""

    organisation_id: OrganisationId
    version: Version
    what: Literal["profile", "change"] = Field(description="The subject of the review")
    url: Url
