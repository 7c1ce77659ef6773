"""The events from an application to money paid: applications, assessors, decisions, claims."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import CallId, Event, OrganisationId, OrganisationName, Part, Tag, Timezone, Url, Version
from shared.contracts.calls.catalogue import CallFacts
from shared.contracts.calls.fields import ApplicationId, CallTitle, ClaimId, CutOffNumber, Publisher
from shared.vocabulary import CallKind


class ApplicationFacts(Part):
    """An application's organisation and call. The answers in the application are never published."""

    version: Version
    call_id: CallId
    call_title: CallTitle
    call_kind: CallKind = Field(description="Kind of call")
    cut_off: CutOffNumber
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    url: Url
    trail: Tag = Field("", description="Hash of the newest entry in the application's audit log, to verify it later")


class ApplicationStarted(Event, type="calls.application.started.v1", subject="application_id"):
    """An organisation began an application, which is a draft. It is notified of what changes in the call."""

    application_id: ApplicationId
    application: ApplicationFacts
    submitted: bool = Field(False, description="True in a snapshot, if it was submitted since")


class ApplicationSubmitted(Event, type="calls.application.submitted.v1", subject="application_id"):
    """An application was submitted. The applicant gets the receipt, and the publisher is notified without its name."""

    application_id: ApplicationId
    application: ApplicationFacts
    publisher_id: Publisher = None
    number: int = Field(ge=1, description="Number of the submission, counted from 1; the last one counts")
    at: AwareDatetime = Field(description="Time of the submission")
    timezone: Timezone
    receipt: Tag = Field(description="Hash of the submission, which proves it")


class ApplicationWithdrawn(Event, type="calls.application.withdrawn.v1", subject="application_id"):
    """An applicant withdrew an application."""

    application_id: ApplicationId
    application: ApplicationFacts


class ApplicationDeleted(Event, type="calls.application.deleted.v1", subject="application_id"):
    """An applicant deleted a draft that was never submitted. Its version is the one after the last."""

    application_id: ApplicationId
    application: ApplicationFacts


class PartnerNamed(Event, type="calls.partner.named.v1", subject="application_id"):
    """An application names another organisation as a partner. The partner is notified."""

    application_id: ApplicationId
    application: ApplicationFacts
    partner_id: Tag = Field(description="Id of the organisation that is named")


class FormRevised(Event, type="calls.form.revised.v1", subject="call_id"):
    """A published call has a new version of its application form. Applicants are notified."""

    call_id: CallId
    call: CallFacts
    form: int = Field(ge=2, description="Number of the new version")


class ApplicationDecided(Event, type="calls.application.decided.v1", subject="application_id"):
    """An application was decided on. The applicant is notified and reads the reasons on the platform."""

    application_id: ApplicationId
    application: ApplicationFacts
    outcome: Literal["selected", "reserve", "rejected"] = Field(description="The decision; reserve: the reserve list")
    rank: int | None = Field(None, description="Rank on the reserve list, counted from 1")


class AssessorNamed(Event, type="calls.assessor.named.v1", subject="call_id"):
    """A member was named as an assessor of a call. They are notified; the event carries only their id."""

    call_id: CallId
    call_title: CallTitle
    cut_off: CutOffNumber
    member_id: Tag = Field(description="Id of the assessor")
    sealed_until: AwareDatetime = Field(description="Time of the cut-off; applications cannot be read earlier")
    assess_by: AwareDatetime | None = Field(None, description="Date by which scores are requested, if any")
    timezone: Timezone
    url: Url


class AssessorExcused(Event, type="calls.assessor.excused.v1", subject="call_id"):
    """A member was excused from assessing applications to a call. They are notified; only their id is carried."""

    call_id: CallId
    call_title: CallTitle
    cut_off: CutOffNumber
    member_id: Tag = Field(description="Id of the member who no longer assesses")
    url: Url


class ApplicationCancelled(Event, type="calls.application.cancelled.v1", subject="application_id"):
    """A call was withdrawn, so an application to it was cancelled with any place or funding reserved for it."""

    application_id: ApplicationId
    application: ApplicationFacts


class ReservePromoted(Event, type="calls.reserve.promoted.v1", subject="application_id"):
    """A place became free, and the first application on the reserve list was selected."""

    application_id: ApplicationId
    application: ApplicationFacts


class ExpressionDecided(Event, type="calls.expression.decided.v1", subject="application_id"):
    """An expression of interest was decided on, or withdrawn after it. A selected one becomes a partnership."""

    application_id: ApplicationId
    application: ApplicationFacts
    outcome: Literal["selected", "reserve", "rejected", "withdrawn"] = Field(description="The decision, or withdrawn")
    partner_ids: list[Tag] = Field(default=[], max_length=50, description="Organisations other than the applicant")


class ClaimReviewed(Event, type="calls.claim.reviewed.v1", subject="claim_id"):
    """A claim for a mission's costs was approved, or returned for correction. The claimant is notified."""

    claim_id: ClaimId
    application: ApplicationFacts
    outcome: Literal["returned", "approved"] = Field(description="The result of the review")
    url: Url


class ClaimRejected(Event, type="calls.claim.rejected.v1", subject="claim_id"):
    """A claim was rejected: nothing is paid, and it cannot be corrected. The reason is on the platform."""

    claim_id: ClaimId
    application: ApplicationFacts
    url: Url


class ClaimPaid(Event, type="calls.claim.paid.v1", subject="claim_id"):
    """The approved amount of a claim was paid. The claimant is notified."""

    claim_id: ClaimId
    application: ApplicationFacts
    cents: int = Field(ge=0, description="The amount paid, in cents")
    currency: Literal["EUR"] = Field(description="Currency of the amount (ISO 4217)")
    url: Url


class ClaimForwarded(Event, type="calls.claim.forwarded.v1", subject="claim_id"):
    """A claim awaits the publisher's next step: to validate, to approve or to pay it. The publisher is notified."""

    claim_id: ClaimId
    application: ApplicationFacts
    publisher_id: Publisher = None
    step: Literal["validate", "approve", "pay"] = Field(description="The step that comes next")
    url: Url
