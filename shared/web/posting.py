"""The posts of forms: each goes to the API as the same request in JSON; its answer leads to a page."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from shared.errors import Invalid
from shared.field_errors import DATE, TIME
from shared.forms.declaration import BoundForm
from shared.forms.fields import Field, Kind, labels_at
from shared.forms.reading import BRUSSELS, Sent, numbers, place_of, read
from shared.http.negotiation import wants_html
from shared.web import pages
from shared.web.form_views import Refused, form_view
from shared.web.i18n import _, translated
from shared.web.routes import page_router
from shared.web.sending import Answer, ask
from shared.web.visits import notify, own_path, session_of

MOST_FIELDS, LARGEST_FIELD = 5000, 1024 * 1024  # bytes
OWN = "_"  # begins the names of a form's own fields, which are not part of the body
CHOOSE = _("Choose a file.")
SOUGHT = "_find."  # begins the names of the fields that look for options
FOUND = "_found."  # begins the names of the fields with the text whose options the page shows
CHOSEN = {TIME: _("Choose a day and a time."), DATE: _("Choose a day.")}  # the API speaks of what JSON has instead
AGAIN = _("There was nothing to send. Go back, and press the button again.")


def _no_file() -> Answer:
    """Return the refusal of a form without a file."""
    errors = [{"field": "body", "message": translated(CHOOSE)}]
    return Answer(
        422, [], json.dumps({"title": translated(CHOOSE), "detail": translated(CHOOSE), "errors": errors}).encode()
    )


def form_routes(forms: Mapping[str, BoundForm]) -> APIRouter:
    """Return the routes of a service's forms: their posts, and the pages that show one form alone."""
    router = page_router()
    by_path: dict[str, list[BoundForm]] = defaultdict(list)
    for bound in forms.values():
        by_path[bound.path].append(bound)
        if bound.form.at:
            router.add_api_route(bound.form.at, _form_page(bound), methods=["GET"], response_model=None)
    for path, sharing in sorted(by_path.items()):  # /calls/import before /calls/{id}, because letters sort before "{"
        router.add_api_route(path, _form_post(sharing), methods=["POST"], response_model=None)
    return router


def _form_page(bound: BoundForm) -> Any:
    async def show_form(request: Request) -> Response:
        values: Mapping[str, Any] = {}
        version = None
        if bound.form.source:
            answer = await ask(request, "GET", bound.form.source.format(**request.path_params))
            if answer.status != 200:
                return pages.problem_page(request, answer.status, answer.document)
            values, version = answer.document, answer.header("etag").strip('"') or None
        elif not bound.form.is_open and session_of(request) is None:
            return pages.login_page(request)
        view = await form_view(request, bound.form.operation, values=values, version=version)
        return pages.page(request, bound.form.template, view=view, resource=values)

    return show_form


def _form_post(sharing: Sequence[BoundForm]) -> Any:
    async def post_form(request: Request) -> Response:
        async with request.form(max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD) as data:
            sent: dict[str, list[str]] = defaultdict(list)
            files = []
            for name, value in data.multi_items():
                if isinstance(value, UploadFile):
                    files.append(value)
                else:
                    sent[name].append(value)
            own = {name: values[-1] for name, values in sent.items() if name.startswith(OWN)}
            bound = next((each for each in sharing if each.form.operation == own.get("_operation")), None)
            if bound is None and not own and (only := next((each for each in sharing if each.takes_any_post), None)):
                return (await ask(request, only.method, request.url.path)).response()
            if bound is None:
                raise Invalid(translated(AGAIN))
            typed = {name: values for name, values in sent.items() if not name.startswith(OWN)}
            if bound.form.media_types is not None:
                return await _send_file(request, bound, own, typed, files)
            return await _send(request, bound, own, typed)

    return post_form


async def _send(request: Request, bound: BoundForm, own: Mapping[str, str], typed: Sent) -> Response:
    fields = await bound.fields(request)
    zone = own.get("_zone") or BRUSSELS
    values, shown = read(fields, typed, zone), read(fields, typed, zone, blanks=True)
    rows = {path: len(numbers(typed, path)) for path in _lists(fields, typed, "")}
    if more := own.get("_more") or _unsought(request, own):
        rows[more] = rows.get(more, 0) + 1
        return await _show_again(request, bound, {**own, "_more": more}, shown, rows, None)
    known = {field.name for field in fields}
    unknown = {name.partition(".")[0]: typed[name][-1] for name in typed if name.partition(".")[0] not in known}
    body = json.dumps({**unknown, **values}).encode() if fields or unknown else b""
    headers = {"content-type": "application/json"} if body else {}
    answer = await ask(request, bound.method, request.url.path, body=body, headers=headers | _conditions(own))
    return await _lead_on(request, bound, own, shown, rows, answer, typed)


def _unsought(request: Request, own: Mapping[str, str]) -> str:
    """Return the name of a field in which a text was typed that was not looked for yet: Enter there finds it, too."""
    typed = {name.removeprefix(SOUGHT): text.strip() for name, text in own.items() if name.startswith(SOUGHT)}
    new = (name for name, text in typed.items() if text and text != own.get(f"{FOUND}{name}", "").strip())
    return next(new, "") if wants_html(request) else ""


async def _send_file(
    request: Request, bound: BoundForm, own: Mapping[str, str], typed: Sent, files: Sequence[UploadFile]
) -> Response:
    [file, *_others] = files or [UploadFile(file=BytesIO(), filename="")]
    name = file.filename or ""
    types = bound.form.media_types or {}
    query = {key: values[-1] for key, values in typed.items() if values[-1]} | {"name": name}
    media_type = types.get(PurePosixPath(name).suffix.lower(), types.get("", "application/octet-stream"))
    headers = {"content-type": media_type, **_conditions(own)}
    if not name:
        return await _show_again(request, bound, own, query, {}, _no_file())
    body = await file.read()
    answer = await ask(request, bound.method, request.url.path, urlencode(query), body, headers)
    return await _lead_on(request, bound, own, query, {}, answer, typed)


def _conditions(own: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that say on which version a change rests, and that a repeated post is the same one."""
    given = {"if-match": f'"{own["_version"]}"' if own.get("_version") else "", "idempotency-key": own.get("_key", "")}
    return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


async def _lead_on(
    request: Request,
    bound: BoundForm,
    own: Mapping[str, str],
    values: Mapping[str, Any],
    rows: Mapping[str, int],
    answer: Answer,
    typed: Sent,
) -> Response:
    if not wants_html(request):  # a script saves a draft
        return answer.response()
    if answer.status == 401 and not bound.form.is_open:
        secret = {field.name for field in await bound.fields(request) if field.kind is Kind.PASSWORD}
        kept = [(name, text) for name, texts in typed.items() if name not in secret for text in texts]
        pending = [*kept, *((name, text) for name, text in own.items() if name != "_more")]
        sends_file = bound.form.media_types is not None
        if sends_file and not pages.has_typed(pending):
            pending = []
        page = own_path(own.get("_page") or own.get("_next", ""))
        return pages.login_page(request, next=page, pending=pending, lost_file=sends_file)
    if answer.status >= 400:
        return await _show_again(request, bound, own, values, rows, answer)
    if bound.form.answer:
        shown = pages.page(request, bound.form.answer, resource=answer.document, bound=bound, sent=values)
        shown.headers["Cache-Control"] = "no-store"
        return shown
    response = RedirectResponse(_next(request, bound, own, answer), 303)
    if bound.form.done:
        notify(response, request, translated(bound.form.done))
    return response


def _next(request: Request, bound: BoundForm, own: Mapping[str, str], answer: Answer) -> str:
    if own.get("_next"):
        return own_path(own["_next"])
    if bound.form.next:
        created = answer.document if isinstance(answer.document, dict) else {}
        return bound.form.next.format(**{**created, **request.path_params})
    location = urlsplit(answer.header("location")).path
    return location or own_path(own.get("_page", ""))


async def _show_again(
    request: Request,
    bound: BoundForm,
    own: Mapping[str, str],
    values: Mapping[str, Any],
    rows: Mapping[str, int],
    answer: Answer | None,
) -> Response:
    """Show the page of the form with what was typed; the refusal alone, if the page cannot be shown any more."""
    problem = answer.document if answer else {}
    if answer is not None and not own.get("_page"):  # the form is on a page of another service
        return pages.problem_page(request, answer.status, problem)
    fields = await bound.fields(request)
    errors = {place_of(each["field"], fields, values): _chosen(each["message"]) for each in problem.get("errors", ())}
    request.state.refused_form = Refused(
        operation=bound.form.operation,
        action=request.url.path,
        values=values,
        rows=rows,
        errors=_in_order(errors, bound),
        title=problem.get("title", ""),
        detail=problem.get("detail", ""),
        status=answer.status if answer else 200,
        key=own.get("_key", "") if answer is None else "",
        prefix=own.get("_prefix", ""),
        more="" if answer else own.get("_more", ""),
        labels={path: _label(bound, fields, path) for path in errors},
        sought={name.removeprefix(SOUGHT): text for name, text in own.items() if name.startswith(SOUGHT)},
    )
    address = urlsplit(own_path(own.get("_page", "")))
    page = await ask(request, "GET", address.path, address.query, headers={"accept": "text/html"})
    if page.status == 200 or answer is None:
        return page.response(answer.status if answer else 200)
    return pages.problem_page(request, answer.status, problem)


def _in_order(errors: Mapping[str, str], bound: BoundForm) -> dict[str, str]:
    """Return errors in the order in which the page shows their fields."""
    shown = [name for _title, names in bound.form.sections for name in names]
    place = {name: number for number, name in enumerate(shown)}
    return dict(sorted(errors.items(), key=lambda error: place.get(error[0].partition(".")[0], len(place))))


def _label(bound: BoundForm, fields: Sequence[Field], path: str) -> str:
    """Return what the page calls a field; empty for one that it does not show."""
    if path == "body" and bound.form.media_types is not None:
        return translated(bound.form.words[path].label) if path in bound.form.words else ""
    return " ".join(translated(label) for label in labels_at(fields, path))


def _chosen(message: str) -> str:
    """Return the words for people of an error that the API has for programs."""
    return next((translated(words) for said, words in CHOSEN.items() if message == translated(said)), message)


def _lists(fields: Sequence[Field], typed: Sent, prefix: str) -> list[str]:
    """Return the paths of all lists of groups in a form, as they were sent."""
    found = []
    for field in fields:
        path = f"{prefix}{field.name}"
        if field.kind is Kind.GROUP:
            found += _lists(field.fields, typed, f"{path}.")
        if field.kind is Kind.GROUPS:
            found.append(path)
            for number in numbers(typed, path):
                found += _lists(field.fields, typed, f"{path}.{number}.")
    return found
