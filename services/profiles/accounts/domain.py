"""What an account is (pure)."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, EmailStr, Field, SecretStr, StringConstraints

from shared.errors import Refusal
from shared.models import Body, Versioned
from shared.vocabulary import Country

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _deliverable(address: str) -> str:
    """As SMTP without extensions can write it: the domain in its ASCII form (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise ValueError("the part before the @ must be ASCII") from error


class Registration(Body):
    email: Annotated[EmailStr, Field(max_length=254), AfterValidator(_deliverable)]
    name: Name
    country: Country
    password: SecretStr = Field(min_length=10, max_length=200)


class Credentials(Body):
    email: str = Field(max_length=254)
    password: SecretStr = Field(max_length=200)


class Member(Versioned):
    email: str
    name: str
    country: Country
    password_hash: str
    confirmed: bool = False
    operator: bool = False


class MemberView(BaseModel):
    id: str
    version: int
    email: str
    name: str
    country: Country
    confirmed: bool
    operator: bool

    @classmethod
    def of(cls, member: Member) -> "MemberView":
        return cls(**member.model_dump(exclude={"password_hash"}))


class EmailTaken(Refusal):
    """Somebody registered with this address before."""


def normal_email(email: str) -> str:
    """The form under which an address is kept and looked up."""
    try:
        return _deliverable(email.strip().lower())
    except ValueError:
        return email.strip().lower()  # nobody is registered with it
