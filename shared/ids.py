"""Identifiers: new ones sort by time of birth, stable ones follow from what they stand for."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated

from pydantic import StringConstraints
from uuid_utils import uuid7

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_.:-]{1,80}$")]


def new_id() -> str:
    return str(uuid7())


def created_at(id: str) -> datetime:
    """When a new id was made, to the millisecond (RFC 9562, section 5.7)."""
    return datetime.fromtimestamp(int(id[:8] + id[9:13], 16) / 1000, UTC)


def first_id(when: datetime) -> str:
    """What every id made at this time or later sorts behind, and every earlier one before."""
    digits = f"{round(when.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def stable_id(*parts: str) -> str:
    """The same 32 hexadecimal digits for the same parts, so that doing a thing twice stores it once."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
