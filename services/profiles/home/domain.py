"""Copies of calls, and the front page that shows them (pure)."""

from pydantic import AwareDatetime, BaseModel, Field

from shared.models import Versioned


class CallCopy(Versioned):
    """A copy of a call, updated by events."""

    title: str
    url: str
    organisation_name: str
    deadline: AwareDatetime
    timezone: str
    opens_at: AwareDatetime | None = Field(None, description="Opening; null: it is open, or see `forthcoming`")
    forthcoming: bool = Field(False, description="Whether the date of the opening is not yet known")
    over: bool = Field(False, description="Whether the call is closed or withdrawn")


class FrontPage(BaseModel):
    """Content of the front page."""

    organisations: int = Field(description="Number of published organisations")
    calls: list[CallCopy] = Field(description="Open calls with the next deadlines, the earliest first")
