"""What calls announces."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Event, Part, Short, Tag, Text
from shared.vocabulary import CallKind, Country, Ecosystem


class CallFacts(Part):
    """What others need to know of a call, carried by every event about it."""

    version: int
    title: Short
    summary: Text = ""
    kind: CallKind
    organisation_name: Short
    organisation_id: Tag | None = None
    countries: list[Country] = Field(default=[], max_length=250)
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    keywords: list[Tag] = Field(default=[], max_length=50)
    opens_at: AwareDatetime | None = None
    deadline: AwareDatetime
    timezone: Tag
    url: Short
    cut_off: Tag = Field("", description="What the deadline is called, where a call has several")
    history: Tag = Field("", description="Hash of the newest entry of the deadlines' history, for whoever keeps it")


class CallPublished(Event, type="calls.call.published.v1", subject="call_id"):
    """A call can be read, and who follows its themes should know."""

    call_id: Tag
    call: CallFacts


class CallChanged(Event, type="calls.call.changed.v1", subject="call_id"):
    """A published call says something new, for instance a later deadline."""

    call_id: Tag
    call: CallFacts
    changes: list[Text] = Field(max_length=20, description="What changed, in words")


class CallWithdrawn(Event, type="calls.call.withdrawn.v1", subject="call_id"):
    """A published call will not take place."""

    call_id: Tag
    call: CallFacts
    reason: Text


class DeadlineApproached(Event, type="calls.deadline.approached.v1", subject="call_id"):
    """The call closes within that many days."""

    call_id: Tag
    call: CallFacts
    days: Literal[7, 1]


class CallClosed(Event, type="calls.call.closed.v1", subject="call_id"):
    """The deadline of a published call is over."""

    call_id: Tag
    call: CallFacts


class CutOffPassed(Event, type="calls.cutoff.passed.v1", subject="call_id"):
    """One of several cut-offs passed; the call's deadline is the next one now."""

    call_id: Tag
    call: CallFacts
    number: int = Field(ge=1, description="Which one, counted from 1; it never changes any more")
    passed_at: AwareDatetime


class QuestionAsked(Event, type="calls.question.asked.v1", subject="question_id"):
    """For the call's publishers."""

    question_id: Tag
    call_id: Tag
    call: CallFacts
    text: Text


class QuestionAnswered(Event, type="calls.question.answered.v1", subject="question_id"):
    """For the member who asked; everybody can read it from now on."""

    question_id: Tag
    call_id: Tag
    call: CallFacts
    member_id: Tag
    text: Text
    answer: Text


class GatheringFacts(Part):
    """What others need to know of a gathering."""

    version: int
    title: Short
    summary: Text = ""
    organisation_name: Short
    organisation_id: Tag | None = None
    countries: list[Country] = Field(default=[], max_length=250)
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    keywords: list[Tag] = Field(default=[], max_length=50)
    place: Short
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: Tag
    url: Short
    mode: Literal["on_site", "online", "hybrid"] = Field("on_site", description="How one takes part")


class GatheringPublished(Event, type="calls.gathering.published.v1", subject="gathering_id"):
    """A gathering can be read in the calendar."""

    gathering_id: Tag
    gathering: GatheringFacts


class GatheringChanged(Event, type="calls.gathering.changed.v1", subject="gathering_id"):
    """A published gathering says something new, for instance another hour or place."""

    gathering_id: Tag
    gathering: GatheringFacts
    changes: list[Text] = Field(max_length=20, description="What changed, in words")


class GatheringCancelled(Event, type="calls.gathering.cancelled.v1", subject="gathering_id"):
    """A published gathering will not take place."""

    gathering_id: Tag
    gathering: GatheringFacts
    reason: Text


class ParticipantRegistered(Event, type="calls.participant.registered.v1", subject="gathering_id"):
    """A member has a place. Who only waits for one is nobody's business but hers."""

    gathering_id: Tag
    member_id: Tag
    organisation_id: Tag | None = Field(None, description="For whom she comes, if she said so")
    version: int = Field(description="Of her registration: it rises when she leaves, and when she comes again")
    promoted: bool = Field(False, description="Whether she got it from the waiting list")
    title: Short = Field("", description="What the gathering was called")
    url: Short = ""


class ParticipantLeft(Event, type="calls.participant.left.v1", subject="gathering_id"):
    """A member gave up her place."""

    gathering_id: Tag
    member_id: Tag
    version: int


class ParticipantAffected(Event, type="calls.participant.affected.v1", subject="gathering_id"):
    """What a member has a place in, or waits for, is not what it was: one event for each of them."""

    gathering_id: Tag
    gathering: GatheringFacts
    member_id: Tag
    cancelled: bool = False
    changes: list[Text] = Field(max_length=20, description="What changed, in words; or why it was cancelled")


class ApplicationFacts(Part):
    """What others need to know of an application: whose it is and to what; nothing of what it says."""

    version: int
    call_id: Tag
    call_title: Short
    call_kind: CallKind
    cut_off: int = Field(ge=1, description="Which cut-off of the call, counted from 1")
    organisation_id: Tag
    organisation_name: Short
    url: Short
    trail: Tag = Field("", description="Hash of the newest entry of its audit trail, for whoever keeps it")


class ApplicationDecided(Event, type="calls.application.decided.v1", subject="application_id"):
    """For the applicant: selected, on the reserve list, or rejected. The reasons are read there."""

    application_id: Tag
    application: ApplicationFacts
    outcome: Literal["selected", "reserve", "rejected"]
    rank: int | None = Field(None, description="On the reserve list, from 1")


class AssessorNamed(Event, type="calls.assessor.named.v1", subject="call_id"):
    """For the assessor: the applications of a call's cut-off are hers to score. Of her, only the id is said."""

    call_id: Tag
    call_title: Short
    cut_off: int = Field(ge=1, description="Which cut-off of the call, counted from 1")
    member_id: Tag
    sealed_until: AwareDatetime = Field(description="The cut-off: nobody reads the applications before it")
    assess_by: AwareDatetime | None = Field(None, description="Until when her scores are asked for, if that was said")
    timezone: Tag
    url: Short


class ApplicationCancelled(Event, type="calls.application.cancelled.v1", subject="application_id"):
    """The call was withdrawn: a place and money that were promised, or waited for, are promised no more."""

    application_id: Tag
    application: ApplicationFacts


class ReservePromoted(Event, type="calls.reserve.promoted.v1", subject="application_id"):
    """A place became free, and the first of the reserve list has it."""

    application_id: Tag
    application: ApplicationFacts


class ExpressionDecided(Event, type="calls.expression.decided.v1", subject="application_id"):
    """An expression of interest was decided on, or withdrawn after that; a selected one is a partnership."""

    application_id: Tag
    application: ApplicationFacts
    outcome: Literal["selected", "reserve", "rejected", "withdrawn"]
    partner_ids: list[Tag] = Field(default=[], max_length=50, description="Organisations beside the applicant")


class ClaimReviewed(Event, type="calls.claim.reviewed.v1", subject="claim_id"):
    """A claim for a mission's costs was returned for correction, or approved."""

    claim_id: Tag
    application: ApplicationFacts
    outcome: Literal["returned", "approved"]
    url: Short


class ClaimRejected(Event, type="calls.claim.rejected.v1", subject="claim_id"):
    """Nothing will be paid for a claim, and it cannot be corrected. The reason is read there."""

    claim_id: Tag
    application: ApplicationFacts
    url: Short


class ClaimPaid(Event, type="calls.claim.paid.v1", subject="claim_id"):
    """What was approved was paid."""

    claim_id: Tag
    application: ApplicationFacts
    cents: int = Field(ge=0)
    currency: Literal["EUR"]
    url: Short
