"""The events that calls publishes."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import (
    CallId,
    Countries,
    Ecosystems,
    Event,
    MemberId,
    OrganisationId,
    OrganisationName,
    Part,
    Short,
    Tag,
    Text,
    Timezone,
    Url,
    Version,
)
from shared.vocabulary import CallKind, Country

About = Annotated[
    list[Country],
    Field(max_length=250, description="ISO 3166-1 codes of the countries that it is about, such as destinations"),
]
ApplicationId = Annotated[Tag, Field(description="Id of the application")]
CallTitle = Annotated[Short, Field(description="Title of the call")]
Changes = Annotated[list[Text], Field(max_length=20, description="The changes, each as an English phrase")]
ClaimId = Annotated[Tag, Field(description="Id of the claim")]
CutOffNumber = Annotated[int, Field(ge=1, description="Number of the call's cut-off, counted from 1")]
GatheringId = Annotated[Tag, Field(description="Id of the gathering")]
Keywords = Annotated[list[Tag], Field(max_length=50, description="Keywords, as the publisher wrote them")]
QuestionId = Annotated[Tag, Field(description="Id of the question")]
Question = Annotated[Text, Field(description="The question")]
Reason = Annotated[Text, Field(description="The reason, as the publisher wrote it")]
Summary = Annotated[Text, Field(description="Short description in plain text")]
Publisher = Annotated[
    Tag | None, Field(description="Id of the publishing organisation; null if an operator published it")
]
PublisherName = Annotated[Short, Field(description="Name of the publishing organisation")]


class CallFacts(Part):
    """A call as every event about it describes it."""

    version: Version
    title: CallTitle
    summary: Summary = ""
    kind: CallKind = Field(description="Kind of call")
    organisation_name: PublisherName
    organisation_id: Publisher = None
    countries: Countries = Field([])
    about: About = Field([])
    ecosystems: Ecosystems = Field([])
    keywords: Keywords = Field([])
    opens_at: AwareDatetime | None = Field(None, description="Time from which applications are accepted, if known")
    deadline: AwareDatetime = Field(description="The next deadline, or the last one of a closed call")
    timezone: Timezone
    url: Url
    cut_off: Tag = Field("", description="Name of that deadline, if the call has several (cut-offs)")
    history: Tag = Field("", description="Hash of the newest entry in the history of deadlines, to verify it later")


class CallPublished(Event, type="calls.call.published.v1", subject="call_id"):
    """A call was published. Members who follow its topics get an alert."""

    call_id: CallId
    call: CallFacts
    is_open: bool = Field(
        True, description="False if it accepts no applications yet; `opens_at` is its opening, if the date is known"
    )


class CallOpened(Event, type="calls.call.opened.v1", subject="call_id"):
    """A call that was published before its opening accepts applications from now on."""

    call_id: CallId
    call: CallFacts


class CallChanged(Event, type="calls.call.changed.v1", subject="call_id"):
    """A published call was changed, for instance its deadline was extended. Copies of the call need an update."""

    call_id: CallId
    call: CallFacts
    changes: Changes


class CallWithdrawn(Event, type="calls.call.withdrawn.v1", subject="call_id"):
    """A published call was withdrawn and will not take place."""

    call_id: CallId
    call: CallFacts
    reason: Reason


class DeadlineApproached(Event, type="calls.deadline.approached.v1", subject="call_id"):
    """A call's deadline is 7 days or 1 day away. Members who follow its topics get a reminder."""

    call_id: CallId
    call: CallFacts
    days: Literal[7, 1] = Field(description="Number of days until the deadline, at most")


class CallClosed(Event, type="calls.call.closed.v1", subject="call_id"):
    """A published call closed, for instance because its last deadline passed. It accepts no more applications."""

    call_id: CallId
    call: CallFacts


class CutOffPassed(Event, type="calls.cutoff.passed.v1", subject="call_id"):
    """A cut-off has passed and another one follows. The call stays open, and its deadline is now the next cut-off."""

    call_id: CallId
    call: CallFacts
    number: int = Field(ge=1, description="Number of the cut-off that passed, counted from 1; it never changes")
    passed_at: AwareDatetime = Field(description="Time of the cut-off that passed")


class QuestionAsked(Event, type="calls.question.asked.v1", subject="question_id"):
    """A member asked a question about a call. The call's publishers should answer it."""

    question_id: QuestionId
    call_id: CallId
    call: CallFacts
    text: Question
    member_id: Tag | None = Field(None, description="Id of the member who asked; null in events before this field")


class QuestionAnswered(Event, type="calls.question.answered.v1", subject="question_id"):
    """A question about a call was answered. The member who asked is notified, and the answer is now public."""

    question_id: QuestionId
    call_id: CallId
    call: CallFacts
    member_id: Tag = Field(description="Id of the member who asked")
    text: Question
    answer: Text = Field(description="The publisher's answer")


class GatheringFacts(Part):
    """A gathering (an event in the calendar) as every event about it describes it."""

    version: Version
    title: Short = Field(description="Title of the gathering")
    summary: Summary = ""
    organisation_name: PublisherName
    organisation_id: Publisher = None
    countries: Countries = Field([])
    ecosystems: Ecosystems = Field([])
    keywords: Keywords = Field([])
    place: Short = Field(description="Venue and city, or that it is online")
    starts_at: AwareDatetime = Field(description="Start of the gathering")
    ends_at: AwareDatetime = Field(description="End of the gathering")
    timezone: Timezone
    url: Url
    mode: Literal["on_site", "online", "hybrid"] = Field("on_site", description="Way to take part")


class GatheringPublished(Event, type="calls.gathering.published.v1", subject="gathering_id"):
    """A gathering was published in the calendar. Members who follow its topics get an alert."""

    gathering_id: GatheringId
    gathering: GatheringFacts


class GatheringChanged(Event, type="calls.gathering.changed.v1", subject="gathering_id"):
    """A published gathering was changed, for instance its time or place."""

    gathering_id: GatheringId
    gathering: GatheringFacts
    changes: Changes


class GatheringCancelled(Event, type="calls.gathering.cancelled.v1", subject="gathering_id"):
    """A published gathering was cancelled and will not take place."""

    gathering_id: GatheringId
    gathering: GatheringFacts
    reason: Reason


class ParticipantRegistered(Event, type="calls.participant.registered.v1", subject="gathering_id"):
    """A member has a place in a gathering. Waiting-list entries are private and never published."""

    gathering_id: GatheringId
    member_id: MemberId
    organisation_id: Tag | None = Field(None, description="Organisation that the member represents, if stated")
    version: int = Field(description="Version of the registration; it rises when the member leaves or registers again")
    promoted: bool = Field(False, description="True if the place came from the waiting list")
    title: Short = Field("", description="Title of the gathering at that time")
    url: Url = ""


class ParticipantLeft(Event, type="calls.participant.left.v1", subject="gathering_id"):
    """A member gave up their place in a gathering."""

    gathering_id: GatheringId
    member_id: MemberId
    version: int = Field(description="Version of the registration")


class ParticipantAffected(Event, type="calls.participant.affected.v1", subject="gathering_id"):
    """A gathering was changed or cancelled. Each member with a place or on the waiting list gets an event."""

    gathering_id: GatheringId
    gathering: GatheringFacts
    member_id: MemberId
    cancelled: bool = Field(False, description="True if the gathering was cancelled")
    changes: list[Text] = Field(max_length=20, description="The changes, or the reason for the cancellation")


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
