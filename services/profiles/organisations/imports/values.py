"""Values of a list of organisations as people write them (pure). A value that is none of these stays as it is."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

import pycountry
from babel import Locale

from services.profiles.geography.regions import regions_of
from services.profiles.organisations.sectors import SECTORS
from services.profiles.organisations.vocabulary import PROGRAMMES, Label, ServiceOffered, Technology
from shared.imports.columns import folded
from shared.imports.values import as_id, as_line, as_link, as_list, as_text
from shared.vocabulary import EU_CODES, LANGUAGES_OF_THE_EU, Ecosystem, OrganisationKind
from shared.words import fold

Read = Callable[[Any], Any]
GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+")
DECIMAL = re.compile(r"(\d+),(\d+)")
WHOLE = re.compile(r"(-?\d+)[.,]0+")
SECTION = re.compile(r"^(?:NACE)?\s*[A-V]?\s*(?=\d)")  # before the digits of a division: "C26" is 26
YES = {"1", "x", "y", "yes", "true", "o", "oui", "vrai", "j", "ja", "wahr", "si", "sì", "sí"}
OTHER_KINDS = {
    "cluster": "cluster_organisation",
    "clusterorganization": "cluster_organisation",
    "university": "research_body",
    "researchorganisation": "research_body",
    "enterprise": "company",
    "sciencepark": "science_park",
    "technologypark": "science_park",
    "publicauthority": "public_body",
}
# Names that lists have and the tables of names do not: earlier ones, with an article, parts of the United Kingdom.
OTHER_COUNTRIES = {
    "Turkey": "TR",
    "Macedonia": "MK",
    "Republic of Korea": "KR",
    "The Netherlands": "NL",
    "Republic of Ireland": "IE",
    **dict.fromkeys(("Great Britain", "England", "Scotland", "Wales", "Northern Ireland"), "GB"),
    **dict.fromkeys(
        ("Česká republika", "République tchèque", "Tschechische Republik", "Repubblica Ceca", "República Checa"), "CZ"
    ),
}


def as_country(value: Any) -> Any:
    """Return the code of a country that is named in a language of the EU."""
    text = value.strip() if isinstance(value, str) else value
    if not isinstance(text, str):
        return value
    upper = text.upper()
    return EU_CODES.get(upper) or _countries().get(fold(text)) or (upper if len(upper) == 2 else text)


@cache
def _countries() -> Mapping[str, str]:
    """Return the codes of countries by their names in the languages of the EU, and by codes of three letters."""
    names = {
        fold(name): code
        for language in reversed(LANGUAGES_OF_THE_EU)
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha() and pycountry.countries.get(alpha_2=code)
    }
    for country in pycountry.countries:
        own = [
            country.name,
            country.alpha_3,
            getattr(country, "common_name", ""),
            getattr(country, "official_name", ""),
        ]
        names |= {fold(name): country.alpha_2 for name in own if name}
    return names | {fold(name): code for name, code in OTHER_COUNTRIES.items()}


def as_region(value: Any, country: str) -> Any:
    """Return the code of a region of a country that is named."""
    text = as_line(value)
    named = {fold(region.name): region.code for region in regions_of(country)}
    return named.get(fold(text), text.upper()) if isinstance(text, str) else value


def as_number(value: Any) -> Any:
    """Return a number without separators between thousands, and with a point before its decimals."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.replace("'", " ").replace("\u2019", " ").split())
    if GROUPED.fullmatch(text):
        return re.sub(r"\D", "", text)
    return DECIMAL.sub(r"\1.\2", text)


def as_whole(value: Any) -> Any:
    """Return a whole number, which some programs write as 2009.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    number = as_number(value)
    return WHOLE.sub(r"\1", number) if isinstance(number, str) else number


def as_yes(value: Any) -> bool:
    """Return whether a value says yes."""
    return value is True or str(value).strip().casefold() in YES


def as_programme(value: Any) -> Any:
    """Return a programme as its list writes it."""
    text = as_line(value)
    named = {fold(name): name for name in PROGRAMMES}
    return named.get(fold(text), text) if isinstance(text, str) else value


def one_of(values: Iterable[StrEnum], others: Mapping[str, str] | None = None) -> Read:
    """Return a reader of one term, by its value or its words in English."""
    names = {folded(value.value): value.value for value in values} | {**(others or {})}
    return lambda value: names.get(folded(value), value) if isinstance(value, str) else value


def some_of(read: Read) -> Read:
    """Return a reader of a list of terms, each once."""

    def items(value: Any) -> Any:
        listed = as_list(value)
        if not isinstance(listed, list):
            return listed
        found = [*map(read, listed)]
        return [*dict.fromkeys(found)] if all(isinstance(each, Hashable) for each in found) else found

    return items


def as_sector(value: Any) -> Any:
    """Return the division of a sector: 26 for 26.11, or for its name."""
    text = SECTION.sub("", str(value).strip())
    named = {fold(name): code for code, name in SECTORS.items()}
    return named.get(fold(text)) or text.split(".")[0].zfill(2)


def as_sectors(value: Any) -> Any:
    """Return the divisions of sectors; their names have commas, so that a semicolon parts names."""
    if isinstance(value, str) and fold(value.strip()) in {fold(name) for name in SECTORS.values()}:
        return [as_sector(value)]
    if isinstance(value, str) and ";" in value:
        value = [part for part in value.split(";") if part.strip()]
    if isinstance(value, int | float):
        value = [str(value)]
    return some_of(as_sector)(value)


READERS: Mapping[str, Read] = {
    "key": as_id,
    "name": as_line,
    "acronym": as_line,
    "kind": one_of(OrganisationKind, OTHER_KINDS),
    "description": as_text,
    "website": as_link,
    "country": as_country,
    "city": as_line,
    "latitude": as_number,
    "longitude": as_number,
    "year_founded": as_whole,
    "staff": as_number,
    "members_sme": as_whole,
    "members_large": as_whole,
    "members_research": as_whole,
    "members_other": as_whole,
    "ecosystems": some_of(one_of(Ecosystem)),
    "sectors": as_sectors,
    "technologies": some_of(one_of(Technology)),
    "priorities": as_list,
    "services": some_of(one_of(ServiceOffered)),
    "countries_of_interest": some_of(as_country),
    "labels": some_of(one_of(Label)),
    "programme": as_programme,
    "administrator": as_id,
    "organisation_id": as_id,
    "is_new": as_yes,
}
