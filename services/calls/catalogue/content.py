"""The content of a call (pure): what a publisher writes, with the checks of its fields."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from services.calls.catalogue.deadlines.domain import (
    BRUSSELS,
    CutOff,
    DeadlineModel,
    Zone,
    at_closing_hour,
    check_order,
)
from services.calls.catalogue.eligibility.domain import Eligibility
from services.calls.terms import (
    MOST_CUT_OFFS,
    MOST_NUMBER,
    Budget,
    Countries,
    Description,
    Ecosystems,
    Keywords,
    Line,
    Mission,
    Programme,
    Summary,
    TitledLink,
)
from shared.fields import Distinct, Paragraphs
from shared.ids import Id
from shared.models import Body, Link, Moment
from shared.sentences import _
from shared.vocabulary import CallKind

OPENING_FIRST = _("The deadline must be after the opening. Send a later deadline or an earlier opening.")


class CallContent(Body):
    """Content of a call, as the publisher writes it; its deadlines are separate."""

    organisation_id: Id | None = Field(None, description="The publisher; null: the platform itself, for operators")
    title: Line
    summary: Summary = Field("", description="Plain text, shown in lists and feeds")
    description: Description = Field("", description="Plain text, shown on the page of the call")
    kind: CallKind = CallKind.FUNDING
    programme: Programme = Field("", description="Funding programme, for example LIFE")
    countries: Countries = Field(default=[], description="Countries to which it is open; empty: every country")
    about: Countries = Field(
        default=[], description="Countries that it is about; a mission's destinations are found and notified as well"
    )
    ecosystems: Ecosystems = Field(default=[])
    keywords: Keywords = Field(default=[])
    opens_at: Moment | None = Field(None, description="Opening; null: at publication, unless `forthcoming`")
    forthcoming: bool = Field(False, description="Published before the date of the opening is known")
    link: Link = Field("", description="Page of the publisher about the call")
    model: DeadlineModel = Field(DeadlineModel.SINGLE, description="Number and meaning of the cut-offs")
    eligibility: Eligibility = Eligibility()
    budget: Budget | None = None
    mission: Mission | None = Field(None, description="Only for calls of the kind `mission`")
    documents: Annotated[list[TitledLink], Distinct(30)] = Field(default=[])

    @field_validator("mission")
    @classmethod
    def _only_missions(cls, mission: Mission | None, seen: ValidationInfo) -> Mission | None:
        if mission and seen.data.get("kind", CallKind.MISSION) is not CallKind.MISSION:
            raise ValueError(_("Only a call of the kind mission has this field. Leave it out or change the kind."))
        return mission


class CallBody(CallContent):
    """A call as its publisher sends it: with one `deadline` in a `timezone`, or with the `cut_offs` of its model."""

    timezone: Zone = Field(BRUSSELS, description="Time zone in which the deadline is shown")
    deadline: Moment | None = Field(
        None, description="With an offset: 2016-06-30T17:00:00+02:00; a day closes at 17:00 in the time zone"
    )
    cut_offs: list[CutOff] = Field([], max_length=MOST_CUT_OFFS, validate_default=True, description="Earliest first")
    reason: Annotated[str, Paragraphs(500)] = Field("", description="Why the deadlines change; kept in the history")

    @field_validator("deadline", mode="before")
    @classmethod
    def _at_closing_hour(cls, value: Any, seen: ValidationInfo) -> Any:
        return at_closing_hour(value, seen.data["timezone"]) if "timezone" in seen.data else value

    @field_validator("deadline")
    @classmethod
    def _opens_first(cls, deadline: datetime | None, seen: ValidationInfo) -> datetime | None:
        if deadline and (opens_at := seen.data.get("opens_at")) and deadline <= opens_at:
            raise ValueError(OPENING_FIRST)
        return deadline

    @field_validator("cut_offs")
    @classmethod
    def _by_the_model(cls, cut_offs: list[CutOff], seen: ValidationInfo) -> list[CutOff]:
        if not {"deadline", "timezone", "model"} <= seen.data.keys():
            return cut_offs  # the field errors of these are reported already
        if seen.data["deadline"] and cut_offs:
            raise ValueError(_("Send either a deadline or cut-offs, not both."))
        if not seen.data["deadline"] and not cut_offs:
            raise ValueError(_("The deadline is missing. Send one deadline, or cut-offs."))
        if not cut_offs:
            cut_offs = [CutOff(deadline=seen.data["deadline"], timezone=seen.data["timezone"])]
        check_order(seen.data["model"], cut_offs)
        if (opens_at := seen.data.get("opens_at")) and cut_offs[0].deadline <= opens_at:
            raise ValueError(OPENING_FIRST)
        return cut_offs


class Extension(Body):
    """A later deadline and the reason for it."""

    deadline: Moment
    cut_off: int | None = Field(None, ge=1, le=MOST_NUMBER, description="Its number, from 1; null: the next one")
    reason: Annotated[str, Paragraphs(500, fewest=3)]
