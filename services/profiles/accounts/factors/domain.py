"""Second factors: codes of an app by the time (TOTP, RFC 6238), and recovery codes that work once each (pure)."""

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self

import pyotp
import segno
from pydantic import BaseModel, Field

from shared.errors import Invalid, NotAllowed, Refusal
from shared.fields import GivenPassword, OneLine
from shared.models import Body, Versioned
from shared.security import SecurityEvent

ISSUER = "Cluster Collaboration Platform"
STEP = 30  # seconds for which a code is valid; the one before and the one after it are accepted, too
BEGUN_FOR = timedelta(minutes=15)
RECOVERY_CODES = 10
RANDOM_BYTES = 10  # of a recovery code: 16 characters

LONGEST_CODE = 40  # characters that are read, with spaces and hyphens

GivenCode = Annotated[str, OneLine(LONGEST_CODE)]


class SecondFactor(Versioned):
    """The second factor of a member, whose id it has. It counts from the time at which it is switched on."""

    secret: str
    begun_at: datetime
    begun_in: str  # session, which alone may read the secret
    on_since: datetime | None = None
    last_step: int = 0  # time step of the last code that was used: it and all before it are refused
    recovery: Sequence[str] = ()  # hashes of the recovery codes that were not used

    @classmethod
    def begun(cls, member_id: str, session_id: str, now: datetime) -> Self:
        """Return a second factor with a new secret, which is not switched on."""
        return cls(id=member_id, secret=pyotp.random_base32(), begun_at=now, begun_in=session_id)

    def is_begun(self, session_id: str, now: datetime) -> bool:
        """Return whether a session may read the secret, and switch the factor on."""
        return self.on_since is None and self.begun_in == session_id and now - self.begun_at < BEGUN_FOR

    def used(self, code: str, now: datetime) -> Self | None:
        """Return the factor after a code of the app or a recovery code was used; None if the code is wrong or used."""
        step = self._step(code, now)
        if step is not None:
            return self.replace(last_step=step)
        hashed = self.hash_of(code)
        if hashed not in self.recovery:
            return None
        return self.replace(recovery=[each for each in self.recovery if each != hashed])

    def with_recovery(self, codes: list[str]) -> Self:
        """Return the factor with other recovery codes."""
        return self.replace(recovery=[self.hash_of(code) for code in codes])

    def hash_of(self, code: str) -> str:
        """Return the hash of a recovery code. The code is long and random, so that a fast hash is enough."""
        return hashlib.sha256(f"{self.id}:{plain(code)}".encode()).hexdigest()

    def _step(self, code: str, now: datetime) -> int | None:
        """Return the time step of a code of the app, if it is valid and neither it nor a later one was used."""
        totp, step, given = pyotp.TOTP(self.secret), int(now.timestamp()) // STEP, plain(code)
        near = range(max(step - 1, self.last_step + 1), step + 2)
        return next((each for each in near if secrets.compare_digest(totp.generate_otp(each), given)), None)


def plain(code: str) -> str:
    """Return a code as it is compared: without the spaces and hyphens that make it easy to read."""
    return "".join(each for each in code.upper() if each.isascii() and each.isalnum())


def new_recovery_codes() -> list[str]:
    """Return ten new recovery codes, each of four groups of four letters and digits."""
    texts = (b32encode(secrets.token_bytes(RANDOM_BYTES)).decode() for _ in range(RECOVERY_CODES))
    return ["-".join(text[start : start + 4] for start in range(0, len(text), 4)) for text in texts]


class PasswordProof(Body):
    """The password of a member, who is asked for it again."""

    current: GivenPassword = Field(description="Present password")


class CodeBody(Body):
    """A code of the app of a member, or one of their recovery codes."""

    code: Annotated[GivenCode, Field(min_length=1, description="Code of the app, or a recovery code")]


class FactorView(BaseModel):
    """The state of a member's second factor."""

    on: bool = Field(description="Whether each log-in needs a code")
    on_since: datetime | None = Field(description="Time at which it was switched on")
    recovery_codes: int = Field(description="Number of recovery codes that were not used")
    required: bool = Field(description="Whether the member has to have it, because they operate the platform")

    @classmethod
    def of(cls, factor: SecondFactor | None, *, required: bool) -> Self:
        """Return the view of a second factor, or of none."""
        if factor is None or factor.on_since is None:
            return cls(on=False, on_since=None, recovery_codes=0, required=required)
        return cls(on=True, on_since=factor.on_since, recovery_codes=len(factor.recovery), required=required)


class Enrolment(BaseModel):
    """A second factor that is being set up: the secret for an app, as a text, an address and a picture."""

    secret: str = Field(description="Secret in base 32, to type into an app")
    address: str = Field(description="The same as an `otpauth` address")
    picture: str = Field(description="The address as a QR code (SVG)")

    @classmethod
    def of(cls, factor: SecondFactor, email: str) -> Self:
        """Return what an app needs to know of a factor."""
        address = pyotp.TOTP(factor.secret).provisioning_uri(name=email, issuer_name=ISSUER)
        picture = segno.make(address, error="m").svg_inline(scale=4, dark="#000", light="#fff")
        return cls(secret=factor.secret, address=address, picture=picture)


class RecoveryCodes(BaseModel):
    """New recovery codes. Those before them no longer work."""

    codes: list[str] = Field(
        description="Codes that each work once in place of one of the app. They are shown only now"
    )
    logged_out: bool = Field(description="Whether the member has to log in again, with a code")


class WrongCode(Invalid):
    """The code is wrong, or was used already; the member stays logged in."""

    security_event = SecurityEvent.LOG_IN_FAILED


class FactorAlreadyOn(Refusal):
    """The member has a second factor already."""


class FactorNotBegun(Refusal):
    """The second factor was not begun in this session, or too long ago, or is not switched on."""


class FactorRequired(NotAllowed):
    """An operator wants to be without a second factor."""
