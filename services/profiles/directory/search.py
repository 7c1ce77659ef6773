"""Search among public organisations: the filters of the list, and its order."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from services.profiles.geography.regions import regions
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.profile import Sector, matching
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.vocabulary import Label, ServiceOffered, Size, Technology
from shared.fields import OneLine
from shared.http.paging import Page, Paging, decode_cursor, decode_time_cursor, page_of
from shared.mongo import Query, Reader, behind
from shared.vocabulary import Country, Ecosystem, OrganisationKind

# Each filter by a value, and the field that has it.
FIELDS = {
    "country": "country",
    "region": "region",
    "ecosystem": "ecosystems",
    "kind": "kind",
    "size": "size",
    "service": "services",
    "interest": "countries_of_interest",
    "technology": "technologies",
    "sector": "sectors",
    "label": "labels",
}
Order = Literal["name", "newest", "updated"]
KEYS: Mapping[Order, str] = {"name": "name", "newest": "id", "updated": "updated_at"}
ORDERS: Mapping[Order, Sequence[tuple[str, int]]] = {
    "name": [("name", 1), ("_id", 1)],
    "newest": [("_id", -1)],
    "updated": [("updated_at", -1), ("_id", 1)],
}
# Indexes by name, for searches for words, where the server chooses badly.
BY_ID = "_id_"
ORDERED_BY: Mapping[Order, str] = {
    "name": "status_1_name_1__id_1",
    "newest": "status_1__id_-1",
    "updated": "status_1_updated_at_-1__id_1",
}
PUBLIC: Query = {"status": Status.PUBLISHED}


class OrganisationFilter(Paging):
    """Filters for organisations; an organisation has to pass all of them."""

    text: Annotated[str, OneLine(200, fewest=2)] | None = Field(
        None, description="Words, or their beginnings, in the name, the acronym, the place or the description"
    )
    country: Country | None = Field(None, description="Only organisations of this country (ISO 3166-1 alpha-2 code)")
    region: Annotated[str, OneLine(5)] | None = Field(
        None, description="Only organisations of this region (NUTS 2021, level 2)"
    )
    ecosystem: Ecosystem | None = Field(None, description="Only organisations in this industrial ecosystem")
    kind: OrganisationKind | None = Field(None, description="Only organisations of this kind")
    size: Size | None = Field(None, description="Only organisations with so many members")
    service: ServiceOffered | None = Field(None, description="Only organisations that offer this service")
    interest: Country | None = Field(None, description="Only organisations that look for partners in this country")
    technology: Technology | None = Field(None, description="Only organisations that work with this technology")
    sector: Sector | None = Field(None, description="Only organisations in this division of NACE Rev. 2.1")
    label: Label | None = Field(None, description="Only organisations that hold this label")

    @property
    def chosen(self) -> dict[str, str]:
        """The filters by a value that are set."""
        return {name: str(value) for name in FIELDS if (value := getattr(self, name))}

    @property
    def given(self) -> dict[str, Any]:
        """The filters that are set, as they stand in an address."""
        return {**({"text": self.text} if self.text else {}), **self.chosen}

    def query(self) -> Query:
        """Return the query for public organisations that pass every filter."""
        values = {FIELDS[name]: value for name, value in self.chosen.items()}
        return {**PUBLIC, **values, **matching(self.text or "")}


class OrganisationSearch(OrganisationFilter):
    """The filters of a list, and its order."""

    sort: Order = Field("name", description="By name, the newest first, or those first that changed last")


async def list_organisations(
    reader: Reader, q: OrganisationSearch, among: Sequence[str] | None = None
) -> Page[Organisation]:
    """Return a page of public organisations, as strangers see them. Raises Invalid for a wrong cursor.

    `among`: the ids of those that pass the filters, if they are known. Otherwise a list by words is read in its order.
    """
    query = {"$and": [_passing(q, among), _after(q)]}
    using = None if not q.text else BY_ID if among is not None else ORDERED_BY[q.sort]
    found = await ORGANISATIONS.find(reader, query, sort=ORDERS[q.sort], limit=q.limit + 1, using=using)
    return page_of(Organisation, found, q.limit, KEYS[q.sort], Organisation.public)


def _passing(q: OrganisationFilter, among: Sequence[str] | None) -> Query:
    """Return the query for public organisations that pass the filters, by their ids if these are known."""
    return q.query() if among is None else {**PUBLIC, "_id": {"$in": [*among]}}


def _after(q: OrganisationSearch) -> Query:
    """Return the query for what follows the previous page."""
    if q.cursor is None:
        return {}
    if q.sort == "updated":
        return behind("updated_at", decode_time_cursor(q.cursor), newest_first=True)
    key, id = decode_cursor(q.cursor, 2)
    return {"_id": {"$lt": id}} if q.sort == "newest" else behind("name", (key, id))


async def located(
    reader: Reader, q: OrganisationFilter, among: Sequence[str] | None, limit: int
) -> list[dict[str, Any]]:
    """Return id, name and point of organisations that pass the filters and have a point; `among`: see above."""
    query = {"$and": [_passing(q, among), {"point": {"$ne": None}}]}
    return await ORGANISATIONS.rows(reader, query, ["name", "point", "region"], limit=limit)


async def latest(reader: Reader, q: OrganisationFilter, limit: int) -> list[Organisation]:
    """Return the organisations that pass the filters and changed last."""
    return await ORGANISATIONS.find(reader, q.query(), sort=[("updated_at", -1), ("_id", 1)], limit=limit)


def country_of(q: OrganisationFilter) -> str:
    """Return the country that the filters narrow to, by itself or by its region; empty without one."""
    region = regions().get(q.region or "")
    return str(q.country or (region.country if region else ""))
