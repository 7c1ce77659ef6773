"""Pages of countries: the list, a country, and the editions that operators write."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from fastapi import Request, Response

from services.profiles.countries import usecases
from services.profiles.countries.domain import AnnouncedThing, CountryText, known
from services.profiles.countries.forms import KINDS, LISTS
from services.profiles.countries.markdown import rendered
from services.profiles.countries.store import (
    announced_for,
    countries_with_news,
    page_of_country,
    with_texts,
)
from services.profiles.dependencies import CountryCode, CurrentCaller, CurrentRuntime, EditionNumber
from shared.contracts.announcements import kinds
from shared.forms.fields import said_of
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import language, translated
from shared.web.routes import page_router
from shared.words import fold

router = page_router()


@router.get("/countries")
async def show_countries(request: Request, runtime: CurrentRuntime) -> Response:
    """Show the countries: those with a text first, then all others by their first letter."""
    written = {page.id for page in await with_texts(runtime.db)}
    with_news = {*await countries_with_news(runtime.db)}
    named = pages.countries(language.get())
    others = [(code, name, code in with_news) for code, name in named if code not in written]
    return pages.page(
        request,
        "countries.html",
        written=[(code, name) for code, name in named if code in written],
        letters=[(letter, [*each]) for letter, each in groupby(others, lambda each: fold(each[1])[:1].upper())],
    )


@router.get("/countries/{code}")
async def show_country(code: CountryCode, request: Request, runtime: CurrentRuntime) -> Response:
    """Show what operators wrote about a country, and what every service announces for it."""
    code = known(code)
    page = await page_of_country(runtime.db, code)
    return pages.page(
        request,
        "country.html",
        code=code,
        resource=page,
        **await _shown(page.text),
        groups=await announcements(runtime, code),
    )


@router.get("/countries/{code}/change")
async def show_change_of_country(
    code: CountryCode, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show operators the form, filled with the newest edition."""
    caller.require_operator(usecases.ONLY_OPERATORS)
    code = known(code)
    page = await page_of_country(runtime.db, code)
    values = {}
    if page.newest:
        newest = await usecases.edition_of(runtime.db, code, page.newest, caller)
        values = newest.text.model_dump(mode="json")
    view = await form_view(request, "write_country", values=values, version=page.version, code=code)
    return pages.page(request, "country_form.html", code=code, view=view, resource=page)


@router.get("/countries/{code}/editions")
async def show_editions(
    code: CountryCode, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show operators the editions of a text: when each was written, by whom, and which one is public."""
    code = known(code)
    editions = await usecases.named_editions(runtime.db, code, caller)
    page = await page_of_country(runtime.db, code)
    return pages.page(request, "country_editions.html", code=code, resource=page, editions=editions)


@router.get("/countries/{code}/editions/{number}")
async def show_edition(
    code: CountryCode, number: EditionNumber, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show operators an edition as everyone would read it, in each language that it has."""
    code = known(code)
    edition = await usecases.edition_of(runtime.db, code, number, caller)
    page = await page_of_country(runtime.db, code)
    texts = {"en": edition.text.policy, "fr": edition.text.policy_fr, "de": edition.text.policy_de}
    policies = [(each, await asyncio.to_thread(rendered, text)) for each, text in texts.items() if text]
    return pages.page(
        request,
        "country_edition.html",
        code=code,
        resource=page,
        edition=edition,
        author=await usecases.author_of(runtime.db, edition),
        text=edition.text,
        policies=policies,
    )


async def _shown(text: CountryText | None) -> Mapping[str, Any]:
    """Return what the template shows of a text, in the language of this request if it has one."""
    policy, spoken = text.policy_in(language.get()) if text else ("", "en")
    return {"text": text, "spoken": spoken, "policy": await asyncio.to_thread(rendered, policy)}


async def announcements(runtime: CurrentRuntime, code: str) -> list[tuple[str, str, str, Sequence[AnnouncedThing]]]:
    """Return what is announced for a country: kind, heading, address of the list of all, and things."""
    order = [*KINDS, *(kind for kind in kinds() if kind not in KINDS)]
    found = await announced_for(runtime.db, code, order, runtime.db.now())
    return [
        (kind, translated(KINDS.get(kind) or said_of(kind)), LISTS.get(kind, "").format(code=code), things)
        for kind, things in found.items()
    ]
