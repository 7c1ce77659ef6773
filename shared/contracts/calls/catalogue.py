"""The events about calls: published, opened, changed, withdrawn, closed, their deadlines and questions."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import CallId, Countries, Ecosystems, Event, Part, Tag, Text, Timezone, Url, Version
from shared.contracts.calls.fields import (
    About,
    CallTitle,
    Changes,
    Keywords,
    Publisher,
    PublisherName,
    Question,
    QuestionId,
    Reason,
    Summary,
)
from shared.vocabulary import CallKind


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
