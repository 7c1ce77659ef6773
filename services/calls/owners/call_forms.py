"""The forms that write, publish, extend and withdraw a call, in the words of people."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request

from services.calls.catalogue.content import CallBody
from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.views import CallView
from services.calls.organisations.domain import PLATFORM, OrganisationCopy
from services.calls.organisations.store import organisations_edited_by, organisations_ever_edited_by
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.caller import runtime_of
from shared.mongo import Reader
from shared.vocabulary import CALL_KIND_LABELS, ECOSYSTEM_LABELS, LANGUAGES_OF_THE_EU, OrganisationKind
from shared.web.i18n import _, time_in_words, translated
from shared.web.visits import session_of

ECOSYSTEMS = tuple(ECOSYSTEM_LABELS.items())
KINDS = tuple((kind.value, kind.label) for kind in OrganisationKind)
DOCUMENT_KINDS = (
    ("guide", _("Guide for applicants")),
    ("form", _("Form")),
    ("annex", _("Annex")),
    ("legal", _("Legal text")),
    ("other", _("Other")),
)
MODELS = (
    (DeadlineModel.SINGLE, _("One deadline")),
    (DeadlineModel.TWO_STAGE, _("Two stages: a short proposal first, then the whole one by invitation")),
    (DeadlineModel.CUT_OFFS, _("Several cut-offs: applications are collected and assessed at each of them")),
)
DOCUMENT_KIND = Words(_("Purpose"), " ", options=DOCUMENT_KINDS)
DOCUMENT_LANGUAGE = Words(_("Language"), " ", Kind.CHOICE, options=tuple(LANGUAGES_OF_THE_EU.items()))
ZONE = _("Clocks of this place count for all times of the call. For example Europe/Brussels or Asia/Tokyo.")
EVERY_COUNTRY = _("Tick none if every country will do.")

WORDS = {
    "organisation_id": Words(_("Publisher"), _("The organisation in whose name you publish the call."), Kind.CHOICE),
    "title": Words(_("Title"), _("As it stands in lists, e-mails and calendars. Name the topic first.")),
    "summary": Words(_("Summary"), _("Two or three sentences for lists and alerts: who gets what, for which purpose.")),
    "description": Words(
        _("Description"),
        _("The whole text. An empty line begins a paragraph, a line that begins with a hyphen is part of a list."),
    ),
    "kind": Words(_("Kind of call"), " ", options=tuple(CALL_KIND_LABELS.items())),
    "programme": Words(_("Programme"), _("The funding programme, for example LIFE or Interreg.")),
    "ecosystems": Words(
        _("Industrial ecosystems"),
        _("Members who follow one of these are notified of the call."),
        options=ECOSYSTEMS,
    ),
    "keywords": Words(_("Keywords"), _("One on each line. Searches and alerts find the call by them.")),
    "link": Words(_("Page about the call"), _("On your own website, if there is one.")),
    "countries": Words(_("Countries to which it is open"), EVERY_COUNTRY),
    "about": Words(
        _("Countries that it is about"), _("If the call is about other countries than those that may apply.")
    ),
    "timezone": Words(_("Time zone"), ZONE),
    "opens_at": Words(_("Opens"), _("Leave it empty if the call opens as soon as you publish it.")),
    "forthcoming": Words(_("Announce the call before the date of its opening is known")),
    "model": Words(_("Deadlines"), " ", options=tuple((model.value, words) for model, words in MODELS)),
    "deadline": Words(_("Deadline"), _("For a call with one deadline. Until this second, applications are accepted.")),
    "cut_offs": Words(
        _("Cut-off"),
        _("For a call with two stages or several cut-offs, the earliest first. Leave the single deadline empty then."),
    ),
    "cut_offs.name": Words(_("Name"), _("For example: first stage.")),
    "cut_offs.timezone": Words(_("Time zone"), " "),
    "cut_offs.deadline": Words(_("Date and time"), " "),
    "reason": Words(
        _("Why the deadlines change"), _("Only if you move a deadline. Applicants read it in the history of the call.")
    ),
    "eligibility": Words(_("Conditions"), _("The platform answers “am I eligible?” by them.")),
    "eligibility.applicant": Words(_("Every applicant"), _("Tick nothing where every answer will do.")),
    "eligibility.coordinator": Words(_("In addition, the coordinator"), " "),
    "eligibility.applicant.countries": Words(_("Established in"), EVERY_COUNTRY),
    "eligibility.coordinator.countries": Words(_("Established in"), EVERY_COUNTRY),
    "kinds": Words(_("Kind of organisation"), " ", options=KINDS),
    "eligibility.applicant.ecosystems": Words(_("Works in at least one of"), " ", options=ECOSYSTEMS),
    "eligibility.coordinator.ecosystems": Words(_("Works in at least one of"), " ", options=ECOSYSTEMS),
    "eligibility.consortium": Words(_("All applicants together"), " "),
    "eligibility.consortium.organisations": Words(_("Fewest organisations"), _("1: an organisation may apply alone.")),
    "eligibility.consortium.countries": Words(_("From how many countries, at least"), " "),
    "budget": Words(_("Budget"), _("In whole euros; leave out what is not known.")),
    "budget.total": Words(_("For all grants together"), " "),
    "budget.smallest": Words(_("Smallest grant"), " "),
    "budget.largest": Words(_("Largest grant"), " "),
    "budget.grants": Words(_("Expected number of grants"), " "),
    "mission": Words(_("Mission"), _("Only for a call of the kind mission.")),
    "mission.starts_on": Words(_("First day"), " "),
    "mission.ends_on": Words(_("Last day"), " "),
    "mission.destinations": Words(_("Destinations"), " "),
    "mission.places": Words(_("Number of places"), _("Leave it empty if places are not limited.")),
    "mission.costs": Words(_("Reimbursement"), _("Leave all of it empty if participants pay their own costs.")),
    "mission.costs.kind": Words(
        _("How costs are reimbursed"),
        " ",
        options=(("rate", _("A share of the costs, with receipts")), ("lump_sum", _("A lump sum for each day"))),
    ),
    "mission.costs.percent": Words(_("Share in percent"), _("For a share of the costs: from 1 to 80.")),
    "mission.costs.cap": Words(_("At most for one participant"), _("For a share of the costs. Empty: no limit.")),
    "mission.costs.per_day": Words(_("Amount for each day"), _("For a lump sum.")),
    "mission.costs.most_days": Words(_("Most days that are paid"), _("For a lump sum.")),
    "mission.late_at_own_cost": Words(_("Organisations may join late and pay their own costs")),
    "mission.series": Words(_("Series of missions"), _("If the mission is one of several.")),
    "mission.series.name": Words(_("Name of the series"), " "),
    "mission.series.number": Words(_("Number of this mission"), " "),
    "mission.series.of": Words(_("Number of missions in the series"), " "),
    "documents": Words(_("Document"), _("Documents on other websites. You can upload files once the draft is saved.")),
    "documents.title": Words(_("Title"), " "),
    "documents.link": Words(_("Address"), _("It begins with https://.")),
    "documents.language": DOCUMENT_LANGUAGE,
    "documents.kind": DOCUMENT_KIND,
}
SECTIONS = [
    (
        _("Basics"),
        ["organisation_id", "title", "kind", "summary", "description", "programme", "ecosystems", "keywords", "link"],
    ),
    (_("Dates"), ["timezone", "opens_at", "forthcoming", "model", "deadline", "cut_offs", "reason"]),
    (_("Who may apply"), ["countries", "about", "eligibility"]),
    (_("Money"), ["budget"]),
    (_("Mission"), ["mission"]),
    (_("Documents"), ["documents"]),
]


async def publishers(request: Request) -> list[tuple[str, str]]:
    """Return the organisations that the member publishes for, and the platform for operators."""
    return await _publishers(request, organisations_edited_by)


async def own_publishers(request: Request) -> list[tuple[str, str]]:
    """Return the same, with the organisations that are no longer public: what they published goes on."""
    return await _publishers(request, organisations_ever_edited_by)


async def _publishers(
    request: Request, edited_by: Callable[[Reader, str], Awaitable[list[OrganisationCopy]]]
) -> list[tuple[str, str]]:
    session = session_of(request)
    if session is None:
        return []
    organisations = await edited_by(runtime_of("calls")(request).db, session.member_id)
    platform = [("", translated(PLATFORM))] if session.operator else []
    return platform + [(organisation.id, organisation.name) for organisation in organisations]


async def cut_offs_ahead(request: Request) -> list[tuple[str, str]]:
    """Return the cut-offs of the call that have not passed, by number."""
    runtime = runtime_of("calls")(request)
    call = await CALLS.get(runtime.db, request.path_params["id"])
    ahead = [] if call is None else [*call.numbered.items()]
    return [
        (str(number), " ".join([cut_off.name, time_in_words(cut_off.deadline, cut_off.timezone)]).strip())
        for number, cut_off in ahead
        if cut_off.deadline > runtime.db.now()
    ]


def written(view: CallView) -> dict[str, Any]:
    """Return a call as its form has it: one deadline, or several cut-offs."""
    values = view.model_dump(mode="json", include=set(CallBody.model_fields))
    if view.model is DeadlineModel.SINGLE:
        return {**values, "cut_offs": []}
    return {**values, "deadline": None}


FORMS = [
    Form(
        operation="create_call",
        button=_("Save draft"),
        done=_("The draft is saved. Only editors of the organisation see it until you publish it."),
        next="/calls/{id}/manage",
        words=WORDS,
        sections=SECTIONS,
        leave=frozenset({"reason"}),
        choices={"organisation_id": publishers},
    ),
    Form(
        operation="change_call",
        button=_("Save changes"),
        done=_("Your changes are saved."),
        next="/calls/{id}/manage",
        words={**WORDS, "organisation_id": Words(kind=Kind.HIDDEN, label=_("Publisher"))},
        sections=SECTIONS,
    ),
    Form(
        operation="publish_call",
        button=_("Publish"),
        done=_("The call is public. Members who follow its topics are notified."),
        next="/calls/{id}/manage",
    ),
    Form(
        operation="extend_call",
        button=_("Extend the deadline"),
        done=_("The deadline is extended. Followers and applicants are notified."),
        next="/calls/{id}/manage",
        words={
            "deadline": Words(_("New deadline"), _("Later than the present one, in the time zone of the call.")),
            "cut_off": Words(_("Which cut-off"), " ", Kind.CHOICE),
            "reason": Words(
                _("Reason"), _("Readers see it in the history of the deadlines, which cannot be changed later.")
            ),
        },
        sections=[("", ["cut_off", "deadline", "reason"])],
        choices={"cut_off": cut_offs_ahead},
    ),
    Form(
        operation="withdraw_call",
        button=_("Withdraw the call for good"),
        done=_("The call is withdrawn."),
        next="/calls/{id}/manage",
        words={"reason": Words(_("Reason"), _("Readers and applicants see it. Name what applicants should do now."))},
        is_final=True,
    ),
]
