"""Texts of alerts about reports of things that are wrong."""

from services.notifications.alerts.texts import AlertText
from shared.contracts import profiles


def report_received(event: profiles.ReportReceived) -> AlertText:
    """Render a report for the operators, without the words of the reporter."""
    title, text = "Decide on a report", "Something was reported. Read on the page what, and decide."
    if event.is_objection:
        title, text = "Decide on an objection", "An organisation objects to a decision. Read on the page why."
    return AlertText(f"case:{event.case_id}:waits:{event.version}", title, text, event.url)


VERDICTS = {
    "nothing_wrong": "nothing is wrong with it",
    "warned": "something is wrong with it; please correct it",
    "taken_down": "it is no longer public",
}


def report_decided(event: profiles.ReportDecided) -> AlertText:
    """Render a decision for the organisation of the thing, without anything about the reporters."""
    text = f"It was reported, and the operators decided: {VERDICTS[event.outcome]}. Reason: {event.reason}"
    if event.objectable:
        text = f"{text} You can object once, on the page."
    title = f"Decision on a report: {event.title}"
    return AlertText(f"case:{event.case_id}:decided:{event.version}", title, text, event.url)


ANSWERS = {
    "nothing_wrong": "The operators looked at it and found nothing wrong.",
    "warned": "The operators looked at it and asked the organisation to correct it.",
    "taken_down": "The operators looked at it. It is no longer public.",
}


def report_answered(event: profiles.ReportAnswered) -> AlertText:
    """Render a decision for a member who reported the thing."""
    occasion = f"case:{event.case_id}:answered:{event.version}"
    return AlertText(occasion, f"Your report: {event.title}", ANSWERS[event.outcome], event.url)
