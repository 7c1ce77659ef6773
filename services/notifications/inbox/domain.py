"""What an alert is (pure)."""

from datetime import datetime

from shared.models import Document


class Alert(Document):
    """Something a member was told, and why."""

    member_id: str
    event_type: str
    occasion: str  # facts with the same occasion make one e-mail
    title: str
    text: str
    url: str
    reason: str
    at: datetime
    read_at: datetime | None = None
