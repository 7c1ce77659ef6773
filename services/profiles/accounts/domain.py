"""Members, and what people send to register, to confirm their address and to change their account (pure)."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from shared.addresses import LONGEST_ADDRESS, EmailAddress, mail_address
from shared.errors import Invalid
from shared.fields import GivenPassword, NewPassword, OneLine
from shared.models import Body, Document, Versioned
from shared.security import SecurityEvent
from shared.vocabulary import Country

Name = Annotated[str, OneLine(120, fewest=1)]


class Registration(Body):
    """Data that a person sends to register. Only the owner of the address can complete the registration."""

    email: Annotated[
        EmailAddress, Field(description="Address for log-in and alerts; its owner gets a link to confirm it")
    ]
    name: Annotated[Name, Field(description="Name of the person, as e-mails address them")]
    country: Annotated[Country, Field(description="Country of the person, as an ISO 3166-1 alpha-2 code")]


class ConfirmationRequest(Body):
    """The address of a person who lost the link that confirms it, or whose link has expired."""

    email: Annotated[EmailAddress, Field(description="Address that was registered")]


class Confirmation(Body):
    """Data that the owner of an address sends to confirm it."""

    password: NewPassword = Field(description="Password of at least 10 characters")
    name: Annotated[Name | None, Field(description="Name, if it is not the registered one")] = None
    country: Annotated[Country | None, Field(description="Country, if it is not the registered one")] = None


class AccountBody(Body):
    """The part of an account that its member can change: the name and the country."""

    name: Annotated[Name, Field(description="Name of the person, as colleagues and e-mails address them")]
    country: Annotated[Country, Field(description="Country of the person, as an ISO 3166-1 alpha-2 code")]


class PasswordChange(Body):
    """The present and the new password of a member."""

    current: GivenPassword = Field(description="Present password")
    new: NewPassword = Field(description="New password of at least 10 characters")


class PendingRegistration(Document):
    """A registration whose address is not confirmed; its id is that of the member, if it is confirmed with its link."""

    email: str
    name: str
    country: Country
    at: datetime


class RegistrationReceived(BaseModel):
    """The answer to a registration and to the request of a new link; it does not tell who is registered."""

    email: str = Field(description="Address whose owner gets an e-mail")


class ConfirmationView(BaseModel):
    """A registration as shown to the owner of the address, who is perhaps not the person who typed it."""

    email: str
    name: str = Field(description="Name that was typed with this registration")
    country: Country = Field(description="Country that was typed with this registration")

    @classmethod
    def of(cls, registration: PendingRegistration) -> "ConfirmationView":
        """Return the view of a registration."""
        return cls(email=registration.email, name=registration.name, country=registration.country)


class Member(Versioned):
    """A person with an account."""

    email: str
    name: str
    country: Country
    password_hash: str
    password_number: int = 0  # raised with each new password and address; a link that resets one works for it only
    confirmed: bool = False
    operator: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether the account belongs to the owner of its address. In version 0.1 a stranger could create others."""
        return self.confirmed or self.operator


class MemberView(BaseModel):
    """A member as shown to themselves."""

    id: str
    version: int
    email: str
    name: str
    country: Country
    confirmed: bool = Field(description="Whether the member confirmed their e-mail address")
    operator: bool = Field(description="Whether the member operates the platform")

    @classmethod
    def of(cls, member: Member) -> "MemberView":
        """Return the view of a member, without the hash of the password."""
        return cls(
            id=member.id,
            version=member.version,
            email=member.email,
            name=member.name,
            country=member.country,
            confirmed=member.confirmed,
            operator=member.operator,
        )


class WrongPassword(Invalid):
    """The present password is wrong; the member stays logged in."""

    security_event = SecurityEvent.LOG_IN_FAILED


class CommonPassword(Invalid):
    """The new password is one of those that many people have, and that leaked."""


def normal_email(email: str) -> str:
    """Return the form in which an address is stored and looked up."""
    try:
        return mail_address(email)
    except ValueError:
        return email[:LONGEST_ADDRESS].strip().lower()  # cannot be registered, so the lookup finds no member
