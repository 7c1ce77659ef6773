"""The profile of an organisation as its editors write it: its checklist, what is missing, its words (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo

from services.profiles.geography.regions import region_name, regions
from services.profiles.organisations.sectors import SECTORS
from services.profiles.organisations.vocabulary import Label, ServiceOffered, Size, Technology, size_of
from shared.fields import Distinct, OneLine, Paragraphs, is_stored
from shared.models import Body, Link
from shared.sentences import _
from shared.vocabulary import Country, Ecosystem, OrganisationKind
from shared.words import STOP_WORDS, WORD, fold, stem

LEAST_STAFF = 0.5
LEAST_MEMBERS = 15
LEAST_MEMBER_KINDS = 2
MOST_WORDS = 10  # of a search
# The fields that a complete profile has beside name, kind and country.
PARTS = (
    "description",
    "website",
    "city",
    "point",
    "year_founded",
    "staff",
    "members",
    "ecosystems",
    "sectors",
    "technologies",
    "services",
    "countries_of_interest",
)
ALWAYS = 3
# Words of names that tell nothing about which organisation it is.
COMMON = frozenset(
    ["association", "agency", "center", "centre", "cluster", "council", "federation", "foundation", "group", "network"]
)
SHORTEST_TELLING = 4  # letters


class MemberNumbers(Body):
    """Number of member organisations of a cluster, by kind."""

    sme: int = Field(0, ge=0, le=100_000, description="Small and medium-sized enterprises")
    large: int = Field(0, ge=0, le=100_000, description="Large companies")
    research: int = Field(0, ge=0, le=100_000, description="Research organisations and universities")
    other: int = Field(0, ge=0, le=100_000, description="Other organisations")


class Point(Body):
    """A point on the map."""

    latitude: float = Field(ge=-90, le=90, description="Degrees north of the equator (WGS 84)")
    longitude: float = Field(ge=-180, le=180, description="Degrees east of Greenwich (WGS 84)")


def _region_of_the_country(code: str, info: ValidationInfo) -> str:
    region, country = regions().get(code), (info.data or {}).get("country")
    if is_stored(info):
        return code if region else ""  # the region may be of another version of the table
    if code and region is None:
        raise ValueError(_("Use the code of a NUTS 2021 region of level 2, such as FR10, or leave it out."))
    if region and country and region.country != country:
        raise ValueError(_("{region} is not in the country. Choose one of its regions, or none.", region=region.name))
    return code


def _known_sector(code: str) -> str:
    if code in SECTORS:
        return code
    raise ValueError("Use the two digits of a division of NACE Rev. 2.1, such as 26.")


RegionCode = Annotated[str, OneLine(5), AfterValidator(_region_of_the_country)]
Sector = Annotated[str, OneLine(2, fewest=2), AfterValidator(_known_sector)]


class OrganisationProfile(Body):
    """Profile of an organisation, as its editors write it."""

    name: Annotated[str, OneLine(200, fewest=2), Field(description="Full name of the organisation")]
    acronym: Annotated[str, OneLine(40), Field(description="Short form of the name")] = ""
    kind: OrganisationKind = Field(description="Kind of organisation; only a cluster organisation has a checklist")
    description: Annotated[str, Paragraphs(5000)] = Field(
        "", description="Description for readers of the public profile"
    )
    website: Annotated[Link, Field(description="Address of the website, with http or https")] = ""
    country: Country = Field(description="Country, as an ISO 3166-1 alpha-2 code")
    region: Annotated[
        RegionCode, Field(description="Region of the head office: code of NUTS 2021, level 2, in the country")
    ] = ""
    city: Annotated[str, OneLine(80), Field(description="City of the head office")] = ""
    point: Point | None = Field(None, description="Point on the map, such as that of the head office")
    year_founded: int | None = Field(None, ge=1000, le=2100, description="Year in which it was founded")
    staff: float = Field(0, ge=0, le=100_000, description="Staff in full-time equivalents")
    members: MemberNumbers = Field(MemberNumbers(), description="Number of member organisations, by kind")
    ecosystems: Annotated[list[Ecosystem], Distinct(14)] = Field(
        default=[], description="Industrial ecosystems it works in"
    )
    sectors: Annotated[list[Sector], Distinct(20)] = Field(
        default=[], description="Economic activities: divisions of NACE Rev. 2.1"
    )
    technologies: Annotated[list[Technology], Distinct(16)] = Field(
        default=[], description="Advanced technologies it works with"
    )
    priorities: Annotated[list[Annotated[str, OneLine(120, fewest=3)]], Distinct(10)] = Field(
        default=[], description="Priorities of the region's smart-specialisation strategy that it works on"
    )
    services: Annotated[list[ServiceOffered], Distinct(13)] = Field(
        default=[], description="Services it offers to members and others"
    )
    countries_of_interest: Annotated[list[Country], Distinct(100)] = Field(
        default=[], description="Countries in which it looks for partners"
    )
    labels: Annotated[list[Label], Distinct(5)] = Field(default=[], description="Labels it holds")

    @property
    def size(self) -> Size | None:
        """The band of the number of members."""
        return size_of(sum(self.members.model_dump().values()))

    @property
    def region_name(self) -> str:
        """The name of the region; empty without one."""
        return region_name(self.region)


@dataclass(frozen=True)
class ChecklistPoint:
    """A point of the checklist: what a published cluster organisation needs, and what the profile has."""

    name: str
    needs: str
    has: str
    met: bool


def checklist(profile: OrganisationProfile) -> list[ChecklistPoint]:
    """Return the checklist of a cluster organisation; other kinds have none."""
    if profile.kind is not OrganisationKind.CLUSTER_ORGANISATION:
        return []
    numbers = [*profile.members.model_dump().values()]
    total, kinds, staff = sum(numbers), sum(number > 0 for number in numbers), profile.staff
    staffed = _("at least {least} full-time staff, not {staff}", least=f"{LEAST_STAFF:g}", staff=f"{staff:g}")
    membered = _("at least {least} members, not {total}", least=LEAST_MEMBERS, total=total)
    return [
        ChecklistPoint("staff", staffed, f"{staff:g}", staff >= LEAST_STAFF),
        ChecklistPoint("website", _("a website"), profile.website, bool(profile.website)),
        ChecklistPoint("members", membered, str(total), total >= LEAST_MEMBERS),
        ChecklistPoint("kinds", _("members of at least two kinds"), str(kinds), kinds >= LEAST_MEMBER_KINDS),
    ]


def unmet_checklist(profile: OrganisationProfile) -> list[str]:
    """Return the points of the checklist that a cluster organisation does not meet; none for other kinds."""
    return [point.needs for point in checklist(profile) if not point.met]


def expected_parts(profile: OrganisationProfile) -> list[str]:
    """Return the names of the fields that a complete profile has; a region only in countries with regions."""
    has_regions = any(region.country == profile.country for region in regions().values())
    return [*PARTS, *(["region"] if has_regions else [])]


def missing_parts(profile: OrganisationProfile) -> list[str]:
    """Return the names of the fields that a complete profile has and this one lacks."""
    has = {name: bool(getattr(profile, name)) for name in expected_parts(profile)}
    has["members"] = any(profile.members.model_dump().values())
    return [name for name, given in has.items() if not given]


def completeness(profile: OrganisationProfile) -> int:
    """Return how complete a profile is, in percent."""
    every = len(expected_parts(profile)) + ALWAYS
    return round(100 * (every - len(missing_parts(profile))) / every)


def alike(profile: OrganisationProfile) -> list[str]:
    """Return keys that two profiles of one organisation have in common: its name, its website, its words in its city.

    Case, accents, spaces and punctuation make no difference. Words that many names have do not count.
    """
    words = _folded(profile.name)
    host = (urlsplit(profile.website).hostname or "").removeprefix("www.")
    city = "".join(_folded(profile.city))
    telling = {stem(word) for word in words if len(word) >= SHORTEST_TELLING and word not in COMMON}
    keys = {f"name:{''.join(words)}"}
    keys |= {f"website:{host}"} if host else set()
    keys |= {f"place:{profile.country}:{city}:{word}" for word in telling - {stem(city)}} if city else set()
    return sorted(keys)


def found_by(profile: OrganisationProfile) -> list[str]:
    """Return the words by which searches find a profile."""
    return words_of(" ".join(_texts(profile)))


def words_of(text: str) -> list[str]:
    """Return the words by which searches find a text: folded, and stemmed, too."""
    folded = _folded(text)
    return sorted({*folded, *(stem(word) for word in folded if word not in STOP_WORDS)})


def wanted(text: str) -> list[tuple[str, str]]:
    """Return the words of a search, each as the beginning of a word and as a stem; stop words alone are meant."""
    words = list(dict.fromkeys(_folded(text)))
    telling = [word for word in words if word not in STOP_WORDS] or words
    return [(word, stem(word)) for word in telling[:MOST_WORDS]]


def matching(text: str) -> dict[str, Any]:
    """Return the query for documents whose `found_by` has all words of a search; all documents without a word."""
    found = [{"found_by": {"$in": [re.compile(f"^{re.escape(beginning)}"), stem]}} for beginning, stem in wanted(text)]
    return {"$and": found} if found else {}


def _texts(profile: OrganisationProfile) -> list[str]:
    region = regions().get(profile.region)
    named = [profile.name, profile.acronym, profile.city, profile.description, *profile.priorities]
    return [*named, region.name] if region else named


def _folded(text: str) -> Sequence[str]:
    return WORD.findall(fold(text))
