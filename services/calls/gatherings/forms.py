"""Forms of gatherings: what organisers write, and what members ask for."""

from collections.abc import Mapping

from services.calls.gatherings.choices import organisers, represented
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.vocabulary import Ecosystem
from shared.web.i18n import _

MODES: Mapping[str, str] = {
    "on_site": _("On site"),
    "online": _("Online"),
    "hybrid": _("On site and online"),
}
ECOSYSTEMS = tuple((ecosystem.value, ecosystem.label) for ecosystem in Ecosystem)
WHOLE_DAY = _("Leave the time empty for a whole day.")
ORGANISER = Words(_("Organiser"), _("The organisation that invites. You are an editor of it."), Kind.CHOICE)
CONTENT: Mapping[str, Words] = {
    "title": Words(_("Title"), " "),
    "summary": Words(_("Summary"), _("What it is about, and who should come. At most 1,000 characters."), Kind.TEXT),
    "mode": Words(_("How people take part"), " ", options=tuple(MODES.items())),
    "place": Words(_("Place"), _("City and house. It may stay empty if the gathering is online only.")),
    "countries": Words(_("Countries"), _("Where it takes place, or that it is about.")),
    "ecosystems": Words(_("Industrial ecosystems"), " ", options=ECOSYSTEMS),
    "keywords": Words(_("Keywords"), _("One on each line. Members who follow one of them are told.")),
    "timezone": Words(_("Time zone"), _("All times below and in the programme are local times there.")),
    "starts_at": Words(_("Start"), WHOLE_DAY, Kind.START),
    "ends_at": Words(_("End"), _("Leave the time empty if this day is included."), Kind.END),
    "link": Words(_("Page with more information"), " ", Kind.LINK),
    "join_link": Words(_("Link to join online"), _("Only members with a place see it."), Kind.LINK),
    "admission": Words(_("Registration"), " ", switch=_("Members register here")),
    "admission.capacity": Words(
        _("Number of places"),
        _("Leave it empty if there is no limit. When all are taken, members wait in their order."),
    ),
    "admission.opens_at": Words(_("Registration opens"), _("Leave it empty to open at once."), Kind.START),
    "admission.closes_at": Words(
        _("Registration closes"), _("Leave it empty to close when the gathering starts."), Kind.END
    ),
    "admission.moves_after_closing": Words(
        _("Places that become free after registration closed still go to members who wait"), " "
    ),
    "programme": Words(_("Session"), _("Sessions in the same room must not overlap. They are sorted by time.")),
    "programme.title": Words(_("Title"), " "),
    "programme.starts_at": Words(_("Start"), " ", Kind.START),
    "programme.ends_at": Words(_("End"), " ", Kind.END),
    "programme.room": Words(_("Room"), " "),
    "programme.summary": Words(_("What happens"), " ", Kind.TEXT),
    "programme.speakers": Words(_("Speaker"), " "),
    "programme.speakers.name": Words(_("Name"), " "),
    "programme.speakers.role": Words(_("Role"), " "),
    "programme.speakers.organisation": Words(_("Organisation"), " "),
}
SECTIONS = (
    (_("What"), ("organisation_id", "title", "summary", "link")),
    (_("When"), ("timezone", "starts_at", "ends_at")),
    (_("Where"), ("mode", "place", "join_link", "countries")),
    (_("For whom"), ("ecosystems", "keywords")),
    (_("Registration"), ("admission",)),
    (_("Programme"), ("programme",)),
)
SHOW = "/gatherings/{id}"
FORMS = [
    Form(
        operation="create_gathering",
        title=_("Organise a gathering"),
        intro=_("Save it as a draft first: you then see it as others will, and publish it when it is ready."),
        button=_("Save as draft"),
        done=_("The draft is saved. Only your organisation can see it until you publish it."),
        words={**CONTENT, "organisation_id": ORGANISER, "draft": Words(kind=Kind.HIDDEN, label="draft")},
        sections=SECTIONS,
        choices={"organisation_id": organisers},
    ),
    Form(
        operation="change_gathering",
        title=_("Change the gathering"),
        button=_("Save the changes"),
        done=_("The changes are saved."),
        next=SHOW,
        words={**CONTENT, "organisation_id": Words(kind=Kind.HIDDEN, label="organisation")},
        sections=SECTIONS,
    ),
    Form(
        operation="publish_gathering",
        button=_("Publish"),
        done=_(
            "The gathering is published. It is in the list and in the calendars, and members who follow it are told."
        ),
        next=SHOW,
    ),
    Form(
        operation="cancel_gathering",
        title=_("Cancel the gathering"),
        intro=_("This cannot be undone. Everyone can still read the gathering, with your reason."),
        button=_("Cancel the gathering"),
        done=_("The gathering is cancelled. All who have registered or wait are told."),
        next=SHOW,
        words={"reason": Words(_("Reason"), _("Shown to everyone, and sent to all who have registered or wait."))},
        is_final=True,
    ),
    Form(
        operation="report_on_gathering",
        title=_("Report on the gathering"),
        intro=_("Everyone can read the report. You can replace it later."),
        button=_("Publish the report"),
        done=_("The report is published."),
        next=SHOW,
        words={
            "summary": Words(_("What was presented and agreed"), " ", Kind.TEXT),
            "recording": Words(_("Link to the recording"), _("It begins with https://."), Kind.LINK),
        },
        sections=(("", ("summary", "recording")),),
    ),
    Form(
        operation="register_for_gathering",
        button=_("Register"),
        done=_("Your registration arrived. This page shows whether you have a place or wait for one."),
        next=SHOW,
        words={"organisation_id": Words(_("Which organisation do you represent?"), " ", Kind.CHOICE)},
        choices={"organisation_id": represented},
    ),
    Form(
        operation="leave_gathering",
        button=_("Give up my registration"),
        done=_("You gave up your registration."),
        next=SHOW,
    ),
    Form(
        operation="decline_place",
        button=_("Decline the place"),
        done=_("You declined the place. It goes to the next who waits."),
        next=SHOW,
    ),
]
