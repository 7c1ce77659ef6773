"""What models have in common: what a client may send, what is stored (pure)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AnyHttpUrl, AwareDatetime, BaseModel, ConfigDict, Field

from shared.errors import Stale

LONGEST_LINK = 500


def _storable(moment: datetime) -> datetime:
    if not 1990 <= moment.year <= 2100:
        raise ValueError("the year must be between 1990 and 2100")
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _link(value: str) -> str:
    link = str(AnyHttpUrl(value)) if value else ""
    if len(link) > LONGEST_LINK:
        raise ValueError(f"at most {LONGEST_LINK} characters, once written as a URL")
    return link


# A time that a client sends: with an offset, within reason, cut to the millisecond that MongoDB keeps.
Moment = Annotated[AwareDatetime, AfterValidator(_storable)]
# An http or https address, or nothing.
Link = Annotated[str, Field(max_length=LONGEST_LINK), AfterValidator(_link)]


class Model(BaseModel):
    """A model whose copies are made by `replace`."""

    def replace(self, **values: Any) -> Self:
        """Return a copy with new values. Raises TypeError for a name that is no field; mypy knows the fields, too."""
        if unknown := values.keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return self.model_copy(update=values)


class Body(Model):
    """What a client may send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Document(Model):
    """Something stored: an id, kept as MongoDB's `_id`, and whatever the service gives it."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore", frozen=True)

    id: str = Field(validation_alias="_id")

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored."""
        values = self.model_dump()
        return {"_id": values.pop("id"), **values}


class Versioned(Document):
    """A document whose every change raises its version; the version is its ETag."""

    version: int = 1


class ExpectedVersion:
    """What If-Match says (RFC 9110, section 13.1.1): any version, or one of those listed."""

    def __init__(self, versions: frozenset[int] | None) -> None:
        self._versions = versions

    def check(self, version: int) -> None:
        """Raises Stale."""
        if self._versions is not None and version not in self._versions:
            raise Stale(f"it is at version {version} by now; read it again", field="If-Match")
