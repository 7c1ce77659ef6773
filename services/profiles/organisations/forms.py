"""The forms of organisations: write a profile, submit it, review it."""

from collections.abc import Sequence

from fastapi import Request

from services.profiles.geography.regions import regions_of
from services.profiles.organisations.review import Status
from services.profiles.organisations.sectors import SECTORS
from services.profiles.organisations.store import ORGANISATIONS, alike_to
from services.profiles.organisations.vocabulary import Label, ServiceOffered, Technology, programmes_of
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words, said_of
from shared.vocabulary import Ecosystem, OrganisationKind
from shared.web.i18n import _, country_name

KINDS = tuple((kind.value, kind.label) for kind in OrganisationKind)
ECOSYSTEMS = tuple((ecosystem.value, ecosystem.label) for ecosystem in Ecosystem)
SERVICES = tuple((service.value, said_of(service)) for service in ServiceOffered)
TECHNOLOGIES = tuple((technology.value, said_of(technology)) for technology in Technology)
LABELS = tuple((label.value, said_of(label)) for label in Label)
PROFILE_WORDS = {
    "name": Words(_("Name"), _("The full name, as in your statutes.")),
    "acronym": Words(_("Acronym"), _("The short form that people use.")),
    "kind": Words(
        _("Kind of organisation"),
        _("A cluster organisation is published if it has staff, a website and at least 15 members."),
        options=KINDS,
    ),
    "country": Words(_("Country"), " "),
    "region": Words(_("Region"), _("Of the head office. The map shows how many organisations are in it."), Kind.CHOICE),
    "city": Words(_("City"), _("Of the head office.")),
    "point": Words(
        _("Point on the map"),
        _("Map services on the web show both numbers for an address, for instance 48.8566 and 2.3522 for Paris."),
    ),
    "point.latitude": Words(_("Latitude"), " "),
    "point.longitude": Words(_("Longitude"), " "),
    "description": Words(
        _("Description"),
        _("What you do and for whom, in the words of your readers. Empty lines make paragraphs."),
        Kind.TEXT,
    ),
    "website": Words(
        _("Website"), _("Its address, for instance https://www.example.eu. An English version helps."), Kind.LINK
    ),
    "ecosystems": Words(
        _("Industrial ecosystems"), _("Those in which you work. Searches and alerts use them."), options=ECOSYSTEMS
    ),
    "sectors": Words(
        _("Sectors"),
        _("Economic activities of your members, by the European classification NACE."),
        Kind.CHOICES,
        options=tuple(SECTORS.items()),
    ),
    "technologies": Words(_("Technologies"), _("Advanced technologies that you work with."), options=TECHNOLOGIES),
    "priorities": Words(
        _("Smart-specialisation priorities"),
        _("Those of your region's strategy that you work on, one on each line."),
        Kind.LINES,
    ),
    "services": Words(_("Services offered"), _("What others can ask you for."), options=SERVICES),
    "countries_of_interest": Words(_("Countries of interest"), _("Where you look for partners.")),
    "labels": Words(_("Labels"), _("Those that you hold now."), options=LABELS),
    "year_founded": Words(_("Year of foundation"), " "),
    "staff": Words(_("Staff"), _("Full-time positions; half a position is 0.5.")),
    "members": Words(_("Member organisations"), _("How many you have of each kind.")),
    "members.sme": Words(_("Small and medium-sized companies"), " "),
    "members.large": Words(_("Large companies"), " "),
    "members.research": Words(_("Research organisations and universities"), " "),
    "members.other": Words(_("Others"), " "),
}
SECTIONS = (
    (_("Who you are"), ("name", "acronym", "kind")),
    (_("Where you are"), ("country", "region", "city", "point")),
    (_("What you do"), ("description", "website", "ecosystems", "sectors", "technologies", "priorities")),
    (_("What you offer and look for"), ("services", "countries_of_interest", "labels")),
    (_("Your size"), ("year_founded", "staff", "members")),
)


async def regions_of_the_country(request: Request) -> Sequence[tuple[str, str]]:
    """Return the regions of the country that the address names, or else of the organisation's country."""
    return [(region.code, region.name) for region in regions_of(await country_of(request))]


async def programmes_of_the_country(request: Request) -> Sequence[tuple[str, str]]:
    """Return the national programmes of the organisation's country that recognise clusters."""
    return [(name, name) for name in programmes_of(await country_of(request))]


async def public_duplicates(request: Request) -> Sequence[tuple[str, str]]:
    """Return the public organisations that may be the same as the one on the page."""
    db = request.app.state.runtimes["profiles"].db
    organisation = await ORGANISATIONS.get(db, request.path_params.get("id", ""))
    if organisation is None:
        return []
    found = await alike_to(db, organisation, {"status": Status.PUBLISHED})
    return [(each.id, f"{each.name} ({each.city or country_name(each.country)})") for each in found]


async def country_of(request: Request) -> str:
    """Return the country for which a form is filled in; empty if none is chosen yet."""
    if chosen := request.query_params.get("country"):
        return chosen
    db = request.app.state.runtimes["profiles"].db
    organisation = await ORGANISATIONS.get(db, request.path_params.get("id", ""))
    if organisation is None:
        return ""
    return organisation.change.country if organisation.change else organisation.country


REASONS = Words(_("Reasons"), _("For the editors, one on each line. Needed unless you agree."), Kind.LINES)
WAIVER = Words(
    _("Programme that recognises the cluster"),
    _("Only if the checklist is waived: the national programme of the country."),
    Kind.CHOICE,
)
FORMS = [
    Form(
        operation="create_organisation",
        title=_("Add your organisation"),
        button=_("Save as a draft"),
        done=_("The draft is saved. Complete it, then submit it for review."),
        words=PROFILE_WORDS,
        sections=SECTIONS,
        choices={"region": regions_of_the_country},
    ),
    Form(
        operation="change_organisation",
        button=_("Save the profile"),
        next="/organisations/{id}",
        done=_("The profile is saved."),
        words=PROFILE_WORDS,
        sections=SECTIONS,
        choices={"region": regions_of_the_country},
    ),
    Form(
        operation="delete_organisation",
        button=_("Delete the profile"),
        next="/me/organisations",
        done=_("The profile is deleted."),
        is_final=True,
    ),
    Form(
        operation="submit_organisation",
        button=_("Submit for review"),
        next="/organisations/{id}",
        done=_("The profile is submitted. An operator of the platform reads it; you are told by e-mail."),
    ),
    Form(
        operation="review_organisation",
        button=_("Decide"),
        next="/organisations/review",
        done=_("Your decision is stored, and the editors are told."),
        words={
            "outcome": Words(
                _("Your decision"),
                " ",
                options=(
                    ("publish", _("Publish the profile")),
                    ("changes_requested", _("Request changes")),
                    ("rejected", _("Reject the profile")),
                ),
            ),
            "reasons": REASONS,
            "waived_by": WAIVER,
        },
        choices={"waived_by": programmes_of_the_country},
    ),
    Form(
        operation="review_organisation_change",
        button=_("Decide"),
        next="/organisations/review",
        done=_("Your decision is stored, and the editors are told."),
        words={
            "outcome": Words(
                _("Your decision"),
                " ",
                options=(("accepted", _("Accept the change")), ("refused", _("Refuse the change"))),
            ),
            "reasons": REASONS,
            "waived_by": WAIVER,
        },
        choices={"waived_by": programmes_of_the_country},
    ),
    Form(
        operation="withdraw_organisation",
        button=_("Withdraw"),
        next="/organisations/{id}",
        done=_("The profile is withdrawn. Only its people see it."),
        is_final=True,
    ),
    Form(
        operation="confirm_organisation",
        button=_("Everything is still correct"),
        next="/organisations/{id}",
        done=_("Thank you. You are reminded in a year."),
    ),
    Form(
        operation="take_down_organisation",
        button=_("Take the profile down"),
        next="/organisations/{id}/review",
        done=_("The profile is no longer public, and its people are told why."),
        words={"reasons": Words(_("Reasons"), _("For its people, one on each line."), Kind.LINES)},
        is_final=True,
    ),
    Form(
        operation="merge_organisation",
        button=_("Merge"),
        next="/organisations/review",
        done=_("The profiles are merged. The people of the duplicate belong to the other organisation now."),
        words={
            "into": Words(
                _("Organisation that stays"), _("It is public; the people of this profile join it."), Kind.CHOICE
            ),
            "reasons": Words(_("Reasons"), _("For its people, one on each line."), Kind.LINES),
        },
        choices={"into": public_duplicates},
        is_final=True,
    ),
]
