"""Ids: new ids sort by creation time, stable ids are derived from the thing they identify."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated

from pydantic import StringConstraints
from uuid_utils import uuid7

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_.:-]{1,80}$")]


def new_id() -> str:
    """Return a new UUID version 7."""
    return str(uuid7())


def created_at(id: str) -> datetime:
    """Return when an id of `new_id` was made, to the millisecond (RFC 9562, section 5.7)."""
    return datetime.fromtimestamp(int(id[:8] + id[9:13], 16) / 1000, UTC)


def first_id(when: datetime) -> str:
    """Return a lower bound for the ids made at this time or later; all earlier ids sort before it."""
    digits = f"{round(when.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def stable_id(*parts: str) -> str:
    """Return 32 hexadecimal digits, the same for the same parts, so that repeated work is stored once."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
