"""Invitations to an organisation, and what people send about its people (pure)."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.profiles.organisations.domain import Role
from shared.addresses import EmailAddress
from shared.errors import NotAllowed, Refusal
from shared.ids import Id
from shared.models import Body, Document

VALID_FOR = timedelta(days=14)
OfferedRole = Literal["editor", "administrator"]


class InvitationBody(Body):
    """An address whose owner is invited, and the role that they get."""

    email: Annotated[EmailAddress, Field(description="Address of the person; they get an e-mail with a link")]
    role: OfferedRole = Field(description="Role that the person gets")


class RoleBody(Body):
    """The new role of a person."""

    role: Role = Field(description="New role in the organisation")


class Departure(Body):
    """The member who becomes an administrator when the caller leaves."""

    successor: Id | None = Field(None, description="Id of the member who becomes an administrator; null: none")


class Appointment(Body):
    """The member whom an operator makes an administrator."""

    email: Annotated[EmailAddress, Field(description="Address of a member of the platform")]


class Invitation(Document):
    """An invitation of the owner of an address to an organisation."""

    organisation_id: str
    email: str
    role: OfferedRole
    at: datetime  # real time
    ends_at: datetime  # business time


class InvitationView(BaseModel):
    """An open invitation as administrators see it."""

    id: str
    email: str = Field(description="Address that was invited")
    role: OfferedRole = Field(description="Role that the person gets")
    ends_at: datetime = Field(description="Time at which the invitation expires")

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationView":
        """Return the view of an invitation."""
        return cls(id=invitation.id, email=invitation.email, role=invitation.role, ends_at=invitation.ends_at)


class ReceivedInvitation(InvitationView):
    """An invitation as the invited person sees it."""

    organisation_id: str = Field(description="Id of the organisation")
    organisation_name: str = Field(description="Name of the organisation")


class PersonView(BaseModel):
    """A member of an organisation, as its administrators see them."""

    id: str = Field(description="Id of the member")
    version: int = Field(description="Version of the membership, for If-Match")
    name: str = Field(description="Name of the member")
    email: str = Field(description="E-mail address of the member")
    role: Role = Field(description="Role in the organisation")


class MembershipView(BaseModel):
    """The role of a member in an organisation."""

    organisation_id: str
    member_id: str
    version: int
    role: Role = Field(description="Role in the organisation")


class LastAdministrator(Refusal):
    """The organisation would have no administrator any more."""


class AlreadyMember(Refusal):
    """The owner of the address belongs to the organisation."""


class AlreadyInvited(Refusal):
    """The address has an open invitation."""


class OtherAddress(NotAllowed):
    """The invitation is for another address than that of the caller."""
