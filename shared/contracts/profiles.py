"""What profiles announces."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import Event, Short, Tag, Text
from shared.vocabulary import Country, Ecosystem


class KeyPublished(Event, type="profiles.key.published.v1", subject="key_id"):
    """A public key with which the issuer's tokens can be verified (RFC 8037)."""

    key_id: Tag
    issuer: Tag
    public_jwk: dict[str, str]


class MemberRegistered(Event, type="profiles.member.registered.v1", subject="member_id"):
    """A person has an account; nobody knows yet whether the address is hers."""

    member_id: Tag
    email: Short
    name: Short
    country: Country
    version: int


class MemberConfirmed(Event, type="profiles.member.confirmed.v1", subject="member_id"):
    """The member showed that the address is hers."""

    member_id: Tag
    email: Short
    version: int


class MemberJoined(Event, type="profiles.member.joined.v1", subject="member_id"):
    """A member belongs to an organisation, in that role."""

    member_id: Tag
    organisation_id: Tag
    role: Literal["member", "editor", "administrator"]
    version: int


class OrganisationPublished(Event, type="profiles.organisation.published.v1", subject="organisation_id"):
    """A reviewed profile can be read, new or changed."""

    organisation_id: Tag
    version: int
    name: Short
    acronym: Tag = ""
    kind: Tag
    country: Country
    city: Tag = ""
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    url: Short


class OrganisationReturned(Event, type="profiles.organisation.returned.v1", subject="organisation_id"):
    """A reviewer asked for changes, or rejected the profile."""

    organisation_id: Tag
    version: int
    name: Short
    outcome: Literal["changes_requested", "rejected"]
    reasons: list[Text] = Field(max_length=10)
    url: Short
