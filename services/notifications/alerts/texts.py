"""Texts of alerts: a function for each event type renders title, text, link and occasion."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.clock import day, moment, period, until
from shared.contracts import calls, matchmaking, profiles


@dataclass(frozen=True)
class AlertText:
    """The part of an alert that is the same for every member. Alerts with one occasion share an e-mail."""

    occasion: str
    title: str
    text: str
    url: str
    about: str | None = None  # id of a member whom it names


# --- calls --------------------------------------------------------------------------------------


def call_published(event: calls.CallPublished) -> AlertText:
    """Render the publication of a call."""
    call = event.call
    title, opening = ("Apply", "") if event.is_open else _opening(call)
    published = f"{call.organisation_name} published a {call.kind.label.lower()}."
    text = " ".join(filter(None, [published, opening, _deadline(call), call.summary]))
    return AlertText(f"call:{event.call_id}:published", f"{title}: {call.title}", text, call.url)


def call_opened(event: calls.CallOpened) -> AlertText:
    """Render the opening of a call that was published before it."""
    call = event.call
    opening = f"{call.opens_at:%Y%m%d%H%M}" if call.opens_at else ""
    text = f"This call accepts applications now. {_deadline(call)} {call.summary}"
    return AlertText(f"call:{event.call_id}:opened:{opening}", f"Apply: {call.title}", text.strip(), call.url)


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
    return AlertText(
        occasion,
        f"Closes in {left}: {call.title}",
        f"{_deadline(call)} Applications are accepted until then.",
        call.url,
    )


def draft_due(event: calls.DeadlineApproached) -> AlertText:
    """Render the reminder of a deadline for an organisation with a draft."""
    text = f"{_deadline(event.call)} Your application is a draft. It counts only if you submit it before then."
    return replace(deadline_approached(event), title=f"Submit your draft: {event.call.title}", text=text)


def cut_off_passed(event: calls.CutOffPassed) -> AlertText:
    """Render the end of a cut-off for the publisher."""
    return _cut_off_over(event.call_id, event.call, event.passed_at)


def call_closed(event: calls.CallClosed) -> AlertText:
    """Render the end of the last cut-off for the publisher."""
    return _cut_off_over(event.call_id, event.call, event.call.deadline)


def _cut_off_over(call_id: str, call: calls.CallFacts, passed_at: datetime) -> AlertText:
    text = (
        f"The cut-off of {moment(passed_at, call.timezone)} has passed. "
        "Name assessors and open the applications that were submitted on the platform, if there are any."
    )
    return AlertText(f"call:{call_id}:passed:{passed_at:%Y%m%d%H%M}", f"Cut-off passed: {call.title}", text, call.url)


def form_revised(event: calls.FormRevised) -> AlertText:
    """Render a new version of an application form for the applicants."""
    text = (
        "The application form changed. An application that you submitted counts as it is. To submit a draft or a "
        f"change, read the new form and save your answers again. {_deadline(event.call)}"
    )
    return AlertText(f"call:{event.call_id}:form:{event.form}", f"New form: {event.call.title}", text, event.call.url)


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


def question_answered_for_others(event: calls.QuestionAnswered) -> AlertText:
    """Render an answer for members who did not ask, but are involved in the call."""
    answered = question_answered(event)
    return replace(answered, text=answered.text.replace("Your question:", "A question about this call:", 1))


def _opening(call: calls.CallFacts) -> tuple[str, str]:
    """Return the first words of the title, and a sentence, about a call that is not open yet."""
    if call.opens_at is None:
        return "Opens later", "The date of its opening is not yet known."
    opens_on = day(call.opens_at, call.timezone)
    return f"Opens on {opens_on}", f"It opens on {moment(call.opens_at, call.timezone)}."


def _deadline(call: calls.CallFacts) -> str:
    return f"Deadline: {until(call.deadline, call.timezone)}."


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
    return period(gathering.starts_at, gathering.ends_at, gathering.timezone)


# --- organisations and partners -----------------------------------------------------------------


def review_requested(event: profiles.ReviewRequested) -> AlertText:
    """Render the request for a review, without the name, which was not reviewed."""
    whats = {"profile": "An organisation submitted its profile", "change": "A public profile has a new name or kind"}
    text = f"{whats[event.what]}. Read it on the page, and publish or return it."
    occasion = f"organisation:{event.organisation_id}:review:{event.version}"
    return AlertText(occasion, f"Review a {event.what}" + " of a profile" * (event.what == "change"), text, event.url)


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


WITHDRAWALS = {
    "withdrawn": ("Withdrawn", "The profile is no longer public, because one of its administrators withdrew it."),
    "taken_down": ("Taken down", "The profile is no longer public. You can change it and submit it for review again."),
    "merged": ("Merged", "The profile is merged into another one of the same organisation, which you belong to now."),
}


def organisation_withdrawn(event: profiles.OrganisationWithdrawn) -> AlertText:
    """Render the end of a public profile: withdrawn, taken down or merged."""
    title, text = WITHDRAWALS[event.cause]
    if event.reasons:
        text = f"{text} Reasons given by the operator: {' '.join(event.reasons)}"
    occasion = f"organisation:{event.organisation_id}:v{event.version}"
    return AlertText(occasion, f"{title}: {event.name}", text, event.url)


def organisation_reminded(event: profiles.OrganisationReminded) -> AlertText:
    """Render the request to look at a profile that did not change for long."""
    text = "The profile has not changed for a year. Open it, then change it or confirm that it is still correct."
    occasion = f"organisation:{event.organisation_id}:reminded:{event.version}"
    return AlertText(occasion, f"Check the profile: {event.name}", text, event.url)


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


def post_published(event: profiles.PostPublished) -> AlertText:
    """Render the publication of a post for the followers of its organisation."""
    post = event.post
    what = {"news": "news", "announcement": "an announcement", "document": "a document"}[post.kind]
    text = f"{post.organisation_name} published {what}. Read it on the page."
    return AlertText(f"post:{event.post_id}", f"{post.kind.capitalize()}: {post.title}", text, post.url)


def partners_proposed(event: matchmaking.PartnersProposed) -> AlertText:
    """Render proposed partners, with the occasion of the call, so that both share an e-mail.

    It names the organisations, whose names were reviewed, and leaves out the words of their offers and requests.
    """
    names = "; ".join(proposal.organisation_name for proposal in event.proposals)
    text = f"These organisations fit your partner offer or request: {names}. Read the reasons on the page."
    return AlertText(f"call:{event.call_id}:published", f"Meet partners for: {event.call_title}", text, event.url)


def partner_request_published(event: matchmaking.PartnerRequestPublished) -> AlertText:
    """Render a partner offer or request for followers of the organisation, without its words: no one reviewed them."""
    title, text = "Partner wanted", f"{event.organisation_name} looks for a partner. Read on the page what for."
    if event.side == "offer":
        title, text = "Partner offered", f"{event.organisation_name} offers to be a partner. Read on the page in what."
    return AlertText(f"partner-request:{event.request_id}", f"{title}: {event.organisation_name}", text, event.url)


def partner_request_reminded(event: matchmaking.PartnerRequestReminded) -> AlertText:
    """Render that a partner offer or request expires, for the members of its organisation."""
    shown = f"It is shown until {until(event.expires_at, 'Europe/Brussels')}."
    text = f"{shown} Renew it with one click if you still look for a partner, or close it."
    occasion = f"partner-request:{event.request_id}:expires:{event.expires_at:%Y-%m-%dT%H:%M}"
    return AlertText(occasion, f"Expires in a week: {event.title}", text, event.url)


def partner_request_matched(event: matchmaking.PartnerRequestMatched) -> AlertText:
    """Render a new offer or request for a member whose own it fits; it shares an e-mail with what followers read."""
    does = "offers what you look for" if event.side == "offer" else "looks for what you offer"
    text = f"{event.organisation_name} {does}: you share an ecosystem, and the countries fit. Read it on the page."
    occasion = f"partner-request:{event.request_id}"
    return AlertText(occasion, f"A partner for you: {event.organisation_name}", text, event.url)
