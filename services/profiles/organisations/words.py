"""The words of pages about organisations: statuses, what to do next, the checklist, what is missing."""

from collections.abc import Mapping

from services.profiles.organisations.review import Status
from shared.forms.fields import said_of
from shared.web.i18n import _, translated

STATUSES: Mapping[Status, str] = {
    Status.DRAFT: _("Draft"),
    Status.NEEDS_REVIEW: _("In review"),
    Status.CHANGES_REQUESTED: _("Changes requested"),
    Status.PUBLISHED: _("Public"),
    Status.REJECTED: _("Rejected"),
    Status.WITHDRAWN: _("Withdrawn"),
    Status.TAKEN_DOWN: _("Taken down"),
    Status.MERGED: _("Merged"),
}
TONES: Mapping[Status, str] = {
    Status.DRAFT: "",
    Status.NEEDS_REVIEW: "warn",
    Status.CHANGES_REQUESTED: "bad",
    Status.PUBLISHED: "good",
    Status.REJECTED: "bad",
    Status.WITHDRAWN: "",
    Status.TAKEN_DOWN: "bad",
    Status.MERGED: "",
}
NEXT_STEPS: Mapping[Status, str] = {
    Status.DRAFT: _("Only you see this profile. Complete it, then submit it for review."),
    Status.NEEDS_REVIEW: _("An operator of the platform reads the profile and decides. You are told by e-mail."),
    Status.CHANGES_REQUESTED: _("Change what the reviewer names, then submit the profile again."),
    Status.PUBLISHED: _("Everyone can read this profile. Keep it up to date."),
    Status.REJECTED: _(
        "The profile is not published, and cannot be changed. Its page has the reasons of the reviewer. "
        "If they no longer hold, delete it and add the organisation again."
    ),
    Status.WITHDRAWN: _("Only you see this profile. Submit it for review to make it public again."),
    Status.TAKEN_DOWN: _("The profile is no longer public. Change what the operator names, then submit it again."),
    Status.MERGED: _("The profile is a duplicate of another one, which you belong to."),
}
CHECKLIST: Mapping[str, str] = {
    "staff": _("At least half a full-time position of staff"),
    "website": _("A website in English"),
    "members": _("At least 15 members"),
    "kinds": _("Members of at least two kinds"),
}
MISSING: Mapping[str, str] = {
    "description": _("Description"),
    "website": _("Website"),
    "city": _("City"),
    "year_founded": _("Year of foundation"),
    "staff": _("Staff"),
    "members": _("Numbers of members"),
    "ecosystems": _("Ecosystems"),
    "region": _("Region"),
    "point": _("Point on the map"),
    "sectors": _("Sectors"),
    "technologies": _("Technologies"),
    "services": _("Services offered"),
    "countries_of_interest": _("Countries of interest"),
}
MEMBERS: Mapping[str, str] = {
    "sme": _("Small and medium-sized companies"),
    "large": _("Large companies"),
    "research": _("Research organisations and universities"),
    "other": _("Others"),
}
IDENTITY: Mapping[str, str] = {
    "name": _("Name"),
    "acronym": _("Acronym"),
    "kind": _("Kind"),
    "country": _("Country"),
}
OUTCOMES: Mapping[str, str] = {
    "publish": _("Published"),
    "changes_requested": _("Changes requested"),
    "rejected": _("Rejected"),
    "accepted": _("Change accepted"),
    "refused": _("Change refused"),
    "taken_down": _("Taken down"),
    "merged": _("Merged"),
}
ALIKE: Mapping[str, str] = {
    "name": _("the same name"),
    "website": _("the same website"),
    "place": _("words of the name in the same city"),
}


def said(code: str) -> str:
    """Return a service, a technology, a size or a label in the language of this request."""
    return translated(said_of(code))
