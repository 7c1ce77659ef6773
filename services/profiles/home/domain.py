"""Copies of calls, and the front page that shows them (pure)."""

from pydantic import AwareDatetime, BaseModel

from shared.models import Versioned


class CallCopy(Versioned):
    title: str
    url: str
    organisation_name: str
    deadline: AwareDatetime
    timezone: str
    over: bool = False


class Front(BaseModel):
    organisations: int
    calls: list[CallCopy]
