"""What people and programs send to log in, and why they are refused (pure)."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.profiles.accounts.factors.domain import GivenCode
from shared.addresses import LONGEST_ADDRESS
from shared.errors import NotAuthenticated
from shared.fields import GivenPassword, OneLine
from shared.models import Body
from shared.security import SecurityEvent

GivenAddress = Annotated[str, OneLine(LONGEST_ADDRESS)]


class Credentials(Body):
    """Address and password of a member who logs in."""

    email: GivenAddress = Field(description="Address that the member registered with")
    password: GivenPassword = Field(description="Password of the member")
    code: GivenCode = Field("", description="Code of the second factor, or a recovery code, if the account has one")


class RefreshBody(Body):
    """The refresh token that a program got last."""

    refresh_token: Annotated[str, OneLine(1000, fewest=1)] = Field(description="Refresh token of the last answer")


class Token(BaseModel):
    """An access token, and the refresh token for the next one."""

    token: str = Field(description="Value to send as `Authorization: Bearer <token>`")
    expires_in: int = Field(description="Lifetime in seconds")
    refresh_token: str = Field(description="Value to send once to `POST /tokens/refresh` for the next access token")
    refresh_expires_in: int = Field(description="Seconds until the session ends, also if it is refreshed")


class WrongCredentials(NotAuthenticated):
    """The address is not registered, or the password is wrong."""

    security_event = SecurityEvent.LOG_IN_FAILED


class AddressNotConfirmed(NotAuthenticated):
    """The password is right, but its owner never confirmed the address, as version 0.1 allowed."""

    security_event = SecurityEvent.LOG_IN_FAILED


class RefreshTokenReused(NotAuthenticated):
    """A refresh token was used a second time, so another program has it: the session has ended."""

    security_event = SecurityEvent.REFRESH_TOKEN_REUSED
