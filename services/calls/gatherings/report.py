"""The report on a gathering that is over (pure)."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from shared.fields import Paragraphs
from shared.models import Body, Link
from shared.sentences import _


class GatheringReport(Body):
    """A link to the recording, and a summary; everyone can read both."""

    recording: Link = Field("", description="https link to the recording")
    summary: Annotated[str, Paragraphs(20_000)] = Field(
        "", validate_default=True, description="What was presented and agreed"
    )

    @field_validator("recording")
    @classmethod
    def _require_https(cls, recording: str) -> str:
        if recording and not recording.startswith("https://"):
            raise ValueError(_("The link to the recording must begin with https://."))
        return recording

    @field_validator("summary")
    @classmethod
    def _require_content(cls, summary: str, seen: ValidationInfo) -> str:
        if not summary and seen.data.get("recording") == "":
            raise ValueError(_("Enter a summary or the link to a recording."))
        return summary
