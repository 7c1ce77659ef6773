"""The base of every event contract: an immutable model, registered under its versioned type."""

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.vocabulary import Country, Ecosystem

TYPE = re.compile(r"^[a-z]+\.[a-z]+\.[a-z]+\.v[1-9][0-9]*$")

Short = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=1000)]
Tag = Annotated[str, StringConstraints(max_length=80)]

# Fields that several contracts have, with their description.
CallId = Annotated[Tag, Field(description="Id of the call")]
Issuer = Annotated[Tag, Field(description="The service that signs with the key")]
KeyId = Annotated[Tag, Field(description="Id of the key: `kid` in a signature's header")]
MemberId = Annotated[Tag, Field(description="Id of the member")]
OrganisationId = Annotated[Tag, Field(description="Id of the organisation")]
OrganisationName = Annotated[Short, Field(description="Name of the organisation")]
Countries = Annotated[
    list[Country], Field(max_length=250, description="ISO 3166-1 codes; a call or request without any is open to all")
]
Ecosystems = Annotated[list[Ecosystem], Field(max_length=14, description="EU industrial ecosystems concerned")]
PublicKey = Annotated[dict[str, str], Field(description="The public key as a JSON Web Key")]
Sealed = Annotated[
    str,
    StringConstraints(max_length=60_000),
    Field(description="The piece in base64, sealed: X25519, HKDF-SHA256, ChaCha20-Poly1305"),
]
Timezone = Annotated[Tag, Field(description="IANA time zone in which to show the times, like Europe/Brussels")]
Url = Annotated[Short, Field(description="Path of its page on the platform")]
Version = Annotated[int, Field(description="Version of the entity; ignore an event with a lower version than yours")]


class Event(BaseModel):
    """A fact that a service publishes. Readers ignore unknown fields, so that optional fields can be added."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    subject_field: ClassVar[str]
    registry: ClassVar["dict[str, EventType]"] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()  # `type` and `subject` are read below, when the fields are known

    @classmethod
    def __pydantic_init_subclass__(cls, *, type: str = "", subject: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not type:
            return
        if not TYPE.match(type) or type in Event.registry or subject not in cls.model_fields:
            raise TypeError(
                f"{cls.__name__}: event type {type!r} is malformed, already used, or has an unknown subject field"
            )
        cls.type = type
        cls.subject_field = subject
        Event.registry[type] = cls

    @property
    def subject(self) -> str:
        """Return the id of the entity that the event is about."""
        return str(getattr(self, self.subject_field))

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """Return the event with these data. Raise ValidationError if they break the contract."""
        return cls.model_validate(data)


class Part(BaseModel):
    """A group of fields inside an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")


EventType = type[Event]


class ErasedThings(Part):
    """A kind of thing that a service erased with a member, or that it keeps without the person."""

    what: Short = Field(description="The things, as English words that pages translate")
    number: int = Field(ge=0, description="Number of the things")
    kept_because: Text = Field("", description="Why they are kept without the person; empty if they were erased")


class ErasureAnswered(Event):
    """The answer of a service to the erasure of a member: what it erased and what it keeps, without personal data.

    Each service that holds data of members publishes a type of its own, which ends with `.member.erased`.
    """

    member_id: MemberId
    version: Version
    things: list[ErasedThings] = Field(max_length=100, description="What the service held of the member, by kind")


class SealedPiece(Event):
    """A piece of what a service holds of a member, sealed: only the private key of the export opens it.

    Each service that holds data of members publishes a type of its own, which ends with `.export.answered`.
    """

    export_id: Tag = Field(description="Id of the export")
    attempt: Tag = Field(description="Id of the attempt; pieces of one attempt belong together")
    number: int = Field(ge=1, description="Number of the piece, from 1")
    pieces: int = Field(ge=1, description="Number of pieces of the attempt")
    sealed: Sealed
