"""Operators of the platform, and the record of who gave and took the role (pure)."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.profiles.accounts.domain import Member
from shared.addresses import EmailAddress
from shared.errors import NotFound, Refusal
from shared.models import Body, Document

COMMAND = "command"  # stands for the person at the machine, in place of the id of a member


class OperatorBody(Body):
    """The member who becomes an operator."""

    email: Annotated[EmailAddress, Field(description="Confirmed address of a member")]


class OperatorView(BaseModel):
    """An operator as other operators see them."""

    id: str
    name: str
    email: str
    second_factor: bool = Field(description="Whether they have a second factor")

    @classmethod
    def of(cls, member: Member, *, second_factor: bool) -> Self:
        """Return the view of an operator."""
        return cls(id=member.id, name=member.name, email=member.email, second_factor=second_factor)


class RoleChange(Document):
    """A role that was given or taken."""

    member_id: str
    given: bool
    by: str
    at: datetime


class RoleChangeView(BaseModel):
    """A role of an operator that was given or taken, with the names as they are now."""

    name: str = Field(description="Name of the member; empty if they left the platform")
    given: bool = Field(description="Whether the role was given, not taken")
    by: str = Field(description="Name of the operator who did it; empty for a command at the machine")
    at: datetime


class NoSuchMember(NotFound):
    """The address belongs to no member who confirmed it."""


class LastOperator(Refusal):
    """Without this operator, the platform would have none."""


class AlreadyOperator(Refusal):
    """The member operates the platform already."""
