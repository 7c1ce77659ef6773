"""The events about members: who they are, where they belong, and what is held of them."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import (
    Event,
    MemberId,
    OrganisationId,
    OrganisationName,
    SealedPiece,
    Short,
    Tag,
    Url,
    Version,
)
from shared.vocabulary import Country

EmailAddress = Annotated[Short, Field(description="E-mail address of the member")]
CountryCode = Annotated[Country, Field(description="Country (ISO 3166-1 alpha-2)")]


class MemberInvited(Event, type="profiles.member.invited.v1", subject="member_id"):
    """An address was registered, perhaps by a stranger. Its owner gets a link to confirm it and set a password."""

    member_id: MemberId = Field(description="Id of the member, if the owner of the address confirms it")
    email: EmailAddress


class MemberNominated(Event, type="profiles.member.nominated.v1", subject="invitation_id"):
    """An administrator of an organisation wants the owner of an address to join it, who gets a link to accept."""

    invitation_id: Tag = Field(description="Id of the invitation; its owner is perhaps no member yet")
    organisation_id: OrganisationId
    organisation_name: OrganisationName = Field("", description="Name of the organisation, once it passed a review")
    role: Literal["editor", "administrator"] = Field(description="Role that the organisation offers")
    email: EmailAddress


class MemberReminded(Event, type="profiles.member.reminded.v1", subject="member_id"):
    """The address of a member was registered again, perhaps by a stranger. The member is told by e-mail."""

    member_id: MemberId
    email: EmailAddress


class MemberChallenged(Event, type="profiles.member.challenged.v1", subject="change_id"):
    """A member wants another e-mail address, whose owner gets a link. It is that of the account once it is opened."""

    change_id: Tag = Field(description="Id of the change of the address")
    email: EmailAddress = Field(description="The address that the member wants")
    member_id: MemberId | None = Field(None, description="Id of the member; null if an earlier release published it")


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
    """A member joined an organisation, or has another role in it. Services decide with it who may act for it."""

    member_id: MemberId
    organisation_id: OrganisationId
    role: Literal["member", "editor", "administrator"] = Field(description="Role of the member in the organisation")
    version: Version
    organisation_name: OrganisationName = Field("", description="Name of the organisation, if people are to be told")
    member_name: Short = Field("", description="Name of a member who is new, if the other people are to be told")
    asked: bool = Field(False, description="True if an administrator accepted the request of the member, who is told")
    merged_from: Tag = Field(
        "",
        description="Id of the organisation that was merged into this one, if the member, who is told, comes from it",
    )


class MemberLeft(Event, type="profiles.member.left.v1", subject="member_id"):
    """A member no longer belongs to an organisation, for example because they left it."""

    member_id: MemberId
    organisation_id: OrganisationId
    version: Version
    organisation_name: OrganisationName = Field("", description="Name of the organisation, if the member was removed")


class MemberAsked(Event, type="profiles.member.asked.v1", subject="member_id"):
    """A member asked to join an organisation. Its administrators are notified, without the words of the member."""

    request_id: Tag = Field(description="Id of the request")
    member_id: MemberId
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    url: Url


class MemberAnswered(Event, type="profiles.member.answered.v1", subject="member_id"):
    """A request to join an organisation was declined, or no administrator answered it in time. The member is told."""

    request_id: Tag = Field(description="Id of the request")
    member_id: MemberId
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    outcome: Literal["declined", "expired"] = Field(description="How the request ended")
    url: Url


class MemberErased(Event, type="profiles.member.erased.v1", subject="member_id"):
    """The account of a member was erased. Each service erases what it holds of the person, and answers.

    Later events about the member, such as repetitions of earlier ones, change nothing any more.
    """

    member_id: MemberId


class ErasureCompleted(Event, type="profiles.erasure.completed.v1", subject="member_id"):
    """Every service has answered to the erasure of a member. The person gets one last e-mail."""

    member_id: MemberId


class ExportRequested(Event, type="profiles.export.requested.v1", subject="export_id"):
    """A member wants a copy of their data. Each service answers with what it holds, sealed with the public key."""

    export_id: Tag = Field(description="Id of the export")
    member_id: MemberId
    public_key: Tag = Field(description="X25519 public key of this export alone, in base64")


class ExportAnswered(SealedPiece, type="profiles.export.answered.v1", subject="export_id"):
    """profiles answered to the request for a copy of a member's data with a sealed piece."""
