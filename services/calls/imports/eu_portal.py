"""Records of the EU Funding & Tenders portal, read by the rules below (pure).

A record with the status "closed" is closed. A "forthcoming" record has no opening date; another source may have it.
A EuropeAid topic ends with the code of its country. Keywords that repeat identifiers of the topic are left out.
The one date is that of the first of two stages, or of the next of several cut-offs. If a record states no model,
"two-stage" in the id of its topic does; the "stage" of dashboards is not read, for it is "single" there, too.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pycountry
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.imports.record import PORTAL, Record, summary
from services.calls.imports.values import ForeignDay, ForeignEuros, ForeignTime
from services.calls.terms import Budget, Euros
from shared.imports.values import Address, ForeignId, Items, OneLine, Text, as_list
from shared.models import Day
from shared.vocabulary import EU_CODES, Country, Ecosystem

Identifier = Annotated[str, ForeignId, StringConstraints(min_length=3, max_length=120, pattern=r"^[A-Za-z0-9/._-]+$")]

# The industrial ecosystems of a programme, if it has any.
PROGRAMMES: dict[str, list[str]] = {
    "European Defence Fund": ["aerospace_defence"],
    "LIFE": ["energy_renewables"],
    "Digital Europe": ["digital"],
    "Euratom": ["energy_intensive"],
    "RFCS": ["energy_intensive"],
    "Creative Europe": ["creative_cultural"],
    "EU4Health": ["health"],
    "EMFAF": ["agri_food"],
    "Innovation Fund": ["energy_intensive", "energy_renewables"],
    "CERV": ["proximity_social"],
    "ESF": ["proximity_social"],
}
# The ecosystems of the clusters in the second pillar of Horizon Europe.
CLUSTERS: dict[str, list[str]] = {
    "CL1": ["health"],
    "CL2": ["creative_cultural", "proximity_social"],
    "CL3": ["aerospace_defence"],
    "CL5": ["energy_renewables", "mobility"],
    "CL6": ["agri_food"],
}
# Words that stand for an ecosystem in the title, the title of the call, the keywords or the priorities.
WORDS: dict[str, str] = {
    "aerospace_defence": r"aerospace|aviation|aircraft|space|satellite|defen[cs]e|security|border",
    "agri_food": r"agri|food|farm|soil|fish|aquacultur|ocean|forest|rural|bio-?based|livestock|crop",
    "construction": r"construction|building|built environment|bauhaus|\bNEB\b|renovation|cities|urban",
    "creative_cultural": r"cultur|creativ|heritage|media|\bart\b|\barts\b|film|music|audiovisual|journalis",
    "digital": r"digital|\bAI\b|artificial intelligence|data|cyber|quantum|cloud|software|robot|internet|comput|5G|6G",
    "electronics": r"electronic|semiconductor|chips|photonic|microelectronic|sensor",
    "energy_intensive": r"steel|chemical|cement|hydrogen|nuclear|fusion|fission|raw material|mining|metal|\bCCUS?\b|plasma",
    "energy_renewables": r"energy|renewable|solar|photovoltaic|wind|batter|geothermal|grid|RePowerEU|heat pump|biofuel",
    "health": r"health|cancer|medic|disease|patient|pharma|clinical|pandemic|vaccin|care\b|EDCTP|therap|brain",
    "mobility": r"mobility|transport|vehicle|rail|automotive|waterborne|maritime|shipping|aviation|road|port\b|ports\b",
    "proximity_social": r"social economy|inclusion|employment|civil society|democra|equality|rights|violence|education|youth|labour",
    "retail": r"retail|consumer|e-?commerce",
    "textiles": r"textile|fashion|clothing|fibre",
    "tourism": r"touris|hospitality|travel",
}
WORD_PATTERNS = {ecosystem: re.compile(rf"(?<![a-z])(?:{words})", re.I) for ecosystem, words in WORDS.items()}


# Statuses and models by their letters and digits; the numbers are those of the portal's own interface.
STANDINGS = {
    "open": "open",
    "openforsubmission": "open",
    "31094502": "open",
    "forthcoming": "forthcoming",
    "31094501": "forthcoming",
    "closed": "closed",
    "31094503": "closed",
}
MODEL_NAMES = {
    "singlestage": "single-stage",
    "twostage": "two-stage",
    "multiplecutoff": "multiple cut-off",
    "multiplecutoffs": "multiple cut-off",
}
MODELS = {
    "single-stage": DeadlineModel.SINGLE,
    "two-stage": DeadlineModel.TWO_STAGE,
    "multiple cut-off": DeadlineModel.CUT_OFFS,
}


def _named(values: Mapping[str, Any], value: object) -> object:
    """Return the value that a name stands for; case, spaces and hyphens do not count."""
    return values.get(re.sub(r"[\W_]+", "", str(value)).casefold(), value)


class PortalRecord(BaseModel):
    """A record of the portal; fields that are not read may have any value."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    topicId: Identifier
    callIdentifier: OneLine = Field("", max_length=120)
    title: OneLine = Field(min_length=3, max_length=300)
    callTitle: OneLine = Field("", max_length=500)
    programme: OneLine = Field("", max_length=80)
    cluster: OneLine = Field("", max_length=40)
    openDate: Annotated[Day | None, ForeignDay] = None
    deadline: Annotated[Day, ForeignDay]
    closesAt: Annotated[str | None, ForeignTime] = Field(None, validation_alias=AliasChoices("deadline"))
    deadlineModel: Annotated[
        Literal["single-stage", "two-stage", "multiple cut-off"] | None,
        BeforeValidator(lambda value: _named(MODEL_NAMES, value)),
    ] = None
    callStatus: Annotated[
        Literal["open", "forthcoming", "closed"] | None, BeforeValidator(lambda value: _named(STANDINGS, value))
    ] = None
    budgetMin: Annotated[Euros | None, ForeignEuros] = None
    budgetMax: Annotated[Euros | None, ForeignEuros] = None
    expectedGrants: Annotated[int | None, ForeignEuros] = None
    countries: Annotated[list[Country], BeforeValidator(as_list)] = []
    about: Annotated[list[Country], BeforeValidator(as_list)] = []
    keywords: Items = []
    crossCuttingPriorities: OneLine = Field("", max_length=2000)
    portalUrl: Address = Field("", max_length=500)
    description: Text = Field("", max_length=60_000)


def to_record(record: PortalRecord) -> Record:
    """Return a record of the portal in the common form. Raises ValidationError."""
    text = " ".join([record.title, record.callTitle, *keywords(record), record.crossCuttingPriorities])
    amounts = {"smallest": record.budgetMin, "largest": record.budgetMax, "grants": record.expectedGrants}
    has_budget = any(amount is not None for amount in amounts.values())
    return Record(
        source=PORTAL,
        id=record.topicId,
        title=record.title,
        summary=summary(record.description or record.callTitle),
        description=record.description,
        programme=record.programme,
        countries=record.countries,
        about=record.about or [Country(code) for code in destinations(record.topicId)],
        ecosystems=ecosystems(record.programme, record.cluster, text),
        keywords=keywords(record),
        link=record.portalUrl,
        opens_on=record.openDate,
        closes_on=record.deadline,
        closes_at=record.closesAt,
        model=MODELS.get(record.deadlineModel or "", two_stages(record.topicId)),
        standing=record.callStatus,
        budget=Budget.model_validate(amounts) if has_budget else None,
    )


def two_stages(topic: str) -> DeadlineModel | None:
    """Return the model that the id of a topic states."""
    return DeadlineModel.TWO_STAGE if "two-stage" in topic.lower() else None


def ecosystems(programme: str, cluster: str, text: str) -> list[Ecosystem]:
    """Return the ecosystems of a programme, a cluster and the words of a text, in the order of the vocabulary."""
    named = {*PROGRAMMES.get(programme, []), *CLUSTERS.get(cluster, [])}
    named |= {ecosystem for ecosystem, pattern in WORD_PATTERNS.items() if pattern.search(text)}
    return [Ecosystem(ecosystem) for ecosystem in WORDS if ecosystem in named]


def keywords(record: PortalRecord) -> list[str]:
    """Return up to 50 keywords, without identifiers of the topic."""
    identifiers = {record.topicId.lower(), record.callIdentifier.lower()}
    kept = (word for word in record.keywords if 2 <= len(word) <= 80 and word.lower() not in identifiers)
    return [word for word in dict.fromkeys(kept) if not re.fullmatch(r"[A-Z0-9]+(?:-[A-Za-z0-9]+){2,}", word)][:50]


def destinations(topic: str) -> list[str]:
    """Return the country that a EuropeAid topic is about; who may apply is not in the record."""
    place = topic.rsplit("/", 1)[-1].upper()
    code = EU_CODES.get(place, place)
    return [code] if topic.lower().startswith("europeaid/") and pycountry.countries.get(alpha_2=code) else []
