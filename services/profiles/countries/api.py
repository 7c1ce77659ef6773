"""HTTP for pages of countries: what everyone reads, and the editions that operators write."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.profiles.countries import usecases
from services.profiles.countries.domain import AnnouncedThing, CountryPage, CountryText, Edition, known
from services.profiles.countries.store import announced_for, countries_with_news, page_of_country, with_texts
from services.profiles.dependencies import CountryCode, CurrentCaller, CurrentRuntime, EditionNumber
from shared.contracts.announcements import kinds
from shared.errors import Stale
from shared.http.preconditions import IfMatch, created, etag
from shared.http.problems import refusals
from shared.mongo import Duplicate
from shared.mongo.collection import CHANGED
from shared.vocabulary import Country, country_name

router = APIRouter(tags=["Countries"])
NO_COUNTRY = "Country not found"
NO_EDITION = "Country or edition not found"
NOT_AN_OPERATOR = "The caller is not an operator"
CHANGED_SINCE = "The page has changed since you read it"
NO_VERSION = "If-Match is missing"


class CountryEntry(BaseModel):
    """A country in the list."""

    code: Country
    name: str = Field(description="Name of the country in English")
    has_text: bool = Field(description="Whether operators wrote about it")
    url: str = Field(description="Path of its page")


class AnnouncedView(BaseModel):
    """A thing that a service announced for a country."""

    kind: str = Field(description="Kind of the thing, for instance call, gathering or organisation")
    title: str
    url: str = Field(description="Path of its page")
    organisation_name: str = Field(description="Name of the organisation that announced it; empty for itself")
    starts_at: datetime | None = Field(description="Its start, if it has one")
    until: datetime | None = Field(description="Its deadline or its end, if it has one")

    @classmethod
    def of(cls, thing: AnnouncedThing) -> Self:
        """Return the view of a copy."""
        return cls.model_validate(thing.model_dump(include={*cls.model_fields}))


class CountryView(BaseModel):
    """The page of a country."""

    code: Country
    version: int = Field(description="Version of the page, for If-Match; 0 if nothing was written yet")
    name: str = Field(description="Name of the country in English")
    text: CountryText | None = Field(description="What operators wrote; null: nothing yet")
    updated_at: datetime | None = Field(description="Time at which the text was published")
    announced: list[AnnouncedView] = Field(description="What services announce for it, by kind; at most 6 of each")


class EditionView(BaseModel):
    """An edition of what is written about a country."""

    code: Country
    number: int = Field(description="Number of the edition, counted from 1")
    version: int = Field(description="Version of the page, for If-Match")
    public: bool = Field(description="Whether it is the edition that everyone reads")
    text: CountryText
    written_at: datetime
    author: str = Field(description="Name of the operator who wrote it; empty if they have no account any more")

    @classmethod
    def of(cls, edition: Edition, page: CountryPage, author: str) -> Self:
        """Return the view for operators."""
        return cls(
            code=Country(edition.code),
            number=edition.number,
            version=page.version,
            public=page.public == edition.number,
            text=edition.text,
            written_at=edition.written_at,
            author=author,
        )


@router.get("/countries", operation_id="list_countries", summary="List countries that have news or a text")
async def list_countries(runtime: CurrentRuntime) -> list[CountryEntry]:
    """Return the countries about which operators wrote, or for which something was announced, by code."""
    written = {page.id for page in await with_texts(runtime.db)}
    return [
        CountryEntry(
            code=Country(code),
            name=country_name(code),
            has_text=code in written,
            url=usecases.country_path(code),
        )
        for code in sorted({*written, *await countries_with_news(runtime.db)})
    ]


@router.get(
    "/countries/{code}",
    operation_id="read_country",
    summary="Read the page of a country",
    responses=refusals({404: NO_COUNTRY}),
)
async def read_country(code: CountryCode, runtime: CurrentRuntime, response: Response) -> CountryView:
    """Return what operators wrote about a country, and what every service announces for it."""
    code = known(code)
    page = await page_of_country(runtime.db, code)
    etag(response, page.version)
    found = await announced_for(runtime.db, code, kinds(), runtime.db.now())
    return CountryView(
        code=Country(code),
        version=page.version,
        name=country_name(code),
        text=page.text,
        updated_at=page.updated_at,
        announced=[AnnouncedView.of(each) for things in found.values() for each in things],
    )


@router.put(
    "/countries/{code}/text",
    operation_id="write_country",
    summary="Write about a country",
    responses=refusals({403: NOT_AN_OPERATOR, 404: NO_COUNTRY, 412: CHANGED_SINCE, 428: NO_VERSION}),
)
async def write_country(
    code: CountryCode,
    body: CountryText,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> EditionView:
    """Store a new edition, which operators read before they publish it. Earlier editions are kept."""
    code = known(code)
    try:
        page, edition = await runtime.db.transact(usecases.write_country, code, body, caller, version)
    except Duplicate as first:  # another operator wrote the first edition at the same moment
        raise Stale(CHANGED) from first
    created(response, usecases.edition_path(edition), page.version)
    return EditionView.of(edition, page, await usecases.author_of(runtime.db, edition))


@router.get(
    "/countries/{code}/editions",
    operation_id="list_country_editions",
    summary="List the editions of a country's text",
    responses=refusals({403: NOT_AN_OPERATOR, 404: NO_COUNTRY}),
)
async def list_country_editions(code: CountryCode, runtime: CurrentRuntime, caller: CurrentCaller) -> list[EditionView]:
    """Return the last 100 editions, the newest first, each with its author."""
    code = known(code)
    found = await usecases.named_editions(runtime.db, code, caller)
    page = await page_of_country(runtime.db, code)
    return [EditionView.of(edition, page, name) for edition, name in found]


@router.get(
    "/countries/{code}/editions/{number}",
    operation_id="read_country_edition",
    summary="Read an edition of a country's text",
    responses=refusals({403: NOT_AN_OPERATOR, 404: NO_EDITION}),
)
async def read_country_edition(
    code: CountryCode, number: EditionNumber, runtime: CurrentRuntime, caller: CurrentCaller, response: Response
) -> EditionView:
    """Return an edition, public or not."""
    code = known(code)
    edition = await usecases.edition_of(runtime.db, code, number, caller)
    page = await page_of_country(runtime.db, code)
    etag(response, page.version)
    return EditionView.of(edition, page, await usecases.author_of(runtime.db, edition))


@router.post(
    "/countries/{code}/editions/{number}/publish",
    operation_id="publish_country_edition",
    summary="Publish an edition of a country's text",
    responses=refusals(
        {403: NOT_AN_OPERATOR, 404: NO_EDITION, 409: "It is public already", 412: CHANGED_SINCE, 428: NO_VERSION}
    ),
)
async def publish_country_edition(
    code: CountryCode,
    number: EditionNumber,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> CountryEntry:
    """Let everyone read an edition, also an earlier one."""
    code = known(code)
    page = await runtime.db.transact(usecases.publish_edition, code, number, caller, version)
    etag(response, page.version)
    return CountryEntry(code=Country(code), name=country_name(code), has_text=True, url=usecases.country_path(code))
