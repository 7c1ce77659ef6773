"""API tokens of members (pure)."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, Field

from shared.fields import OneLine
from shared.models import Body, Document
from shared.scopes import Scope

LONGEST_DAYS = 365
Ending = Annotated[str, Field(description="The last characters of the token, which tell it from others")]


class ApiTokenBody(Body):
    """A new API token, as a member asks for it."""

    name: Annotated[str, OneLine(80, fewest=1), Field(description="The program that uses it")]
    scope: Annotated[Scope, Field(description="`read` allows requests that change nothing, `write` all requests")]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS, description="Days until it ends")] = 90


class ApiToken(Document):
    """An API token, without the token itself."""

    member_id: str
    name: str
    scope: Scope
    made_at: datetime
    ends_at: datetime
    ending: str = ""

    @classmethod
    def made(cls, id: str, member_id: str, body: ApiTokenBody, now: datetime) -> Self:
        """Return a new API token; its times are whole seconds, as in a JWT."""
        start = now.replace(microsecond=0)
        ends_at = start + timedelta(days=body.days)
        return cls(id=id, member_id=member_id, name=body.name, scope=body.scope, made_at=start, ends_at=ends_at)


class ApiTokenView(BaseModel):
    """An API token as shown to its owner."""

    id: str
    name: str = Field(description="The program that uses it")
    scope: Scope
    made_at: datetime
    ends_at: datetime
    ending: Ending

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        """Return the view of a token."""
        return cls(**token.model_dump(exclude={"member_id"}))


class NewApiToken(ApiTokenView):
    """A new API token with the token itself."""

    token: str = Field(description="Value to send as `Authorization: Bearer <token>`. It is shown only now")
