"""Texts of alerts: a function for each event type renders title, text, link and occasion."""

from dataclasses import dataclass

from shared.clock import moment
from shared.contracts import calls, matchmaking, profiles


@dataclass(frozen=True)
class AlertText:
    """The part of an alert that is the same for every member. Alerts with one occasion share an e-mail."""

    occasion: str
    title: str
    text: str
    url: str


# --- calls --------------------------------------------------------------------------------------


def call_published(event: calls.CallPublished) -> AlertText:
    """Render the publication of a call."""
    call = event.call
    text = f"{call.organisation_name} published a {call.kind.label.lower()}. {_deadline(call)} {call.summary}"
    return AlertText(f"call:{event.call_id}:published", f"Apply: {call.title}", text.strip(), call.url)


def call_changed(event: calls.CallChanged) -> AlertText:
    """Render the change of a call."""
    call = event.call
    text = f"Changes: {'; '.join(event.changes)}. {_deadline(call)}"
    return AlertText(f"call:{event.call_id}:v{call.version}", f"Changed: {call.title}", text, call.url)


def call_withdrawn(event: calls.CallWithdrawn) -> AlertText:
    """Render the withdrawal of a call."""
    text = f"This call was withdrawn; you can no longer apply. Reason: {event.reason}"
    return AlertText(f"call:{event.call_id}:withdrawn", f"Withdrawn: {event.call.title}", text, event.call.url)


def deadline_approached(event: calls.DeadlineApproached) -> AlertText:
    """Render the reminder of a deadline."""
    call = event.call
    left = "one day" if event.days == 1 else f"{event.days} days"
    occasion = f"call:{event.call_id}:closing:{event.days}:{call.deadline:%Y%m%d%H%M}"
    return AlertText(occasion, f"Closes in {left}: {call.title}", f"{_deadline(call)} Apply before then.", call.url)


def question_asked(event: calls.QuestionAsked) -> AlertText:
    """Render a question for the organisation that published the call, without the words of the stranger who asked."""
    call, occasion = event.call, f"question:{event.question_id}:asked"
    text = "A member asked a question about this call. Read it on the page of the call, and answer it there."
    return AlertText(occasion, f"Answer a question: {call.title}", text, f"{call.url}/questions")


def question_answered(event: calls.QuestionAnswered) -> AlertText:
    """Render an answer for the member who asked."""
    call = event.call
    text = f"Your question: {event.text} Answer: {event.answer}"
    return AlertText(f"question:{event.question_id}:answered", f"Answered: {call.title}", text, f"{call.url}/questions")


def _deadline(call: calls.CallFacts) -> str:
    return f"Deadline: {moment(call.deadline, call.timezone)}."


# --- gatherings ---------------------------------------------------------------------------------


def gathering_published(event: calls.GatheringPublished) -> AlertText:
    """Render the publication of a gathering."""
    gathering = event.gathering
    text = f"{gathering.place}, {_period(gathering)}. {gathering.summary}"
    occasion = f"gathering:{event.gathering_id}:published"
    return AlertText(occasion, f"Save the date: {gathering.title}", text.strip(), gathering.url)


def gathering_changed(event: calls.GatheringChanged) -> AlertText:
    """Render the change of a gathering for the members who follow it."""
    return _gathering_changed(event.gathering_id, event.gathering, event.changes)


def gathering_cancelled(event: calls.GatheringCancelled) -> AlertText:
    """Render the cancellation of a gathering for the members who follow it."""
    return _gathering_cancelled(event.gathering_id, event.gathering, event.reason)


def participant_affected(event: calls.ParticipantAffected) -> AlertText:
    """Render a change or a cancellation for a participant, with the occasion that members who follow it see."""
    if event.cancelled:
        return _gathering_cancelled(event.gathering_id, event.gathering, event.changes[0])
    return _gathering_changed(event.gathering_id, event.gathering, event.changes)


def participant_registered(event: calls.ParticipantRegistered) -> AlertText:
    """Render a registration, or a place that a member on the waiting list received."""
    text = "The page of the gathering shows its time and place, and how to add it to your calendar."
    title = f"You are registered: {event.title}"
    if event.promoted:
        title = f"You have a place: {event.title}"
        text = (
            "A place became free and is now yours. If you cannot come, cancel your registration, "
            f"so that the next member on the waiting list receives the place. {text}"
        )
    return AlertText(f"gathering:{event.gathering_id}:place:{event.version}", title, text, event.url)


def _gathering_changed(id: str, gathering: calls.GatheringFacts, changes: list[str]) -> AlertText:
    text = f"Changes: {'; '.join(changes)}. It takes place {_period(gathering)}, {gathering.place}."
    return AlertText(f"gathering:{id}:v{gathering.version}", f"Changed: {gathering.title}", text, gathering.url)


def _gathering_cancelled(id: str, gathering: calls.GatheringFacts, reason: str) -> AlertText:
    text = f"This gathering will not take place. Reason: {reason}"
    return AlertText(f"gathering:{id}:cancelled", f"Cancelled: {gathering.title}", text, gathering.url)


def _period(gathering: calls.GatheringFacts) -> str:
    starts, ends = moment(gathering.starts_at, gathering.timezone), moment(gathering.ends_at, gathering.timezone)
    return f"from {starts} to {ends}"


# --- applications and claims --------------------------------------------------------------------


def application_decided(event: calls.ApplicationDecided) -> AlertText:
    """Render the decision on an application."""
    match event.outcome:
        case "selected":
            title, text = "Selected", "Your application was selected."
        case "reserve":
            title, text = "On the reserve list", f"Your application is number {event.rank} on the reserve list."
        case "rejected":
            title, text = "Not selected", "Your application was not selected."
    application = event.application
    occasion = f"application:{event.application_id}:{event.outcome}"
    text = f"{text} Read the reasons in the application."
    return AlertText(occasion, f"{title}: {application.call_title}", text, application.url)


def application_cancelled(event: calls.ApplicationCancelled) -> AlertText:
    """Render the end of an application whose call was withdrawn."""
    text = (
        "The call was withdrawn. Your application is therefore cancelled, "
        "together with any place or funding reserved for you."
    )
    application = event.application
    title = f"Application cancelled: {application.call_title}"
    return AlertText(f"application:{event.application_id}:cancelled", title, text, application.url)


def reserve_promoted(event: calls.ReservePromoted) -> AlertText:
    """Render the selection of an application from the reserve list."""
    text = "A place became free. Your application moved up from the reserve list and is now selected."
    application = event.application
    occasion = f"application:{event.application_id}:promoted"
    return AlertText(occasion, f"Selected: {application.call_title}", text, application.url)


def assessor_named(event: calls.AssessorNamed) -> AlertText:
    """Render the task of an assessor, without the title of the call: any publisher can name any member."""
    text = (
        "You were named as an assessor of a call. "
        f"You can read and score its applications from {moment(event.sealed_until, event.timezone)}."
    )
    if event.assess_by:
        text += f" Please send your scores by {moment(event.assess_by, event.timezone)}."
    occasion = f"round:{event.call_id}:{event.cut_off}:assessor"
    return AlertText(occasion, "Assess: you were named as an assessor", text, event.url)


def claim_reviewed(event: calls.ClaimReviewed) -> AlertText:
    """Render the return or the approval of a claim."""
    if event.outcome == "returned":
        title = "Correct your claim"
        text = "Your claim was returned. Read the reason in the claim, correct it and submit it again."
    else:
        title, text = "Claim approved", "Your claim was approved and will be paid next."
    occasion = f"claim:{event.claim_id}:{event.outcome}:{event.application.trail}"
    return AlertText(occasion, f"{title}: {event.application.call_title}", text, event.url)


def claim_rejected(event: calls.ClaimRejected) -> AlertText:
    """Render the rejection of a claim."""
    text = "Your claim was rejected and nothing will be paid for it. Read the reason in the claim."
    title = f"Claim rejected: {event.application.call_title}"
    return AlertText(f"claim:{event.claim_id}:rejected", title, text, event.url)


def claim_paid(event: calls.ClaimPaid) -> AlertText:
    """Render the payment of a claim."""
    text = f"{event.cents // 100:,}.{event.cents % 100:02} {event.currency} were paid."
    return AlertText(f"claim:{event.claim_id}:paid", f"Paid: {event.application.call_title}", text, event.url)


# --- organisations and partners -----------------------------------------------------------------


def organisation_published(event: profiles.OrganisationPublished) -> AlertText:
    """Render the publication of a profile."""
    text = "The profile passed its review and is now public."
    return AlertText(f"organisation:{event.organisation_id}:published", f"Published: {event.name}", text, event.url)


def organisation_returned(event: profiles.OrganisationReturned) -> AlertText:
    """Render the return or the rejection of a profile."""
    text = f"Reasons given by the reviewer: {' '.join(event.reasons)}"
    if event.outcome == "changes_requested":
        title, text = "Change the profile", f"Change the profile and submit it again. {text}"
    else:
        title = "Profile rejected"
    occasion = f"organisation:{event.organisation_id}:v{event.version}"
    return AlertText(occasion, f"{title}: {event.name}", text, event.url)


def change_reviewed(event: profiles.ChangeReviewed) -> AlertText:
    """Render the decision on a new name, acronym, kind or country of a public profile."""
    title, text = "Change accepted", "The new name, acronym, kind and country are public now."
    if event.outcome == "refused":
        title = "Change refused"
        reasons = f"Reasons given by the reviewer: {' '.join(event.reasons)}"
        text = f"The profile keeps its name, acronym, kind and country. {reasons}"
    return AlertText(
        f"organisation:{event.organisation_id}:v{event.version}", f"{title}: {event.name}", text, event.url
    )


def partners_proposed(event: matchmaking.PartnersProposed) -> AlertText:
    """Render proposed partners, with the occasion of the call, so that both share an e-mail.

    It names the organisations, whose names were reviewed, and leaves out the words of their offers and requests.
    """
    names = "; ".join(proposal.organisation_name for proposal in event.proposals)
    text = f"These organisations fit your partner offer or request: {names}. Read the reasons on the page."
    return AlertText(f"call:{event.call_id}:published", f"Meet partners for: {event.call_title}", text, event.url)
