"""Events on the wire: CloudEvents 1.0, structured JSON (https://cloudevents.io, spec v1.0.2)."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared import log, tracing
from shared.clock import real_now
from shared.contracts.base import Event, Tag
from shared.field_errors import message_of
from shared.ids import new_id

LIMIT = 64 * 1024  # bytes of one message
Name = Annotated[Tag, Field(min_length=1)]  # CloudEvents: a non-empty string


class Unreadable(Exception):
    """The message is not a known event; the text says why."""


class Envelope(BaseModel):
    """Context attributes and data. Unknown extensions of other producers are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: Name
    source: Name
    type: Tag
    time: AwareDatetime
    subject: Name | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: str | None = None
    traceparent: str | None = None  # distributed tracing extension: the span in which the event was created
    data: dict[str, Any]

    @property
    def cause(self) -> tracing.Cause:
        return tracing.Cause(self.correlationid, self.traceparent)

    def event(self) -> Event:
        """Return the typed event. Raises Unreadable if the type is unknown or the data breaks the contract."""
        contract = Event.registry.get(self.type)
        if contract is None:
            raise Unreadable(f"no contract for event type {self.type!r}")
        try:
            return contract.read(self.data)
        except ValidationError as error:
            raise Unreadable(f"{self.type}: {_first(error)}") from error

    def to_bytes(self) -> bytes:
        """Return the message body. Raises ValueError if it is too large."""
        body = self.model_dump_json(exclude_none=True).encode()
        if len(body) > LIMIT:
            raise ValueError(f"{self.type} {self.id}: {len(body)} bytes, the limit is {LIMIT}")
        return body


def wrap(event: Event, source: str) -> Envelope:
    """Return a new envelope for an event that a service publishes now."""
    return Envelope(
        id=new_id(),
        source=f"/services/{source}",
        type=event.type,
        time=real_now(),
        subject=event.subject,
        correlationid=log.correlation(),
        traceparent=tracing.current(),
        data=event.model_dump(mode="json"),
    )


def open_envelope(body: bytes) -> Envelope:
    """Parse and check the envelope. Raises Unreadable."""
    if len(body) > LIMIT:
        raise Unreadable(f"{len(body)} bytes, the limit is {LIMIT}")
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise Unreadable(f"not a CloudEvents 1.0 JSON envelope: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {message_of(first)}"
