"""Pages on which a publisher answers questions, posts news and uploads documents; readers see the first two, too."""

from fastapi import Request, Response

from services.calls.catalogue.access import own_call, visible_call
from services.calls.catalogue.domain import Call
from services.calls.catalogue.questions import QuestionFilter, questions_about, unanswered_by_call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.updates import updates_of
from services.calls.catalogue.views import CallView
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.usecases import may_publish
from services.calls.owners.call_forms import DOCUMENT_KIND, DOCUMENT_LANGUAGE
from services.calls.owners.pages import Allowed
from shared.auth import Caller
from shared.files.domain import FILE_TYPES, MOST_BYTES
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.http.paging import Paging
from shared.service import Runtime
from shared.web import pages
from shared.web.i18n import _
from shared.web.queries import read_query
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="answer_question",
        button=_("Publish the answer"),
        done=_("The answer is public. The member who asked is notified."),
        words={"answer": Words(_("Your answer"), _("Every reader sees the question and the answer, without names."))},
    ),
    Form(
        operation="post_call_update",
        button=_("Post the news"),
        done=_("The news is public. Members who follow the call are notified."),
        next="/calls/{id}/updates",
        words={
            "title": Words(_("Title"), _("It says what is new: it becomes the subject of alerts.")),
            "text": Words(_("Text"), " "),
        },
    ),
    Form(
        operation="upload_call_document",
        button=_("Upload"),
        done=_("The document is attached to the call."),
        next="/calls/{id}/files",
        media_types={f".{ending}": kind.media_type for ending, kind in FILE_TYPES.items()},
        words={
            "body": Words(_("File"), _("PDF, picture, text, CSV, Office or OpenDocument file of at most 10 MB.")),
            "title": Words(_("Title"), _("What readers see. Empty: the name of the file.")),
            "language": DOCUMENT_LANGUAGE,
            "kind": DOCUMENT_KIND,
        },
    ),
    Form(
        operation="delete_call_document",
        button=_("Delete"),
        done=_("The document is deleted."),
        next="/calls/{id}/files",
    ),
]


@router.get("/calls/{id}/questions")
async def show_questions(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show questions with their answers; publishers see first what they have not answered, with a box for each."""
    call = await visible_call(runtime.db, id, caller)
    q, errors = read_query(request, QuestionFilter)
    is_own = await _is_own(runtime, call, caller)
    unanswered = (await unanswered_by_call(runtime.db, [id])).get(id, 0) if is_own else 0
    if unanswered and "answered" not in request.query_params:
        q = q.replace(answered=False)
    waits = caller is not None and not is_own and q.answered and q.cursor is None
    own = (await questions_about(runtime.db, call, caller, q.replace(answered=False))).items if waits else []
    return pages.page(
        request,
        "owner_questions.html",
        waiting=own,
        resource=await questions_about(runtime.db, call, caller, q),
        call=CallView.of(call, runtime.db.now()),
        is_own=is_own,
        unanswered=unanswered,
        answered=q.answered,
        errors=errors,
    )


@router.get("/calls/{id}/updates")
async def show_updates(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the news about a call; publishers post more."""
    call = await visible_call(runtime.db, id, caller)
    paging, errors = read_query(request, Paging)
    is_own = await _is_own(runtime, call, caller)
    return pages.page(
        request,
        "owner_updates.html",
        resource=await updates_of(runtime.db, call, paging),
        call=CallView.of(call, runtime.db.now()),
        is_own=is_own,
        may_post=is_own and call.stage is Stage.PUBLISHED,
        errors=errors,
    )


@router.get("/calls/{id}/files")
async def show_documents(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the documents of a call to its publisher, who uploads and deletes them."""
    call = await own_call(runtime.db, id, caller)
    return pages.page(
        request,
        "owner_documents.html",
        resource=CallView.of(call, runtime.db.now()),
        may=Allowed.of(call, runtime),
        most_bytes=MOST_BYTES,
    )


async def _is_own(runtime: Runtime, call: Call, caller: Caller | None) -> bool:
    return caller is not None and await may_publish(runtime.db, call.organisation_id, caller)
