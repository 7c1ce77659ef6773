"""Requests to join an organisation: open, declined or expired (pure)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.profiles.organisations.domain import Role
from shared.errors import Refusal
from shared.fields import Paragraphs
from shared.models import Body, Document

OPEN_FOR = timedelta(days=30)


class Outcome(StrEnum):
    """State of a request; an accepted or withdrawn one is deleted."""

    OPEN = "open"
    DECLINED = "declined"
    EXPIRED = "expired"


class JoinRequestBody(Body):
    """A request to join an organisation."""

    message: Annotated[str, Paragraphs(500, fewest=3)] = Field(
        description="Who you are, and why you want to join; the administrators read it"
    )


class AcceptanceBody(Body):
    """The role that a person who asked gets."""

    role: Role = Field(description="Role that the person gets")


class DeclineBody(Body):
    """The reason why a request is declined."""

    reason: Annotated[str, Paragraphs(500, fewest=3)] = Field(description="Reason, which the person reads")


class JoinRequest(Document):
    """A request of one member to join one organisation."""

    organisation_id: str
    member_id: str
    message: str
    asked_at: datetime  # business time
    ends_at: datetime  # business time
    outcome: Outcome = Outcome.OPEN
    reason: str = ""
    closed_at: datetime | None = None  # real time

    def is_open(self, now: datetime) -> bool:
        """Return whether administrators can still answer."""
        return self.outcome is Outcome.OPEN and now < self.ends_at

    def bars_another(self, now: datetime) -> bool:
        """Return whether the member cannot ask again yet: it is open, or was declined in the same 30 days."""
        return self.outcome is not Outcome.EXPIRED and now < self.ends_at


class JoinRequestView(BaseModel):
    """A request to join, as the member who sent it and the administrators see it."""

    id: str
    organisation_id: str = Field(description="Id of the organisation")
    organisation_name: str = Field(description="Name of the organisation")
    member_id: str = Field(description="Id of the member who asks")
    name: str = Field(description="Name of the member who asks")
    email: str = Field(description="E-mail address of the member who asks")
    message: str = Field(description="Who the member is, and why they want to join")
    asked_at: datetime = Field(description="Time of the request")
    ends_at: datetime = Field(description="Time at which it expires; after a refusal, the member can ask again then")
    outcome: Outcome = Field(description="Whether it is open, was declined or has expired")
    reason: str = Field(description="Reason why it was declined")


class AlreadyAsked(Refusal):
    """The member has an open request to this organisation, or one that was declined lately."""


class AlreadyInside(Refusal):
    """The member belongs to the organisation."""
