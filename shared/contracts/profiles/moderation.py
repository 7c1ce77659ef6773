"""The events about reports of what is wrong, and the decisions on them."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Event, MemberId, OrganisationId, OrganisationName, Short, Tag, Text, Url, Version

CaseId = Annotated[Tag, Field(description="Id of the case: kind and id of the thing that was reported")]
ThingKind = Annotated[
    Literal["organisation", "post", "partner_request"], Field(description="Kind of the thing that was reported")
]
Verdict = Annotated[
    Literal["nothing_wrong", "warned", "taken_down"], Field(description="Decision of the operators on the thing")
]


class ReportReceived(Event, type="profiles.report.received.v1", subject="case_id"):
    """A thing was reported, or its organisation objects to a decision. Operators are notified, without the words."""

    case_id: CaseId
    version: Version
    kind: ThingKind
    is_objection: bool = Field(False, description="Whether the organisation objects to a decision")
    url: Url


class ReportDecided(Event, type="profiles.report.decided.v1", subject="case_id"):
    """An operator decided on a thing that was reported. The service that owns it takes it down if that is decided."""

    case_id: CaseId
    version: Version
    kind: ThingKind
    thing_id: Tag = Field(description="Id of the thing")
    title: Short = Field(description="Title of the thing")
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    outcome: Verdict
    reason: Text = Field(description="The reason, as the operator wrote it")
    after_objection: bool = Field(False, description="Whether the organisation objected to an earlier decision")
    objectable: bool = Field(False, description="Whether the organisation can object")
    url: Url


class ReportAnswered(Event, type="profiles.report.answered.v1", subject="case_id"):
    """An operator decided on a thing that a member reported. The member is told."""

    member_id: MemberId
    case_id: CaseId
    version: Version
    title: Short = Field(description="Title of the thing")
    outcome: Verdict
    url: Url
