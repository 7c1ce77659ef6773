"""The copy of a member's data that the services contribute to (pure)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, Field

from shared.errors import Refusal
from shared.models import Document, Versioned

KEPT = timedelta(days=7)
AGAIN_AFTER = timedelta(hours=1)


class DataExport(Versioned):
    """A copy of the data of a member. Without its private key no one can read the pieces."""

    member_id: str
    requested_at: datetime  # real time, like the end, at which the database removes it
    ends_at: datetime
    private_key: bytes
    complete: dict[str, str] = Field(default={})  # the attempt whose pieces are all here, by service

    def answered(self, service: str, attempt: str) -> Self:
        """Return the export with the part of a service; the first complete attempt counts."""
        return self if service in self.complete else self.replace(complete={**self.complete, service: attempt})

    def waiting_for(self, expected: Sequence[str]) -> list[str]:
        """Return the services whose part is not here."""
        return sorted({*expected} - self.complete.keys())


class ExportPiece(Document):
    """A sealed piece of the part of a service."""

    export_id: str
    member_id: str
    service: str
    attempt: str
    number: int
    sealed: bytes
    ends_at: datetime


class ExportView(BaseModel):
    """The copy of the data of a member as they see it."""

    id: str
    requested_at: datetime
    ends_at: datetime = Field(description="Time until which the archive can be downloaded; then it is deleted")
    waiting_for: list[str] = Field(description="Services whose part is not here; empty: the archive is ready")

    @classmethod
    def of(cls, export: DataExport, expected: Sequence[str]) -> Self:
        """Return the view of an export."""
        values = export.model_dump(include={"id", "requested_at", "ends_at"})
        return cls(**values, waiting_for=export.waiting_for(expected))


class ExportIsRecent(Refusal):
    """A copy was requested a short time ago."""


class ExportNotReady(Refusal):
    """The part of a service is not here."""
