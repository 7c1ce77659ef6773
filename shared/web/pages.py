"""HTML pages: Jinja2 templates that escape every value, with one layout for the whole platform."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pycountry
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from shared.forms.controls import Control
from shared.forms.fields import NOT_TYPED, Field, Kind, said_of
from shared.http.conditional import is_current
from shared.text import counted, quoted
from shared.web import filters
from shared.web.addresses import address_of
from shared.web.assets import asset_path
from shared.web.form_views import FormView, drawn, refused_form
from shared.web.i18n import (
    LANGUAGES,
    _,
    clock_in_words,
    country_name,
    day_in_words,
    end_in_words,
    instant,
    language,
    money,
    number,
    period_in_words,
    person_name,
    time_in_words,
    translated,
    translated_number,
)
from shared.web.visits import notice_of, session_of, take_notice
from shared.words import fold

ROOT = Path(__file__).parent.parent.parent
NAVIGATION = Path(__file__).parent / "navigation.json"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
VARY = "Accept, Accept-Language, Cookie"
FILTERS = {
    "country": country_name,
    "quoted": quoted,
    "counted": counted,
    "day": day_in_words,
    "time": time_in_words,
    "clock": clock_in_words,
    "instant": instant,
    "span": period_in_words,
    "end": end_in_words,
    "number": number,
    "money": money,
    "said": lambda name: translated(said_of(name)),
    "translated": translated,
    "person": person_name,
    "led": filters.led,
    "paragraphs": filters.paragraphs,
    "marked": filters.marked,
    "countdown": filters.countdown,
}


@cache
def environment() -> Environment:
    """Return the templates of the frame and of the installed services."""
    folders = [Path(__file__).parent / "templates", *sorted((ROOT / "services").glob("*/templates"))]
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(translated, translated_number, newstyle=True)  # type: ignore[attr-defined]
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(FILTERS)
    made.globals.update(
        asset=asset_path,
        form_of=form_of,
        options_of=options_of,
        stored_words=stored_words,
        address=address,
        languages=LANGUAGES,
        zones=zones,
        countries=lambda: countries(language.get()),
    )
    return made


@cache
def navigation() -> Mapping[str, Sequence[Any]]:
    """Return the entries of the menus, which `ccp generate` collects from the cards of all services."""
    entries: Mapping[str, Sequence[Any]] = json.loads(NAVIGATION.read_text())
    return entries


def options_of(field: Field) -> Sequence[tuple[str, str]]:
    """Return the options of a choice, in the language of this request."""
    if field.kind is Kind.YES_OR_NO:
        return [("true", translated(_("Yes"))), ("false", translated(_("No")))]
    options = [(value, translated(words)) for value, words in field.options]
    return [*options, *countries(language.get())] if field.is_country else options


def stored_words(control: Control) -> str:
    """Return what others stored meanwhile in a field, in words: the labels of choices instead of their values."""
    if control.field.kind is Kind.YES_NO:
        return translated(_("Yes")) if control.stored == ("true",) else translated(_("No"))
    words = dict(options_of(control.field)) if control.field.kind in NOT_TYPED else {}
    return ", ".join(words.get(text, text) for text in control.stored or ())


@cache
def countries(code: str) -> Sequence[tuple[str, str]]:
    """Return the codes and names of all countries, in the order of a language."""
    codes = [country.alpha_2 for country in pycountry.countries]
    return sorted(((each, country_name(each)) for each in codes), key=lambda each: fold(each[1]))


@cache
def zones() -> Sequence[str]:
    """Return the time zones that forms suggest: those of Europe; the names of all others can be typed."""
    return sorted(name for name in available_timezones() if name.startswith("Europe/"))


@pass_context
def form_of(context: Context, operation: str, **details: Any) -> FormView:
    """Return a form of this service for a template; `details` are those of `drawn`."""
    return drawn(context["request"], operation, **details)


@pass_context
def address(context: Context, **changes: Any) -> str:
    """Return the address of this page with other query parameters; None removes one, and the cursor always goes."""
    return address_of(context["request"], **changes)


def render(template: str, **context: Any) -> str:
    """Return a template with its values, outside a page: an e-mail."""
    return environment().get_template(template).render(**context)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page. A visitor's browser may keep it, and asks each time whether it is still current."""
    notice, session, refused = notice_of(request), session_of(request), refused_form(request)
    body = render(
        template,
        request=request,
        session=session,
        notice=notice,
        refused=refused,
        language=language.get(),
        navigation=navigation(),
        now=request.app.state.clock.now(),
        public_url=request.app.state.settings.public_url,
        **context,
    )
    headers = {"Vary": VARY, "Content-Security-Policy": POLICY, "Content-Language": language.get()}
    is_for_all = session is None and not notice and not hasattr(request.state, "caller")
    if is_for_all and "authorization" not in request.headers and status == 200 and request.method in {"GET", "HEAD"}:
        tag = f'W/"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
        headers |= {"ETag": tag, "Cache-Control": "no-cache"}
        if is_current(request, tag):
            return Response(status_code=304, headers=headers)
    response = HTMLResponse(body, status, headers=headers)
    take_notice(request, response, notice)
    return response


def problem_page(request: Request, status: int, problem: Mapping[str, Any]) -> Response:
    """Return a refusal as a page; one who is not logged in gets the form to log in."""
    if status == 401 and request.method in {"GET", "HEAD"}:
        return login_page(request)
    if problem.get("code") == "second_factor_needed" and request.method in {"GET", "HEAD"}:
        return RedirectResponse("/me/second-factor", 303)
    return page(request, "problem.html", status=status, problem=problem)


def has_typed(fields: Sequence[tuple[str, str]]) -> bool:
    """Return whether a form that was sent has more than its own fields, and not only a button that was pressed."""
    return any(not name.startswith("_") for name, _ in fields)


def login_page(
    request: Request,
    *,
    next: str = "",
    pending: Sequence[tuple[str, str]] = (),
    action: str = "",
    email: str = "",
    error: str = "",
    lost_file: bool = False,
    status: int = 401,
) -> Response:
    """Return the form to log in, which leads on to the page that was wanted.

    `pending`: the fields of a form that was sent after the session had ended. They are kept until the member is logged
    in again. `lost_file`: the form also sent a file, which is not kept.
    """
    wanted = next or (f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path)
    return page(
        request,
        "login.html",
        status=status,
        next=wanted,
        pending=pending,
        pending_action=action or (request.url.path if pending else ""),
        typed=has_typed(pending),
        email=email,
        error=error,
        lost_file=lost_file,
        is_needed=status == 401 and not error,
    )
