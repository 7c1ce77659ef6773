"""Terms that all services share: countries (ISO 3166-1), the EU's 14 industrial ecosystems, kinds of calls."""

from enum import StrEnum
from functools import cache
from typing import Any

import pycountry
from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema
from pydantic_extra_types.country import CountryAlpha2

from shared.sentences import CountryName

# The EU writes these codes (Interinstitutional Style Guide, annex A5); ISO 3166-1 has others for the same countries.
EU_CODES = {"EL": "GR", "UK": "GB"}
# The official languages of the EU, each by its own name.
LANGUAGES_OF_THE_EU = {
    "bg": "български",
    "cs": "čeština",
    "da": "dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "español",
    "et": "eesti",
    "fi": "suomi",
    "fr": "français",
    "ga": "Gaeilge",
    "hr": "hrvatski",
    "hu": "magyar",
    "it": "italiano",
    "lt": "lietuvių",
    "lv": "latviešu",
    "mt": "Malti",
    "nl": "Nederlands",
    "pl": "polski",
    "pt": "português",
    "ro": "română",
    "sk": "slovenčina",
    "sl": "slovenščina",
    "sv": "svenska",
}


class Country(CountryAlpha2):
    """A country as its ISO 3166-1 alpha-2 code; the EU's own codes are read, too."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.AfterValidatorFunctionSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        schema["schema"] = core_schema.no_info_before_validator_function(_iso_code, schema["schema"])
        return schema


def _iso_code(value: object) -> object:
    return EU_CODES.get(value.strip().upper(), value) if isinstance(value, str) else value


class Ecosystem(StrEnum):
    """Source: European Commission, Updating the 2020 New Industrial Strategy, COM(2021) 350."""

    AEROSPACE_DEFENCE = "aerospace_defence"
    AGRI_FOOD = "agri_food"
    CONSTRUCTION = "construction"
    CREATIVE_CULTURAL = "creative_cultural"
    DIGITAL = "digital"
    ELECTRONICS = "electronics"
    ENERGY_INTENSIVE = "energy_intensive"
    ENERGY_RENEWABLES = "energy_renewables"
    HEALTH = "health"
    MOBILITY = "mobility"
    PROXIMITY_SOCIAL = "proximity_social"
    RETAIL = "retail"
    TEXTILES = "textiles"
    TOURISM = "tourism"

    @property
    def label(self) -> str:
        return ECOSYSTEM_LABELS[self]


ECOSYSTEM_LABELS: dict[str, str] = {
    "aerospace_defence": "Aerospace and defence",
    "agri_food": "Agri-food",
    "construction": "Construction",
    "creative_cultural": "Creative and cultural industries",
    "digital": "Digital",
    "electronics": "Electronics",
    "energy_intensive": "Energy-intensive industries",
    "energy_renewables": "Renewable energy",
    "health": "Health",
    "mobility": "Mobility, transport, automotive",
    "proximity_social": "Proximity and social economy",
    "retail": "Retail",
    "textiles": "Textiles",
    "tourism": "Tourism",
}


class CallKind(StrEnum):
    FUNDING = "funding"
    EXPRESSION_OF_INTEREST = "expression_of_interest"
    MISSION = "mission"
    CASCADE = "cascade"

    @property
    def label(self) -> str:
        return CALL_KIND_LABELS[self]

    @property
    def plural(self) -> str:
        return self.label.replace("all for", "alls for") if " for " in self.label else f"{self.label}s"


CALL_KIND_LABELS: dict[str, str] = {
    "funding": "Funding call",
    "expression_of_interest": "Call for expression of interest",
    "mission": "Mission",
    "cascade": "Cascade call",
}


class OrganisationKind(StrEnum):
    """Kind of an organisation, as its profile states it."""

    CLUSTER_ORGANISATION = "cluster_organisation"
    ASSOCIATION = "association"
    PARTNERSHIP_BODY = "partnership_body"
    TECHNOLOGY_CENTRE = "technology_centre"
    SCIENCE_PARK = "science_park"
    COMPANY = "company"
    RESEARCH_BODY = "research_body"
    PUBLIC_BODY = "public_body"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


def is_country(code: str) -> bool:
    """Return whether ISO 3166-1 has a country with this alpha-2 code, in capital letters."""
    return len(code) == 2 and code.isupper() and pycountry.countries.get(alpha_2=code) is not None


@cache
def country_name(code: str) -> str:
    """Return the common English name of a country, or the code itself if ISO 3166-1 has no such country."""
    country = pycountry.countries.get(alpha_2=code)
    return CountryName(getattr(country, "common_name", country.name), code) if country else code
