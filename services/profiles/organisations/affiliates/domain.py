"""Member organisations of an organisation, and rows of a list of them (pure)."""

from collections.abc import Container, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field

from services.profiles.organisations.profile import MemberNumbers, RegionCode
from shared.errors import Refusal
from shared.fields import OneLine
from shared.ids import stable_id
from shared.imports.columns import folded
from shared.imports.outcomes import Outcome
from shared.models import Body, Link, Model, Versioned
from shared.vocabulary import Country

AffiliateKind = Literal["sme", "large", "research", "other"]
MOST = 2000  # member organisations of one organisation


class AffiliateBody(Body):
    """A member organisation as an administrator writes it."""

    name: Annotated[str, OneLine(200, fewest=2), Field(description="Name of the member organisation")]
    kind: AffiliateKind = Field(description="Kind: small or medium-sized company, large company, research, other")
    country: Country | None = Field(None, description="Country (ISO 3166-1 alpha-2), if it is known")
    region: Annotated[RegionCode, Field(description="Region: code of NUTS 2021, level 2, in the country")] = ""
    city: Annotated[str, OneLine(80), Field(description="City")] = ""
    website: Annotated[Link, Field(description="Address of the website, with http or https")] = ""
    public: bool = Field(True, description="Whether everyone sees it in the list")


class Affiliate(Versioned, AffiliateBody):
    """A member organisation as it is stored."""

    model_config = Versioned.model_config

    organisation_id: str


class AffiliateRow(Model):
    """A row of a list of member organisations."""

    key: Annotated[str, OneLine(120)] = ""
    body: AffiliateBody
    stated: frozenset[str]


class AffiliateOutcome(BaseModel):
    """Outcome of one row of a list of member organisations."""

    line: int = Field(description="Number of its first line in the file")
    outcome: Outcome
    id: str | None = Field(None, description="Id of the member organisation")
    name: str | None = None
    changes: list[str] = Field([], description="Fields that change")
    reason: str | None = Field(None, description="Why the row was refused")


class AffiliatesReport(BaseModel):
    """Outcome of an import of member organisations."""

    dry_run: bool = Field(description="Whether nothing was stored: this is what an import would do")
    counts: dict[Outcome, int] = Field(description="Number of rows by outcome; together, all rows of the file")
    rows: list[AffiliateOutcome] = Field(description="One for each row that is not empty, in the order of the file")


class AlreadyListed(Refusal):
    """The list has a member organisation of this name."""


class ListFull(Refusal):
    """The list has as many member organisations as it can have."""


def affiliate_id(organisation_id: str, key: str) -> str:
    """Return the id of a member organisation by its key in the administrator's list, or else by its name."""
    return stable_id("affiliate", organisation_id, folded(key))


def entry_of(organisation_id: str, row: AffiliateRow, known: Container[str], by_name: Mapping[str, str]) -> str:
    """Return the id of the member organisation that a row describes: the one of its key, else the one of its name.

    Two that have keys of their own may have one name.
    """
    own, named = affiliate_id(organisation_id, row.key or row.body.name), by_name.get(folded(row.body.name))
    if named is None or (row.key and (own in known or named != affiliate_id(organisation_id, row.body.name))):
        return own
    return named


def changed(before: Affiliate, row: AffiliateRow) -> tuple[Affiliate, list[str]]:
    """Return a member organisation with what a row states, and the names of the fields that differ."""
    values: Mapping[str, Any] = {name: getattr(row.body, name) for name in row.stated}
    differing = sorted(name for name, value in values.items() if getattr(before, name) != value)
    return before.replace(**{name: values[name] for name in differing}), differing


def numbers_of(counted: Mapping[str, int]) -> MemberNumbers:
    """Return the numbers of members of a list."""
    return MemberNumbers(**{kind: counted.get(kind, 0) for kind in get_args(AffiliateKind)})
