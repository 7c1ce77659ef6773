"""Pages on which operators import calls: choose a file, see what it would do, import it; calls that vanished."""

from fastapi import Request, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime, ImportId
from services.calls.imports.outcomes import Report
from services.calls.imports.usecases import ONLY_OPERATORS
from services.calls.imports.vanished import list_missing
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
        operation="import_calls",
        button=_("Preview the import"),
        media_types=BY_ENDING,
        words={
            "body": Words(_("File"), _("CSV, JSON or JSON lines, of at most 16 MB and 5,000 rows.")),
            "dry_run": Words(_("Only a preview"), kind=Kind.HIDDEN),
            "columns": Words(
                _("Names of columns"),
                _('For columns with other names, say what they mean: {"Titre": "title", "Fin": "deadline"}.'),
                Kind.TEXT,
            ),
        },
    ),
    Form(operation="store_import", button=_("Import these calls"), done=_("The calls are imported.")),
]


@router.get("/calls/import")
async def show_import(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that sends a file, and the imports of the last week."""
    caller.require_operator(ONLY_OPERATORS)
    missing = await runtime.db.transact(list_missing)
    return pages.page(request, "import.html", runs=await newest_runs(runtime.db, NEWEST), missing=len(missing))


@router.get("/calls/import/missing")
async def show_missing(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the calls that the newest import of their source did not have."""
    caller.require_operator(ONLY_OPERATORS)
    return pages.page(request, "import_missing.html", resource=await runtime.db.transact(list_missing))


@router.get("/calls/import/{id}")
async def show_report(id: ImportId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the report of an import; that of a preview leads to the import."""
    caller.require_operator(ONLY_OPERATORS)
    run = await run_of(runtime.db, id)
    report = Report.model_validate_json(await report_of(runtime.db, run))
    return pages.page(
        request,
        "import_report.html",
        run=run,
        resource=report,
        groups=groups(report.rows),
        shown=SHOWN,
    )
