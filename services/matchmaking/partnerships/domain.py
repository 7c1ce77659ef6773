"""What a partnership is (pure)."""

from datetime import datetime

from pydantic import BaseModel

from shared.models import Versioned


class Partnership(Versioned):
    """Its id and version are those of the application that it came from."""

    call_id: str
    call_title: str
    coordinator_id: str
    coordinator_name: str
    partner_ids: list[str]
    formed_at: datetime
    ended: bool = False  # kept, so that a selection that comes late does not bring it back


class Partner(BaseModel):
    """An organisation; its name is empty until its profile is known here."""

    id: str
    name: str


class PartnershipView(BaseModel):
    id: str
    version: int
    call_id: str
    call_title: str
    coordinator: Partner
    partners: list[Partner]
    formed_at: datetime
