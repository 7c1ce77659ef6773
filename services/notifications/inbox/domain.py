"""Alerts (pure)."""

from datetime import datetime

from pydantic import Field

from shared.models import Document


class Alert(Document):
    """A message to a member about an event, with the reason why they receive it."""

    member_id: str
    event_type: str
    occasion: str = Field(description="Alerts with the same occasion are sent in one e-mail")
    title: str
    text: str
    url: str
    reason: str = Field(description="Why the member receives the alert")
    at: datetime
    read_at: datetime | None = None
    about: str | None = Field(None, description="Id of another member whom the text names")
