"""Texts of alerts about applications, their assessment and claims."""

from services.notifications.alerts.texts import AlertText
from shared.clock import moment
from shared.contracts import calls


def application_submitted(event: calls.ApplicationSubmitted) -> AlertText:
    """Render the receipt of a submission for the applicant."""
    application = event.application
    text = (
        f"Your application was submitted on {moment(event.at, event.timezone)}; this is submission {event.number}, and "
        f"the last one counts. Keep this receipt, which proves its content and time: {event.receipt}"
    )
    occasion = f"application:{event.application_id}:submitted:{event.number}"
    return AlertText(occasion, f"Receipt: {application.call_title}", text, f"/receipts/{event.receipt}")


def application_received(event: calls.ApplicationSubmitted) -> AlertText:
    """Render a submission for the publisher, once for each application and without the name, which is sealed."""
    text = "An organisation applied on the platform. Applications are sealed until their cut-off has passed."
    application = event.application
    occasion = f"application:{event.application_id}:received"
    return AlertText(occasion, f"Application received: {application.call_title}", text, f"/calls/{application.call_id}")


def partner_named(event: calls.PartnerNamed) -> AlertText:
    """Render the naming of a partner, without the title of the call: any organisation can name any other."""
    application = event.application
    text = (
        f"{application.organisation_name} names your organisation as a partner in an application. "
        "The page shows the call. If you do not agree, write to them."
    )
    occasion = f"application:{event.application_id}:partner:{event.partner_id}"
    return AlertText(occasion, "You are named as a partner", text, f"/calls/{application.call_id}")


def application_decided(event: calls.ApplicationDecided) -> AlertText:
    """Render the decision on an application; only a selection needs no reasons."""
    reasons = "Read the reasons in the application."
    match event.outcome:
        case "selected":
            title, text = "Selected", "Your application was selected."
        case "reserve":
            title, text = (
                "On the reserve list",
                f"Your application is number {event.rank} on the reserve list. {reasons}",
            )
        case "rejected":
            title, text = "Not selected", f"Your application was not selected. {reasons}"
    application = event.application
    occasion = f"application:{event.application_id}:{event.outcome}"
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
        f"Its cut-off is {moment(event.sealed_until, event.timezone)}. "
        "After it, the publisher opens the applications, and you can read and score them."
    )
    if event.assess_by:
        text += f" Please send your scores by {moment(event.assess_by, event.timezone)}."
    occasion = f"round:{event.call_id}:{event.cut_off}:assessor"
    return AlertText(occasion, "Assess: you were named as an assessor", text, event.url)


def assessor_excused(event: calls.AssessorExcused) -> AlertText:
    """Render the end of an assessor's task, without the title of the call and the reason: both are strangers' words."""
    text = (
        "The publisher of the call excused you: you no longer assess its applications. "
        "The scores that you gave still count. If this is a mistake, write to the publisher."
    )
    occasion = f"round:{event.call_id}:{event.cut_off}:excused"
    return AlertText(occasion, "You no longer assess: you were excused", text, event.url)


def claim_forwarded(event: calls.ClaimForwarded) -> AlertText:
    """Render a claim that awaits the publisher's next step."""
    application = event.application
    tasks = {"validate": "check its evidence", "approve": "approve it, which another person does", "pay": "pay it"}
    text = f"The claim of {application.organisation_name} waits for you: {tasks[event.step]}."
    occasion = f"claim:{event.claim_id}:{event.step}:{application.trail}"
    return AlertText(occasion, f"{event.step.capitalize()} a claim: {application.call_title}", text, event.url)


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
