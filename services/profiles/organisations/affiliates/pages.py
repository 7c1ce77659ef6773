"""Pages of member organisations: the list, and for administrators its changes and its import."""

from functools import partial

from fastapi import Request, Response

from services.profiles.dependencies import (
    AffiliateId,
    CurrentCaller,
    CurrentRuntime,
    ImportId,
    OptionalCaller,
    OrganisationId,
)
from services.profiles.organisations.affiliates import usecases
from services.profiles.organisations.affiliates.domain import AffiliatesReport
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.people.usecases import administered
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import role_in
from services.profiles.organisations.usecases import ADMINISTRATOR, visible_organisation
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.paging import Paging
from shared.imports.outcomes import groups
from shared.imports.reading import BY_ENDING
from shared.imports.runs import newest_runs, report_of, run_of
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _
from shared.web.queries import page_at, read_query
from shared.web.routes import page_router

router = page_router()
NEWEST = 5  # imports that the page lists
SHOWN = 500  # rows of one outcome that a report shows
KINDS = {
    "sme": _("Small or medium-sized company"),
    "large": _("Large company"),
    "research": _("Research organisation or university"),
    "other": _("Other"),
}
LIST = "/organisations/{id}/affiliates"
WORDS = {
    "name": Words(_("Name"), " "),
    "kind": Words(_("Kind"), " ", options=tuple(KINDS.items())),
    "country": Words(_("Country"), " ", optional_choice=_("unknown")),
    "city": Words(_("City"), " "),
    "website": Words(_("Website"), " ", Kind.LINK),
    "public": Words(_("Everyone sees it in the list"), " "),
}
LEAVE = frozenset({"region"})
FOLLOWED = _("The numbers of members in the profile are those of this list.")
FOLLOWED_SOON = _("As soon as the list has an entry, the numbers of members in the profile follow it.")
FOLLOWED_LATER = _(
    "The numbers of members in the profile follow this list as soon as it has what reviewers check. "
    "Until then they stay as they are."
)
FORMS = [
    Form(
        operation="add_affiliate",
        button=_("Add the member organisation"),
        next=LIST,
        done=_("The member organisation is added."),
        words=WORDS,
        leave=LEAVE,
    ),
    Form(
        operation="change_affiliate",
        button=_("Save"),
        next=LIST,
        done=_("The member organisation is changed."),
        words={**WORDS, "region": Words(_("Region"), kind=Kind.HIDDEN)},
    ),
    Form(
        operation="remove_affiliate",
        button=_("Remove"),
        next=LIST,
        done=_("The member organisation is removed."),
        is_final=True,
    ),
    Form(
        operation="import_affiliates",
        button=_("Preview the import"),
        media_types=BY_ENDING,
        words={
            "body": Words(_("File"), _("CSV, JSON or JSON lines, of at most 16 MB and 5,000 rows.")),
            "dry_run": Words(_("Only a preview"), kind=Kind.HIDDEN),
            "columns": Words(
                _("Names of columns"),
                _('For columns with other names, say what they mean: {"Nom": "name", "Pays": "country"}.'),
                Kind.TEXT,
            ),
        },
    ),
    Form(
        operation="store_import_of_affiliates",
        button=_("Import these member organisations"),
        done=_("The member organisations are imported."),
    ),
]


@router.get("/organisations/{id}/affiliates")
async def show_affiliates(
    id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Show the member organisations; administrators also add, change, remove and import them."""
    q, _errors = read_query(request, Paging)
    found = await page_at(partial(usecases.affiliates, runtime.db, id, caller), q)
    administers = caller is not None and await role_in(runtime.db, id, caller.id) == ADMINISTRATOR
    organisation = await visible_organisation(runtime.db, id, caller)
    return pages.page(
        request,
        "affiliates.html",
        organisation=organisation,
        words=words_on_numbers(organisation),
        resource=found,
        kinds=KINDS,
        administers=administers,
        add=await form_view(request, "add_affiliate", values={"public": True}, prefix="add-") if administers else None,
    )


@router.get("/organisations/{id}/affiliates/import")
async def show_import(id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show administrators the form that sends a list, and the imports of the last week."""
    organisation = await administered(runtime.db, id, caller)
    runs = await newest_runs(runtime.db, NEWEST, id)
    return pages.page(request, "affiliates_import.html", organisation=organisation, runs=runs)


@router.get("/organisations/{id}/affiliates/import/{import_id}")
async def show_report(
    id: OrganisationId, import_id: ImportId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the report of an import; that of a preview leads to the import."""
    organisation = await administered(runtime.db, id, caller)
    run = await run_of(runtime.db, import_id, id)
    report = AffiliatesReport.model_validate_json(await report_of(runtime.db, run))
    return pages.page(
        request,
        "affiliates_report.html",
        organisation=organisation,
        run=run,
        resource=report,
        groups=groups(report.rows),
        shown=SHOWN,
    )


@router.get("/organisations/{id}/affiliates/{affiliate_id}")
async def show_affiliate(
    id: OrganisationId, affiliate_id: AffiliateId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show administrators the form that changes a member organisation."""
    affiliate = await usecases.own_affiliate(runtime.db, id, affiliate_id, caller)
    values = affiliate.model_dump(mode="json")
    return pages.page(
        request,
        "affiliate.html",
        organisation=await administered(runtime.db, id, caller),
        resource=affiliate,
        view=await form_view(request, "change_affiliate", values=values, version=affiliate.version),
    )


def words_on_numbers(organisation: Organisation) -> str:
    """Return when the numbers of members in the profile follow the list."""
    if organisation.members_listed:
        return FOLLOWED
    return FOLLOWED_LATER if organisation.status is Status.PUBLISHED else FOLLOWED_SOON
