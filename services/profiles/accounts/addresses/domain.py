"""Changes of the address of an account (pure)."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from shared.addresses import EmailAddress
from shared.errors import Invalid, Refusal
from shared.fields import GivenPassword
from shared.models import Body, Document


class AddressBody(Body):
    """The new address of a member, with their password."""

    current: GivenPassword = Field(description="Present password")
    email: Annotated[EmailAddress, Field(description="New address; its owner gets a link to confirm it")]


class AddressChange(Document):
    """A change of an address that waits for its link to be opened."""

    member_id: str
    email: str
    password_number: int  # a new password ends the change
    at: datetime


class AddressAsked(BaseModel):
    """The answer to the request of a new address; it does not tell who has an account."""

    email: str = Field(description="Address whose owner gets a link")


class AddressView(BaseModel):
    """The address that a link is for."""

    email: str = Field(description="Address that the account gets")


class SameAddress(Invalid):
    """The account has this address already."""


class AddressTaken(Refusal):
    """Another account has got the address in the meantime."""
