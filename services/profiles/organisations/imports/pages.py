"""Pages on which operators import organisations: choose a list, see what it would do, import it."""

from fastapi import Request, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, ImportId
from services.profiles.organisations.imports.outcomes import OrganisationsReport
from services.profiles.organisations.imports.usecases import ONLY_OPERATORS
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.imports.outcomes import groups
from shared.imports.reading import BY_ENDING
from shared.imports.runs import newest_runs, report_of, run_of
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
NEWEST = 10  # imports that the first page lists
SHOWN = 500  # rows of one outcome that a report shows
FORMS = [
    Form(
        operation="import_organisations",
        button=_("Preview the import"),
        media_types=BY_ENDING,
        words={
            "body": Words(_("File"), _("CSV, JSON or JSON lines, of at most 16 MB and 5,000 rows.")),
            "source": Words(
                _("Name of the list"), _("Give a later version of the same list the same name: it changes these rows.")
            ),
            "dry_run": Words(_("Only a preview"), kind=Kind.HIDDEN),
            "columns": Words(
                _("Names of columns"),
                _('For columns with other names, say what they mean: {"Nom": "name", "Pays": "country"}.'),
                Kind.TEXT,
            ),
        },
    ),
    Form(
        operation="store_import_of_organisations",
        button=_("Import these organisations"),
        done=_("The organisations are imported."),
        is_final=True,
    ),
]


@router.get("/organisations/import")
async def show_import(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that sends a list, and the imports of the last week."""
    caller.require_operator(ONLY_OPERATORS)
    runs = await newest_runs(runtime.db, NEWEST)
    return pages.page(request, "organisations_import.html", runs=runs)


@router.get("/organisations/import/{id}")
async def show_report(id: ImportId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the report of an import; that of a preview leads to the import."""
    caller.require_operator(ONLY_OPERATORS)
    run = await run_of(runtime.db, id)
    report = OrganisationsReport.model_validate_json(await report_of(runtime.db, run))
    return pages.page(
        request,
        "organisations_import_report.html",
        run=run,
        resource=report,
        groups=groups(report.rows),
        shown=SHOWN,
    )
