"""Forms, applications and receipts as API users read them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.calls.selection.applications.domain import Application, Form, Submission
from services.calls.selection.applications.form import FormField
from services.calls.selection.applications.states import State
from shared.http.paging import Paging
from shared.ids import Id


class FormView(BaseModel):
    """The form of a call; version 0 has no fields: the call accepts applications elsewhere."""

    call_id: str
    version: int
    fields: list[FormField]

    @classmethod
    def of(cls, form: Form | None, call_id: str) -> "FormView":
        """Return the view of a form, or of a call without one."""
        if form is None:
            return cls(call_id=call_id, version=0, fields=[])
        return cls(call_id=call_id, version=form.version, fields=form.fields)


class ApplicationView(BaseModel):
    """An application as its applicant reads it; `answers` are those saved last."""

    id: str
    version: int
    call_id: str
    call_title: str
    cut_off: int = Field(description="Number of the cut-off, from 1")
    organisation_id: str
    organisation_name: str
    partners: list[str] = Field(description="Ids of the partner organisations")
    form: int = Field(description="Version of the form that the answers fit")
    answers: dict[str, Any]
    state: State
    submissions: int = Field(description="Number of submissions")
    submitted_at: datetime | None
    receipt: str = Field(description="Hash of the newest submission")
    rank: int | None = Field(description="Place on the reserve list, from 1")
    reason: str = Field(description="Reason for the decision")
    commitment: int = Field(description="Cents set aside once the application is selected")
    claim_id: str | None

    @classmethod
    def of(cls, application: Application) -> "ApplicationView":
        """Return the view of an application."""
        return cls(**application.model_dump(include=set(cls.model_fields)))


class ApplicationFilter(Paging):
    """Query parameters of a list of applications."""

    organisation_id: Id = Field(description="Id of the organisation that applies")


class ReceiptCheck(BaseModel):
    """The submission that a receipt proves, and the result of verifying it."""

    genuine: bool = Field(description="Whether the stored submission still has this hash")
    counts: bool = Field(description="Whether it is the newest submission of an application that is not withdrawn")
    application_id: str
    number: int = Field(description="Number of the submission, from 1")
    call_id: str
    cut_off: int = Field(description="Number of the cut-off, from 1")
    deadline: datetime
    at: datetime = Field(description="Time of the submission")

    @classmethod
    def of(cls, submission: Submission, *, counts: bool) -> "ReceiptCheck":
        """Return the result of verifying the receipt of a submission."""
        return cls(
            genuine=submission.facts_hash() == submission.hash,
            counts=counts,
            application_id=submission.application_id,
            number=submission.number,
            call_id=submission.call_id,
            cut_off=submission.cut_off,
            deadline=submission.deadline,
            at=submission.at,
        )
