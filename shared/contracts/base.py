"""The one kind of event: a frozen contract in the past tense, registered under its versioned type."""

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

TYPE = re.compile(r"^[a-z]+\.[a-z]+\.[a-z]+\.v[1-9][0-9]*$")

Short = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=1000)]
Tag = Annotated[str, StringConstraints(max_length=80)]


class Event(BaseModel):
    """A fact that a service announces. A reader ignores fields it does not know, so that they can be added."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    subject_field: ClassVar[str]
    registry: ClassVar["dict[str, EventType]"] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()  # the keywords are ours, read once the fields are known

    @classmethod
    def __pydantic_init_subclass__(cls, *, type: str = "", subject: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not type:
            return
        if not TYPE.match(type) or type in Event.registry or subject not in cls.model_fields:
            raise TypeError(f"{cls.__name__}: bad, repeated or subjectless event type {type!r}")
        cls.type = type
        cls.subject_field = subject
        Event.registry[type] = cls

    @property
    def subject(self) -> str:
        """The id of the entity that the event is about."""
        return str(getattr(self, self.subject_field))

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        return cls.model_validate(data)


class Part(BaseModel):
    """A piece of an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")


EventType = type[Event]
