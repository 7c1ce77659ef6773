"""The page with the list of calls: what is open now, filters with counts, and the words that matched."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from services.calls.catalogue.facets import Counts, counts, counts_of_statuses
from services.calls.catalogue.layout import laid_out
from services.calls.catalogue.search import PUBLIC, CallFilter, CallSearch, Order
from services.calls.catalogue.status import Status
from services.calls.catalogue.views import CallView, query_of, results
from services.calls.catalogue.vocabulary import Vocabulary
from services.calls.catalogue.words import ECOSYSTEMS, FACETS, KINDS, ORDERS, STATUSES, time_left
from services.calls.dependencies import CurrentRuntime, OptionalCaller
from services.calls.organisations.store import ORGANISATIONS
from shared.auth import Caller
from shared.errors import Invalid
from shared.http.paging import Page
from shared.service import Runtime
from shared.web import pages
from shared.web.i18n import _, country_name, money, translated
from shared.web.queries import read_query
from shared.web.routes import page_router
from shared.words import STOP_WORDS, WORD, fold, wanted_words

router = page_router()
NOW = [Status.OPEN, Status.CLOSING_SOON]
FIRST_WITH_CALLS = [NOW, [Status.FORTHCOMING], [Status.CLOSED]]  # what the page shows unless the reader asks for more
EXCERPT = 220  # characters of a summary
FIRST_PAGE = _("This page of the list does not exist any more. You see the first one.")
BY_PUBLISHER, CLOSING_WITHIN, FOR_PROFILE = _("by %(name)s"), _("closing within %(num)s days"), _("fits %(name)s")
GRANT_FROM, GRANT_TO = _("grants of %(sum)s or more"), _("grants of %(sum)s or less")


@dataclass(frozen=True)
class Choice:
    """A value of a facet, with the address at which it is chosen, or not any more."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass
class Found:
    """What the list shows: the query as it was understood, the calls, and how many there are."""

    q: CallSearch
    page: Page[CallView]
    counted: Mapping[str, Counts]
    statuses: Counts
    errors: dict[str, str] = field(default_factory=dict)
    by_itself: Sequence[Status] = ()  # statuses that the page chose and not the reader

    @property
    def total(self) -> int:
        """The number of calls that are found; every call has one kind."""
        return sum(self.counted["kind"].values())


@router.get("/calls")
async def show_calls(request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show calls: without a search those that are open, the next deadline first."""
    asked, errors = read_query(request, CallSearch)
    try:
        found = await find(runtime, asked, caller)
    except Invalid as invalid:
        if invalid.field != "cursor":
            raise
        errors["cursor"] = translated(FIRST_PAGE)
        found = await find(runtime, asked.model_copy(update={"cursor": None}), caller)
    found.errors = errors
    shown = asked.given
    return pages.page(
        request,
        "calls.html",
        resource=found.page,
        found=found,
        facets=facets(found, asked),
        chips=await chips(runtime, asked),
        orders=orders(found.q, asked),
        every=link(asked, status=[*PUBLIC]),
        forthcoming=link(asked, status=[Status.FORTHCOMING]),
        hidden=[(name, each) for name, value in shown.items() if name != "text" for each in as_list(value)],
        filters=urlencode({name: value for name, value in shown.items() if name != "for_profile"}, doseq=True),
        matched=matched(asked.text, runtime.resources.vocabulary),
        excerpt=excerpt,
        statuses=STATUSES,
        kinds=KINDS,
        ecosystems=ECOSYSTEMS,
        time_left=time_left,
    )


async def find(runtime: Runtime, asked: CallSearch, caller: Caller | None) -> Found:
    """Return what the page shows. Without a text and a status it is what is open, else what is next, else the latest.

    Raise Invalid for a cursor of another list.
    """
    every = asked.model_copy(update={"status": []})
    now = runtime.db.now()
    statuses = await counts_of_statuses(runtime.db, every, await query_of(runtime, every, caller), now)
    q, by_itself = asked, list[Status]()
    if not asked.status and not asked.text:
        by_itself = next((each for each in FIRST_WITH_CALLS if any(statuses[status] for status in each)), NOW)
        q = asked.model_copy(update={"status": by_itself})
    if q.status == [Status.CLOSED] and q.sort is None:
        q = q.model_copy(update={"sort": Order.MATCH if q.text else Order.LATEST})
    counted = await counts(runtime.db, q, await query_of(runtime, q, caller), now)
    return Found(q, await results(runtime, q, caller), counted, statuses, by_itself=by_itself)


def facets(found: Found, asked: CallFilter) -> list[tuple[str, list[Choice]]]:
    """Return the choices by facet; the statuses are counted as if none was chosen."""
    counted = {**found.counted, "status": found.statuses}
    given = asked.given
    made = []
    for name, title in FACETS.items():
        chosen = as_list(given.get(name, []))
        some = [(value, number) for value, number in counted[name].items() if number and value not in chosen]
        shown = [*((value, counted[name].get(value, 0)) for value in chosen), *some]
        if name == "status":
            shown.sort(key=lambda pair: PUBLIC.index(Status(pair[0])))
        choices = [
            Choice(
                label_of(name, value),
                number,
                link(asked, **{name: None if value in chosen else value}),
                value in chosen,
            )
            for value, number in shown
        ]
        made.append((translated(title), choices))
    return made


def label_of(facet: str, value: str) -> str:
    """Return the words of a facet's value in the language of this request."""
    match facet:
        case "status":
            return translated(STATUSES[Status(value)][0])
        case "kind":
            return translated(dict(KINDS)[value])  # type: ignore[index]
        case "ecosystem":
            return translated(dict(ECOSYSTEMS)[value])  # type: ignore[index]
        case "country" | "about":
            return country_name(value)
        case _:
            return value


async def chips(runtime: Runtime, asked: CallFilter) -> list[tuple[str, str]]:
    """Return the filters that are set, each with the address without it."""
    made = []
    for name, value in asked.given.items():
        for each in as_list(value):
            rest = [other for other in as_list(value) if other != each]
            made.append((await words_of(runtime, name, each), link(asked, **{name: rest or None})))
    return made


async def words_of(runtime: Runtime, name: str, value: Any) -> str:
    """Return a filter in words."""
    match name:
        case "text":
            return f"“{value}”"
        case "organisation_id" | "for_profile":
            organisation = await ORGANISATIONS.get(runtime.db, value)
            said = BY_PUBLISHER if name == "organisation_id" else FOR_PROFILE
            return translated(said) % {"name": organisation.name if organisation else value}
        case "closing_within":
            return translated(CLOSING_WITHIN) % {"num": value}
        case "grant_from" | "grant_to":
            return translated(GRANT_FROM if name == "grant_from" else GRANT_TO) % {"sum": money(value * 100)}
        case "about" | "country":
            return f"{translated(FACETS[name])}: {country_name(value)}"
        case _:
            return label_of(name, value)


def orders(q: CallSearch, asked: CallSearch) -> list[tuple[str, str, bool]]:
    """Return the orders of the list: words, address, and whether it has this order."""
    possible = [order for order in ORDERS if q.text or order is not Order.MATCH]
    return [(translated(ORDERS[order]), link(asked, sort=order), order is q.order) for order in possible]


def link(asked: CallFilter, **changes: Any) -> str:
    """Return the address of the list with other filters; None removes one."""
    order = getattr(asked, "sort", None)
    kept = {**asked.given, **({"sort": order} if order else {}), **changes}
    query = urlencode({name: value for name, value in kept.items() if value is not None}, doseq=True)
    return f"/calls?{query}" if query else "/calls"


def as_list(value: Any) -> list[Any]:
    """Return a value as a list."""
    return value if isinstance(value, list) else [value]


def matched(text: str | None, vocabulary: Vocabulary) -> list[str]:
    """Return the words that are marked in the results: those of the search, their stems, and what was meant."""
    if not text:
        return []
    typed = [word for word in WORD.findall(text) if len(word) > 1 and fold(word) not in STOP_WORDS]
    stems = [word.rstrip("_") for word in wanted_words(text)]
    return [*dict.fromkeys([*typed, *stems, *(meant for stem in stems for meant in vocabulary.meant(stem))])]


def excerpt(call: CallView, words: Sequence[str]) -> str:
    """Return the start of the summary, or the place in the description that matched if nothing else did."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})" if words else "(?!)", re.IGNORECASE)
    parted = laid_out if call.source_id else str
    summary, description = parted(call.summary or call.description), parted(call.description)
    place = None if pattern.search(f"{call.title} {summary[:EXCERPT]}") else pattern.search(description)
    if place is None:
        return shortened(summary)
    start = max(place.start() - EXCERPT // 3, 0)
    begin = description.rfind(" ", 0, start) + 1 if start else 0
    return f"{'… ' if begin else ''}{shortened(description[begin:])}"


def shortened(text: str) -> str:
    """Return the first words of a text."""
    line = " ".join(text[: EXCERPT * 2].split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rsplit(' ', 1)[0]} …"
