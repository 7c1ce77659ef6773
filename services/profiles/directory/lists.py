"""What the pages of the directory share: facets, chips, and addresses that keep the filters (no HTTP)."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from services.profiles.directory.search import OrganisationFilter, country_of
from services.profiles.directory.tally import Counts
from services.profiles.directory.words import ALWAYS_SHOWN, LABELS, TITLES
from shared.web.facets import Choice
from shared.web.i18n import translated


def link(path: str, q: OrganisationFilter, **changes: Any) -> str:
    """Return the address of a page with the filters; None removes one."""
    kept = {name: value for name, value in {**q.given, **changes}.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def facets(
    path: str, q: OrganisationFilter, counted: Mapping[str, Counts], *, without: Iterable[str] = (), **kept: Any
) -> list[tuple[str, list[Choice]]]:
    """Return the choices by facet; regions only within a country. `kept`: other parameters of the address."""
    chosen = q.chosen
    names = [name for name in TITLES if name in ALWAYS_SHOWN or name in chosen or (name == "region" and country_of(q))]
    left_out = {*without}
    return [
        (
            translated(TITLES[name]),
            [
                Choice(
                    LABELS[name](value),
                    number,
                    link(path, q, **kept, **{name: None if chosen.get(name) == value else value}),
                    chosen.get(name) == value,
                )
                for value, number in counted[name].items()
            ],
        )
        for name in names
        if name not in left_out
    ]


def chips(path: str, q: OrganisationFilter, **kept: Any) -> list[tuple[str, str]]:
    """Return the filters that are set, each with the address without it."""
    made = [(f"“{q.text}”", link(path, q, **kept, text=None))] if q.text else []
    return made + [(LABELS[name](value), link(path, q, **kept, **{name: None})) for name, value in q.chosen.items()]
