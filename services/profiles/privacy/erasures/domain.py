"""The erasure of a member, and the answers of the services to it (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from services.profiles.accounts.logins.domain import GivenAddress
from shared.contracts.base import ErasedThings
from shared.errors import Refusal
from shared.fields import GivenPassword
from shared.models import Body, Model, Versioned

AskedBy = Literal["member", "operator", "restore"]


class ServiceAnswer(Model):
    """The answer of a service: the things that it erased, and those that it keeps without the person."""

    service: str
    version: int
    at: datetime
    things: list[ErasedThings]


class Erasure(Versioned):
    """The erasure of a member, whose id it has. Nothing in it tells who the person was."""

    at: datetime
    asked_by: AskedBy
    operator_id: str = ""  # if an operator asked, for the person
    answers: list[ServiceAnswer] = Field(default=[])
    completed_at: datetime | None = None

    def answered(self, answer: ServiceAnswer, expected: Sequence[str], now: datetime) -> Self:
        """Return the erasure with the answer of a service; an older answer than the known one changes nothing."""
        known = next((each for each in self.answers if each.service == answer.service), None)
        if known and known.version >= answer.version:
            return self
        others = [each for each in self.answers if each.service != answer.service]
        answers = sorted([*others, answer], key=lambda each: each.service)
        after = self.replace(answers=answers)
        return after if after.waiting_for(expected) or self.completed_at else after.replace(completed_at=now)

    def waiting_for(self, expected: Sequence[str]) -> list[str]:
        """Return the services that have not answered."""
        return sorted({*expected} - {each.service for each in self.answers})


class ErasureBody(Body):
    """The password of a member who erases their account."""

    password: GivenPassword = Field(description="Present password")


class ErasureForOther(Body):
    """The address of a member who asked an operator to erase their account, and the operator's own password."""

    email: Annotated[GivenAddress, Field(description="Address of the account to erase")]
    password: GivenPassword = Field(description="Your own password")


class Obstacle(BaseModel):
    """Something to do before an account can be erased."""

    text: str = Field(description="What to do, in words")
    url: str = Field(description="Path of the page where it is done")


class ErasureOutlook(BaseModel):
    """The steps before an account can be erased."""

    email: str = Field(description="Address of the account; the last e-mail goes there")
    obstacles: list[Obstacle] = Field(description="What is to be done first; empty if the account can be erased now")


class Erased(BaseModel):
    """The answer to an erasure."""

    id: str = Field(description="Number of the erasure, by which operators find the proof")


class ErasureView(BaseModel):
    """The proof of an erasure: what each service erased and kept, and which services have not answered."""

    id: str
    at: datetime
    asked_by: AskedBy = Field(description="member; operator, for a person who wrote; or restore, of an old backup")
    operator_id: str = Field(description="Id of the operator, if one asked")
    answers: list[ServiceAnswer]
    waiting_for: list[str] = Field(description="Services that have not answered")
    completed_at: datetime | None = Field(description="When the last service answered")

    @classmethod
    def of(cls, erasure: Erasure, expected: Sequence[str]) -> Self:
        """Return the view of an erasure."""
        values = erasure.model_dump(include=set(cls.model_fields))
        return cls(**values, waiting_for=erasure.waiting_for(expected))


class HandOverFirst(Refusal):
    """The account cannot be erased before something was handed over."""
