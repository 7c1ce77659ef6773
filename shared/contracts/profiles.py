"""The events that profiles publishes."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import (
    Ecosystems,
    Event,
    Issuer,
    KeyId,
    MemberId,
    OrganisationId,
    OrganisationName,
    PublicKey,
    Short,
    Tag,
    Text,
    Url,
    Version,
)
from shared.vocabulary import Country

EmailAddress = Annotated[Short, Field(description="E-mail address of the member")]
CountryCode = Annotated[Country, Field(description="Country (ISO 3166-1 alpha-2)")]


class KeyPublished(Event, type="profiles.key.published.v1", subject="key_id"):
    """A public key was published. Services verify access tokens with it (RFC 8037)."""

    key_id: KeyId
    issuer: Issuer
    public_jwk: PublicKey


class MemberInvited(Event, type="profiles.member.invited.v1", subject="member_id"):
    """An address was registered, perhaps by a stranger. Its owner gets a link to confirm it and set a password."""

    member_id: MemberId = Field(description="Id of the member, if the owner of the address confirms it")
    email: EmailAddress


class MemberReminded(Event, type="profiles.member.reminded.v1", subject="member_id"):
    """The address of a member was registered again, perhaps by a stranger. The member is told by e-mail."""

    member_id: MemberId
    email: EmailAddress


class MemberRegistered(Event, type="profiles.member.registered.v1", subject="member_id"):
    """A person has an account. MemberConfirmed tells whether they confirmed their e-mail address."""

    member_id: MemberId
    email: EmailAddress
    name: Short = Field(description="Name of the member")
    country: CountryCode
    version: Version
    operator: bool = Field(False, description="True if the member operates the platform")


class MemberConfirmed(Event, type="profiles.member.confirmed.v1", subject="member_id"):
    """A member confirmed their e-mail address. From now on they can get e-mails."""

    member_id: MemberId
    email: EmailAddress
    version: Version


class MemberJoined(Event, type="profiles.member.joined.v1", subject="member_id"):
    """A member joined an organisation. Services decide with it who may act for the organisation."""

    member_id: MemberId
    organisation_id: OrganisationId
    role: Literal["member", "editor", "administrator"] = Field(description="Role of the member in the organisation")
    version: Version


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


class OrganisationReturned(Event, type="profiles.organisation.returned.v1", subject="organisation_id"):
    """A reviewer requested changes to an organisation's profile, or rejected it. Its members are notified."""

    organisation_id: OrganisationId
    version: Version
    name: OrganisationName
    outcome: Literal["changes_requested", "rejected"] = Field(description="The result of the review")
    reasons: list[Text] = Field(max_length=10, description="The reasons, as the reviewer wrote them")
    url: Url


class ChangeReviewed(Event, type="profiles.change.reviewed.v1", subject="organisation_id"):
    """A reviewer accepted or refused a new name, acronym, kind or country of a profile. Its members are notified."""

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
