"""What models have in common: what a client may send, what is stored (pure)."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """What a client may send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Document(BaseModel):
    """Something stored: an id, kept as MongoDB's `_id`, and whatever the service gives it."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore", frozen=True)

    id: str = Field(validation_alias="_id")

    def to_mongo(self) -> dict[str, Any]:
        values = self.model_dump()
        return {"_id": values.pop("id"), **values}


class Versioned(Document):
    """A document whose every change raises its version; the version is its ETag."""

    version: int = 1
