"""Which facts become alerts: one row an event type, with whom it concerns and what it says."""

from dataclasses import dataclass

from shared.clock import moment
from shared.contracts import calls, matchmaking, profiles


@dataclass(frozen=True)
class Said:
    """What a fact says to everybody it concerns."""

    occasion: str
    title: str
    text: str
    url: str


def closes(call: calls.CallFacts) -> str:
    return f"Deadline: {moment(call.deadline, call.timezone)}."


def say_published(e: calls.CallPublished) -> Said:
    text = f"{e.call.organisation_name} published a {e.call.kind.label.lower()}. {closes(e.call)}"
    return Said(
        f"call:{e.call_id}:published",
        f"Apply: {e.call.title}",
        f"{text} {e.call.summary}".strip(),
        e.call.url,
    )


def say_changed(e: calls.CallChanged) -> Said:
    text = f"What changed: {'; '.join(e.changes)}. {closes(e.call)}"
    return Said(f"call:{e.call_id}:v{e.call.version}", f"Changed: {e.call.title}", text, e.call.url)


def say_withdrawn(e: calls.CallWithdrawn) -> Said:
    return Said(f"call:{e.call_id}:withdrawn", f"Withdrawn: {e.call.title}", f"Reason: {e.reason}", e.call.url)


def say_closing(e: calls.DeadlineApproached) -> Said:
    left = "one day" if e.days == 1 else f"{e.days} days"
    occasion = f"call:{e.call_id}:closing:{e.days}:{e.call.deadline:%Y%m%d%H%M}"
    return Said(occasion, f"Closes in {left}: {e.call.title}", closes(e.call), e.call.url)


def say_asked(e: calls.QuestionAsked) -> Said:
    text = f"Somebody asks about {e.call.title}: {e.text}"
    return Said(
        f"question:{e.question_id}:asked", f"Answer a question: {e.call.title}", text, f"{e.call.url}/questions"
    )


def say_answered(e: calls.QuestionAnswered) -> Said:
    text = f"You asked: {e.text} The answer: {e.answer}"
    return Said(f"question:{e.question_id}:answered", f"Answered: {e.call.title}", text, f"{e.call.url}/questions")


def say_gathering(e: calls.GatheringPublished) -> Said:
    it = e.gathering
    text = f"{it.place}, from {moment(it.starts_at, it.timezone)} to {moment(it.ends_at, it.timezone)}. {it.summary}"
    return Said(f"gathering:{e.gathering_id}:published", f"Save the date: {it.title}", text.strip(), it.url)


def say_gathering_changed(e: calls.GatheringChanged | calls.ParticipantAffected) -> Said:
    """Who follows it and has a place gets one e-mail: both are the same occasion."""
    it = e.gathering
    if isinstance(e, calls.ParticipantAffected) and e.cancelled:
        return cancelled(e.gathering_id, it, e.changes[0])
    when = f"It is from {moment(it.starts_at, it.timezone)} to {moment(it.ends_at, it.timezone)}, {it.place}."
    text = f"What changed: {'; '.join(e.changes)}. {when}"
    return Said(f"gathering:{e.gathering_id}:v{it.version}", f"Changed: {it.title}", text, it.url)


def say_gathering_cancelled(e: calls.GatheringCancelled) -> Said:
    return cancelled(e.gathering_id, e.gathering, e.reason)


def cancelled(id: str, it: calls.GatheringFacts, reason: str) -> Said:
    return Said(f"gathering:{id}:cancelled", f"Cancelled: {it.title}", f"Reason: {reason}", it.url)


def say_place(e: calls.ParticipantRegistered) -> Said:
    free = "A place became free, and it is yours. If you cannot come, decline it: the next one waits for it. "
    text = f"{free if e.promoted else ''}Its page says when and where, and how to add it to your calendar."
    title = f"{'You have a place' if e.promoted else 'You are registered'}: {e.title}"
    return Said(f"gathering:{e.gathering_id}:place:{e.version}", title, text, e.url)


def say_organisation_published(e: profiles.OrganisationPublished) -> Said:
    text = "The profile passed its review and is public now."
    return Said(f"organisation:{e.organisation_id}:published", f"Published: {e.name}", text, e.url)


def say_returned(e: profiles.OrganisationReturned) -> Said:
    verb = "Please change" if e.outcome == "changes_requested" else "Rejected"
    text = "The reviewer says: " + " ".join(e.reasons)
    return Said(f"organisation:{e.organisation_id}:v{e.version}", f"{verb}: {e.name}", text, e.url)


def say_partners(e: matchmaking.PartnersProposed) -> Said:
    text = " ".join(f"{proposal.reason}." for proposal in e.proposals)
    return Said(f"call:{e.call_id}:published", f"Meet partners for: {e.call_title}", text, e.url)


OUTCOMES = {
    "selected": ("Selected", "Your application was selected."),
    "reserve": ("On the reserve list", "Your application is on the reserve list, at number {rank}."),
    "rejected": ("Not selected", "Your application was not selected."),
}


def say_decided(e: calls.ApplicationDecided) -> Said:
    verb, text = OUTCOMES[e.outcome]
    occasion = f"application:{e.application_id}:{e.outcome}"
    text = f"{text.format(rank=e.rank)} The reasons are with the application."
    return Said(occasion, f"{verb}: {e.application.call_title}", text, e.application.url)


def say_assessor_named(e: calls.AssessorNamed) -> Said:
    text = f"Its applications are yours to score. They can be read from {moment(e.sealed_until, e.timezone)} on."
    until = f" Please score them by {moment(e.assess_by, e.timezone)}." if e.assess_by else ""
    return Said(f"round:{e.call_id}:{e.cut_off}:assessor", f"Assess: {e.call_title}", text + until, e.url)


def say_called_off(e: calls.ApplicationCancelled) -> Said:
    text = "The call was withdrawn. Your application ends with it, and what was promised to you, if anything was."
    occasion = f"application:{e.application_id}:cancelled"
    return Said(occasion, f"Called off: {e.application.call_title}", text, e.application.url)


def say_promoted(e: calls.ReservePromoted) -> Said:
    text = "A place became free: your application moved up from the reserve list and is selected."
    occasion = f"application:{e.application_id}:promoted"
    return Said(occasion, f"Selected: {e.application.call_title}", text, e.application.url)


def say_claim_reviewed(e: calls.ClaimReviewed) -> Said:
    verb = "Correct your claim" if e.outcome == "returned" else "Claim approved"
    text = "It was returned; the reason is with the claim." if e.outcome == "returned" else "It will be paid next."
    occasion = f"claim:{e.claim_id}:{e.outcome}:{e.application.trail}"
    return Said(occasion, f"{verb}: {e.application.call_title}", text, e.url)


def say_claim_rejected(e: calls.ClaimRejected) -> Said:
    text = "Nothing will be paid for it; the reason is with the claim."
    return Said(f"claim:{e.claim_id}:rejected", f"Claim rejected: {e.application.call_title}", text, e.url)


def say_claim_paid(e: calls.ClaimPaid) -> Said:
    text = f"{e.cents // 100:,}.{e.cents % 100:02} {e.currency} were paid."
    return Said(f"claim:{e.claim_id}:paid", f"Paid: {e.application.call_title}", text, e.url)
