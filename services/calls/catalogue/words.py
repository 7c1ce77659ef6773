"""Words of the pages of calls, marked for translation: of statuses, kinds, ecosystems, orders, models and documents."""

from datetime import datetime

from services.calls.catalogue.search import Order
from services.calls.catalogue.status import Status
from shared.vocabulary import CallKind, Ecosystem
from shared.web.filters import countdown
from shared.web.i18n import _, day_in_words, translated

STATUSES = {
    Status.DRAFT: (_("Draft"), ""),
    Status.FORTHCOMING: (_("Forthcoming"), ""),
    Status.OPEN: (_("Open"), "good"),
    Status.CLOSING_SOON: (_("Closing soon"), "warn"),
    Status.CLOSED: (_("Closed"), ""),
    Status.WITHDRAWN: (_("Withdrawn"), "bad"),
}
KINDS = {
    CallKind.FUNDING: _("Funding call"),
    CallKind.EXPRESSION_OF_INTEREST: _("Call for expression of interest"),
    CallKind.MISSION: _("Mission"),
    CallKind.CASCADE: _("Cascade call"),
}
ECOSYSTEMS = {
    Ecosystem.AEROSPACE_DEFENCE: _("Aerospace and defence"),
    Ecosystem.AGRI_FOOD: _("Agri-food"),
    Ecosystem.CONSTRUCTION: _("Construction"),
    Ecosystem.CREATIVE_CULTURAL: _("Creative and cultural industries"),
    Ecosystem.DIGITAL: _("Digital"),
    Ecosystem.ELECTRONICS: _("Electronics"),
    Ecosystem.ENERGY_INTENSIVE: _("Energy-intensive industries"),
    Ecosystem.ENERGY_RENEWABLES: _("Renewable energy"),
    Ecosystem.HEALTH: _("Health"),
    Ecosystem.MOBILITY: _("Mobility, transport, automotive"),
    Ecosystem.PROXIMITY_SOCIAL: _("Proximity and social economy"),
    Ecosystem.RETAIL: _("Retail"),
    Ecosystem.TEXTILES: _("Textiles"),
    Ecosystem.TOURISM: _("Tourism"),
}
ORDERS = {
    Order.MATCH: _("Best match"),
    Order.DEADLINE: _("Next deadline"),
    Order.LATEST: _("Last deadline"),
    Order.NEWEST: _("Newest"),
}
FACETS = {
    "status": _("Status"),
    "kind": _("Kind"),
    "ecosystem": _("Ecosystem"),
    "country": _("Open to"),
    "about": _("About the country"),
    "programme": _("Programme"),
}
DOCUMENTS = {
    "guide": _("guide"),
    "form": _("form"),
    "annex": _("annex"),
    "legal": _("legal text"),
    "other": _("document"),
}
ANSWERS = {
    "holds": (_("Yes"), "good"),
    "does_not_hold": (_("No"), "bad"),
    "not_known": (_("Not known yet"), "warn"),
}
VERDICTS = {
    "eligible": _("Yes, it may apply."),
    "not_eligible": _("No, it may not apply."),
    "depends": _("It depends."),
}
CLOSES, OPENS = _("closes %(left)s"), _("opens %(left)s")
CLOSED_ON, OPENS_LATER = _("closed on %(day)s"), _("the date of the opening is not known yet")
ROLES = {"": _("Not decided"), "coordinator": _("Coordinator"), "partner": _("Partner")}


def time_left(status: Status, opens_at: datetime | None, deadline: datetime, zone: str, now: datetime) -> str:
    """Return what the clock says of a call: "closes in 5 days"; empty for a draft and a withdrawn call."""
    match status:
        case Status.OPEN | Status.CLOSING_SOON:
            return translated(CLOSES) % {"left": countdown(deadline, now)}
        case Status.FORTHCOMING if opens_at:
            return translated(OPENS) % {"left": countdown(opens_at, now)}
        case Status.FORTHCOMING:
            return translated(OPENS_LATER)
        case Status.CLOSED:
            return translated(CLOSED_ON) % {"day": day_in_words(deadline, zone)}
        case _:
            return ""
