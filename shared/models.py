"""Base classes of models: request bodies and stored documents (pure)."""

import re
from datetime import UTC, date, datetime, timedelta
from operator import methodcaller
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    AliasChoices,
    AnyHttpUrl,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
)

from shared.errors import Stale
from shared.fields import is_stored
from shared.sentences import _

LONGEST_LINK = 500
FIRST_YEAR, LAST_YEAR = 1990, 2100
FIRST_DAY = methodcaller("replace", year=FIRST_YEAR, month=1, day=1)
LAST_DAY = methodcaller("replace", year=LAST_YEAR, month=12, day=31)

D = TypeVar("D", bound=date)
END_OF_DAY = re.compile(r"(\d{4}-\d\d-\d\d)([Tt ])24:?00(:?00)?([.,]0+)?(.*)")


def _in_our_time(day: D, info: ValidationInfo) -> D:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    if is_stored(info):
        return cast(D, FIRST_DAY(day) if day.year < FIRST_YEAR else LAST_DAY(day))
    raise ValueError(
        _("The year must be between {first_year} and {last_year}.", first_year=FIRST_YEAR, last_year=LAST_YEAR)
    )


def at_24(value: Any) -> Any:
    """Return a time of 24:00, the end of a day (ISO 8601), as the first moment of the next day; others as they are."""
    if not isinstance(value, str) or not (found := END_OF_DAY.fullmatch(value.strip())):
        return value
    try:
        following = date.fromisoformat(found[1]) + timedelta(days=1)
    except (ValueError, OverflowError):
        return value  # pydantic reports the field error
    return f"{following}{found[2]}00:00{found[5]}"


def _storable(moment: datetime, info: ValidationInfo) -> datetime:
    utc = _in_our_time(moment, info).astimezone(UTC)
    return _in_our_time(utc.replace(microsecond=utc.microsecond // 1000 * 1000), info)


def _link(value: str) -> str:
    link = str(AnyHttpUrl(value)) if value else ""
    if len(link) > LONGEST_LINK:
        raise ValueError(
            _("The address may have at most {longest_link} characters after encoding.", longest_link=LONGEST_LINK)
        )
    return link


# A time from a client: with an offset, from 1990 to 2100, cut to milliseconds as MongoDB stores them. 24:00 is allowed.
Moment = Annotated[AwareDatetime, BeforeValidator(at_24), AfterValidator(_storable)]
# A day from 1990 to 2100; stored as text, because MongoDB has a type for times, but none for days.
Day = Annotated[date, AfterValidator(_in_our_time), PlainSerializer(date.isoformat)]
# An http or https address, or an empty string; in ASCII, because it is encoded.
Link = Annotated[str, Field(max_length=LONGEST_LINK), AfterValidator(_link)]


class Model(BaseModel):
    """A model that is copied by `replace`."""

    def replace(self, **values: Any) -> Self:
        """Return a copy with new values. Raises TypeError for an unknown field; mypy checks names and types, too."""
        if unknown := values.keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return self.model_copy(update=values)


class Body(Model):
    """A request body or query: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Document(Model):
    """A stored document. Its id is stored as MongoDB's `_id`."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore", frozen=True)

    id: str = Field(validation_alias=AliasChoices("id", "_id"))  # the first one is in the API's description

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored."""
        values = self.model_dump()
        return {"_id": values.pop("id"), **values}


class Versioned(Document):
    """A document with a version, which rises with every change and is its ETag."""

    version: int = 1


class ExpectedVersion:
    """The versions that If-Match allows (RFC 9110, section 13.1.1): any, or those listed."""

    def __init__(self, versions: frozenset[int] | None) -> None:
        self._versions = versions

    def check(self, version: int) -> None:
        """Raise Stale if the header does not allow this version."""
        if self._versions is not None and version not in self._versions:
            raise Stale(
                _("It has version {version} now. Read it again and repeat your change.", version=version),
                field="If-Match",
            )
