"""The words of pages about moderation."""

from collections.abc import Mapping

from services.profiles.moderation.domain import CaseStatus, ReportCause
from shared.web.i18n import _

KINDS: Mapping[str, str] = {
    "organisation": _("Organisation"),
    "post": _("Post"),
    "partner_request": _("Partner request"),
}
CAUSES: Mapping[ReportCause, str] = {
    ReportCause.WRONG: _("It is wrong or out of date"),
    ReportCause.SPAM: _("It is advertising or fraud"),
    ReportCause.OFFENSIVE: _("It is offensive or illegal"),
    ReportCause.RIGHTS: _("It infringes rights, of mine or of others"),
    ReportCause.OTHER: _("Something else"),
}
OUTCOMES: Mapping[str, str] = {
    "nothing_wrong": _("Nothing is wrong"),
    "warned": _("The organisation is warned"),
    "taken_down": _("It is taken down"),
}
STATUSES: Mapping[CaseStatus, str] = {
    CaseStatus.OPEN: _("Waits for a decision"),
    CaseStatus.OBJECTED: _("The organisation objects"),
    CaseStatus.DECIDED: _("Decided"),
    CaseStatus.FINAL: _("Finally decided"),
}
ACTIONS: Mapping[str, str] = {"reported": _("Report"), "decided": _("Decision"), "objected": _("Objection")}
