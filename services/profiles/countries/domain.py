"""What operators write about a country, in editions, and what is announced for it (pure)."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from shared.contracts.announcements import Announcement
from shared.errors import NotFound, Refusal
from shared.fields import Distinct, OneLine, Paragraphs
from shared.models import Body, Document, Link, Versioned
from shared.sentences import _
from shared.vocabulary import EU_CODES, is_country

LONGEST_TEXT = 20_000
LANGUAGES = ("en", "fr", "de")
MarkdownText = Annotated[str, Paragraphs(LONGEST_TEXT)]


class Gateway(Body):
    """An office or programme that helps organisations into a country."""

    name: Annotated[str, OneLine(150, fewest=2)] = Field(description="Name of the gateway")
    text: Annotated[str, OneLine(500)] = Field("", description="What it does, in one line")
    link: Link = Field("", description="Its page")


class Source(Body):
    """A source of what the page says."""

    name: Annotated[str, OneLine(300, fewest=2)] = Field(description="Title of the source")
    link: Link = Field("", description="Its page")


class CountryText(Body):
    """The texts of operators about a country, in CommonMark; HTML is shown as it is typed."""

    policy: MarkdownText = Field("", description="Policy dialogue with the country, in English (CommonMark)")
    policy_fr: MarkdownText = Field("", description="The same in French; empty: readers get the English text")
    policy_de: MarkdownText = Field("", description="The same in German; empty: readers get the English text")
    gateways: Annotated[list[Gateway], Distinct(30)] = Field([], description="Gateways to the country")
    sources: Annotated[list[Source], Distinct(50)] = Field([], description="Sources of what the page says")

    def policy_in(self, language: str) -> tuple[str, str]:
        """Return the policy dialogue with the code of its language: English if it is not translated."""
        texts = {"en": self.policy, "fr": self.policy_fr, "de": self.policy_de}
        return (texts[language], language) if texts.get(language) else (self.policy, "en")


class Edition(Document):
    """A version of what is written about a country, which never changes; its id is `<code>:<number>`."""

    code: str
    number: int = Field(description="Number of the edition, counted from 1")
    text: CountryText
    written_by: str = Field(description="Id of the operator who wrote it")
    written_at: datetime


class CountryPage(Versioned):
    """The page of a country; its id is the code. What everyone reads is one of its editions."""

    newest: int = 0  # number of the last edition
    public: int = 0  # number of the edition that everyone reads; 0: none
    text: CountryText | None = None  # of that edition
    updated_at: datetime | None = None

    @classmethod
    def blank(cls, code: str) -> Self:
        """Return the page of a country about which nothing was written yet."""
        return cls(id=code, version=0)

    def written(self, text: CountryText, operator_id: str, now: datetime) -> tuple[Self, Edition]:
        """Return the page with one more edition, which is not public yet, and the edition."""
        number = self.newest + 1
        edition = Edition(
            id=edition_id(self.id, number),
            code=self.id,
            number=number,
            text=text,
            written_by=operator_id,
            written_at=now,
        )
        return self.replace(newest=number), edition

    def shows(self, edition: Edition, now: datetime) -> Self:
        """Return the page on which everyone reads this edition. Raises AlreadyPublic."""
        if edition.number == self.public:
            raise AlreadyPublic(_("Everyone reads this edition already."), field="number")
        return self.replace(public=edition.number, text=edition.text, updated_at=now)


class AlreadyPublic(Refusal):
    """Refusal to publish the edition that is public."""


class AnnouncedThing(Versioned):
    """A copy of a thing that a service announced with countries; its id is `<kind>:<id>`."""

    kind: str
    service: str
    title: str = ""
    url: str = ""
    countries: tuple[str, ...] = ()
    organisation_id: str = ""
    organisation_name: str = ""
    starts_at: datetime | None = None
    until: datetime | None = None
    timezone: str = "UTC"
    at: datetime
    over: bool = False
    orphaned: bool = False  # its organisation is not public, with which it ends
    merged_into: str = ""  # of an organisation: the id of the one that stays

    @classmethod
    def of(cls, told: Announcement, at: datetime, occurred_at: datetime) -> Self:
        """Return the copy; things without versions are ordered by the times of their events."""
        version = told.version if told.version is not None else int(occurred_at.timestamp() * 1000)
        return cls(
            id=thing_id(told.kind, told.id),
            version=version,
            kind=told.kind,
            service=told.service,
            title=told.title,
            url=told.url,
            countries=tuple(told.countries),
            organisation_id=told.organisation_id or "",
            organisation_name=told.organisation_name,
            starts_at=told.starts_at,
            until=told.until,
            timezone=told.timezone,
            at=at,
            over=told.over,
        )


def thing_id(kind: str, id: str) -> str:
    """Return the id of the copy of a thing."""
    return f"{kind}:{id}"


def edition_id(code: str, number: int) -> str:
    """Return the id of an edition, so that editions of a country sort by number."""
    return f"{code}:{number:06d}"


def known(code: str) -> str:
    """Return the code of a country in capital letters, that of ISO 3166-1 for one of the EU's. Raises NotFound."""
    capital = code.upper()
    iso = EU_CODES.get(capital, capital)
    if not is_country(iso):
        raise NotFound(_("Country not found. Use its code of ISO 3166-1, for instance JP."))
    return iso
