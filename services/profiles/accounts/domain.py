"""Members and what they send to register and log in (pure)."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, EmailStr, Field, SecretStr, StringConstraints

from shared.errors import NotAuthenticated, Refusal
from shared.models import Body, Versioned
from shared.security import SecurityEvent
from shared.vocabulary import Country

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _smtp_address(address: str) -> str:
    """Return the address as SMTP without extensions can write it, its domain in ASCII (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise ValueError("Use only letters without accents, digits and punctuation before the @.") from error


class Registration(Body):
    """Data that a person sends to register."""

    email: Annotated[
        EmailStr,
        Field(max_length=254, description="Address for log-in, and for alerts after its confirmation"),
        AfterValidator(_smtp_address),
    ]
    name: Annotated[Name, Field(description="Name of the person, as e-mails address them")]
    country: Annotated[Country, Field(description="Country of the person, as an ISO 3166-1 alpha-2 code")]
    password: SecretStr = Field(min_length=10, max_length=200, description="Password of at least 10 characters")


class Credentials(Body):
    """Address and password of a member who logs in."""

    email: str = Field(max_length=254, description="Address that the member registered with")
    password: SecretStr = Field(max_length=200, description="Password of the member")


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


class WrongCredentials(NotAuthenticated):
    """The address is not registered, or the password is wrong."""

    security_event = SecurityEvent.LOG_IN_FAILED


class EmailTaken(Refusal):
    """The address is already registered."""


def normal_email(email: str) -> str:
    """Return the form in which an address is stored and looked up."""
    lower_case = email.strip().lower()
    try:
        return _smtp_address(lower_case)
    except ValueError:
        return lower_case  # cannot be registered, so the lookup finds no member
