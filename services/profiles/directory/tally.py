"""Counts of public organisations, from sets of bits in memory: a bit for each organisation, a set for each value.

The words that searches find are in memory, too, for each part of the directory.

Each transaction that changes a public profile marks its part of the directory, and each count first reads the marks.
So counts are those of the database at that moment, while only parts that changed are read again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar, cast

from services.profiles.directory.postings import NO_WORDS, Postings
from services.profiles.directory.search import FIELDS, OrganisationFilter
from services.profiles.organisations.domain import DIRECTORY_PARTS
from services.profiles.organisations.profile import wanted
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import DIRECTORY, ORGANISATIONS
from shared.mongo import Query, Reader

Counts = dict[str, int]
MOST_IN_A_PART = 100_000
MOST_NAMED = 500  # ids in a query; of more matches, the first ones are found faster in the order of the list
MOST_KEPT = 200  # results that are kept until the directory changes
Kept = TypeVar("Kept")


class Tally:
    """The public organisations with each value."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}  # the number of each organisation's bit, by id
        self._ids: list[str] = []  # the id of each bit
        self._words: dict[int, Postings] = {}  # the words of each part
        self._known: dict[str, str] = {}  # each word once
        self._kept: dict[Hashable, Any] = {}
        self.version = 0  # raised with each part that is read
        self._sets: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
        self._parts: dict[int, int] = {}  # the organisations of each part
        self._seen: dict[str, int] = {}  # marks of the parts when they were read
        self._refreshing = asyncio.Lock()

    async def counts(self, reader: Reader, q: OrganisationFilter) -> dict[str, Counts]:
        """Return how many organisations pass the filters, by facet and value, the most frequent value first."""
        await self.refresh(reader)
        found = self._matching(q)
        counted = {
            name: {value: number for value, bits in sets.items() if (number := (bits & found).bit_count())}
            for name, sets in self._sets.items()
        }
        return {
            name: dict(sorted(each.items(), key=lambda pair: (-pair[1], pair[0]))) for name, each in counted.items()
        }

    async def ids(self, reader: Reader, q: OrganisationFilter) -> list[str] | None:
        """Return the ids of the organisations that pass the filters; None if no words are searched, or for many."""
        if not q.text:
            return None
        await self.refresh(reader)
        found = self._matching(q)
        return [self._ids[bit] for bit in bits_of(found)] if found.bit_count() <= MOST_NAMED else None

    def keeps(self, key: Hashable) -> bool:
        """Return whether a result is kept."""
        return key in self._kept

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what follows from counts, made once until the directory changes: the key has the version of them."""
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = make()
        return cast(Kept, self._kept[key])

    def _matching(self, q: OrganisationFilter) -> int:
        """Return the set of the organisations that pass the filters."""
        found = reduce(or_, self._parts.values(), 0)
        for name, value in q.chosen.items():
            found &= self._sets[name].get(value, 0)
        for beginning, stem in wanted(q.text or ""):
            found &= bit_set({bit for words in self._words.values() for bit in words.having(beginning, stem)})
        return found

    async def refresh(self, reader: Reader) -> None:
        """Read the parts that changed since they were read."""
        async with self._refreshing:
            marks = {row["_id"]: row["changes"] for row in await DIRECTORY.rows(reader, {}, ["changes"], limit=10_000)}
            stale = [int(part) for part, changes in marks.items() if self._seen.get(part) != changes]
            for part in stale if self._parts else range(DIRECTORY_PARTS):
                await self._read(reader, part)
            self._seen = marks

    async def _read(self, reader: Reader, part: int) -> None:
        """Replace what is known of a part."""
        query: Query = {"part": part, "status": Status.PUBLISHED}
        rows = await ORGANISATIONS.rows(reader, query, ["found_by", *FIELDS.values()], limit=MOST_IN_A_PART)
        members: list[int] = []
        values: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in FIELDS}
        words: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            members.append(bit := self._bit(row["_id"]))
            for name, field in FIELDS.items():
                for value in values_of(row.get(field)):
                    values[name][value].append(bit)
            for word in row.get("found_by", ()):
                words[self._known.setdefault(word, word)].append(bit)
        self._words[part] = Postings.of(words) if words else NO_WORDS
        self._kept.clear()
        self.version += 1
        self._replace({part: bit_set(members)}, values)

    def _bit(self, id: str) -> int:
        """Return the number of an organisation's bit, which it keeps."""
        if id not in self._bits:
            self._bits[id] = len(self._ids)
            self._ids.append(id)
        return self._bits[id]

    def _replace(self, parts: Mapping[int, int], values: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        """Replace some parts, and the values of their organisations."""
        gone = reduce(or_, (self._parts.get(part, 0) for part in parts), 0)
        self._parts.update(parts)
        for name, sets in self._sets.items():
            for value in sets.keys() | values[name].keys():
                sets[value] = (sets.get(value, 0) & ~gone) | bit_set(values[name].get(value, ()))


def bit_set(bits: Iterable[int]) -> int:
    """Return a set of bits as a number."""
    numbers = [*bits]
    made = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        made[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(made, "little")


def bits_of(found: int) -> list[int]:
    """Return the numbers of the bits in a set, the lowest first."""
    numbers = []
    while found:
        lowest = found & -found
        numbers.append(lowest.bit_length() - 1)
        found ^= lowest
    return numbers


def values_of(value: Any) -> Sequence[str]:
    """Return the values of a field that has one, several or none."""
    if isinstance(value, list):
        return value
    return [value] if value else []
