"""What people send to reset a password (pure)."""

from typing import Annotated

from pydantic import BaseModel, Field

from shared.addresses import EmailAddress
from shared.fields import NewPassword
from shared.models import Body


class ResetRequest(Body):
    """The address of a member who forgot their password."""

    email: Annotated[EmailAddress, Field(description="Address of the account")]


class ResetRequested(BaseModel):
    """The answer to the request of a link; it does not tell who has an account."""

    email: str = Field(description="Address whose owner gets a link, if it has an account")


class Reset(Body):
    """The new password of a member who opened the link."""

    password: NewPassword = Field(description="New password of at least 10 characters")


class ResetView(BaseModel):
    """The account that a link is for, as shown to its owner."""

    email: str = Field(description="Address of the account")
