"""Identifiers: new ones sort by time of birth, stable ones follow from what they stand for."""

from hashlib import blake2b
from typing import Annotated

from pydantic import StringConstraints
from uuid_utils import uuid7

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_.:-]{1,80}$")]


def new_id() -> str:
    return str(uuid7())


def stable_id(*parts: str) -> str:
    """The same 32 hexadecimal digits for the same parts, so that doing a thing twice stores it once."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
