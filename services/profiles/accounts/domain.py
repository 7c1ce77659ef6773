"""Members and what they send to register and log in (pure)."""

from typing import Annotated

from pydantic import BaseModel, Field

from shared.addresses import LONGEST_ADDRESS, EmailAddress, mail_address
from shared.errors import Refusal
from shared.fields import GivenPassword, NewPassword, OneLine
from shared.models import Body, Versioned
from shared.vocabulary import Country

Name = Annotated[str, OneLine(120, fewest=1)]
GivenAddress = Annotated[str, OneLine(LONGEST_ADDRESS)]


class Registration(Body):
    """Data that a person sends to register."""

    email: Annotated[EmailAddress, Field(description="Address for log-in, and for alerts after its confirmation")]
    name: Annotated[Name, Field(description="Name of the person, as e-mails address them")]
    country: Annotated[Country, Field(description="Country of the person, as an ISO 3166-1 alpha-2 code")]
    password: NewPassword = Field(description="Password of at least 10 characters")


class Credentials(Body):
    """Address and password of a member who logs in."""

    email: GivenAddress = Field(description="Address that the member registered with")
    password: GivenPassword = Field(description="Password of the member")


class Member(Versioned):
    """A registered person."""

    email: str
    name: str
    country: Country
    password_hash: str
    confirmed: bool = False
    operator: bool = False


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


class EmailTaken(Refusal):
    """The address is already registered."""


def normal_email(email: str) -> str:
    """Return the form in which an address is stored and looked up."""
    try:
        return mail_address(email)
    except ValueError:
        return email[:LONGEST_ADDRESS].strip().lower()  # cannot be registered, so the lookup finds no member
