"""Facets of a list: how many entries have each value, as links that narrow the list; what was chosen, as chips."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from shared.mongo import Collection, Query, Reader
from shared.web.addresses import address_of
from shared.web.i18n import translated

MOST_VALUES = 300  # of one facet: more than there are countries
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Facet:
    """A filter of a list: its query parameter, the field that it asks for, its title, and the words of a value."""

    name: str
    field: str
    title: str
    words: Callable[[str], str]


@dataclass(frozen=True)
class Choice:
    """A value of a facet, with the address of the list that it leads to."""

    label: str
    count: int
    href: str
    chosen: bool


async def counted(
    reader: Reader, collection: Collection[Any], query: Query, facets: Sequence[Facet]
) -> Sequence[Counts]:
    """Return for each facet how many of the matches have each value, the most frequent first; each is read once."""
    groups: dict[str, list[Query]] = {
        facet.name: [
            {"$unwind": f"${facet.field}"},
            {"$group": {"_id": f"${facet.field}", "entries": {"$sum": 1}}},
            {"$sort": {"entries": -1, "_id": 1}},
            {"$limit": MOST_VALUES},
        ]
        for facet in facets
    }
    read = {facet.field: 1 for facet in facets}
    [found] = await collection.aggregate(reader, [{"$match": query}, {"$project": read}, {"$facet": groups}], 1)
    return [{row["_id"]: row["entries"] for row in found[facet.name]} for facet in facets]


def groups(request: Request, facets: Sequence[Facet], counts: Sequence[Counts]) -> list[tuple[str, list[Choice]]]:
    """Return the facets as the macro `facets` draws them; a value that is chosen leads back to the list without it."""
    chosen = request.query_params
    return [
        (
            translated(facet.title),
            [
                Choice(
                    facet.words(value),
                    entries,
                    address_of(request, **{facet.name: None if chosen.get(facet.name) == value else value}),
                    chosen.get(facet.name) == value,
                )
                for value, entries in counted.items()
            ],
        )
        for facet, counted in zip(facets, counts, strict=True)
    ]


def chips(request: Request, facets: Sequence[Facet], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the chosen values as the macro `chips` draws them: words, and the address of the list without each."""
    return [
        (
            f"{translated(facet.title)}: {facet.words(str(values[facet.name]))}",
            address_of(request, **{facet.name: None}),
        )
        for facet in facets
        if values.get(facet.name)
    ]
