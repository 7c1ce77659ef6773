"""Records of the EU Funding & Tenders portal, read by the rules below (pure).

A record with the status "closed" is closed. A "forthcoming" record has no opening date; another source may have it.
A EuropeAid topic ends with the code of its country. Keywords that repeat identifiers of the topic are left out.
The one date is that of the first of two stages, or of the next of several cut-offs.
"""

import re
from typing import Annotated, Literal

import pycountry
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.imports.record import PORTAL, Record, summary
from services.calls.terms import Budget, Euros
from shared.models import Day
from shared.text import mended_line, mended_text
from shared.vocabulary import Country, Ecosystem

Identifier = Annotated[str, StringConstraints(min_length=3, max_length=120, pattern=r"^[A-Za-z0-9/._-]+$")]

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


MODELS: dict[str, DeadlineModel | None] = {
    "": None,
    "single-stage": DeadlineModel.SINGLE,
    "two-stage": DeadlineModel.TWO_STAGE,
    "multiple cut-off": DeadlineModel.CUT_OFFS,
}


class PortalRecord(BaseModel):
    """One line of a file of the portal's records; fields that are not read may have any value."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    topicId: Identifier
    callIdentifier: str = Field("", max_length=120)
    title: str = Field(min_length=3, max_length=300)
    callTitle: str = Field("", max_length=500)
    programme: str = Field("", max_length=80)
    cluster: str = Field("", max_length=40)
    deadline: Day
    deadlineModel: Literal["", "single-stage", "two-stage", "multiple cut-off"] = ""
    callStatus: Literal["open", "forthcoming", "closed"]
    budgetMin: Euros | None = None
    budgetMax: Euros | None = None
    expectedGrants: int | None = None
    keywords: str = Field("", max_length=5000)
    crossCuttingPriorities: str = Field("", max_length=2000)
    portalUrl: str = Field("", max_length=500)
    description: str = Field("", max_length=60_000)


def read_portal(line: bytes) -> Record:
    """Return the record of a line. Raises ValidationError."""
    return to_record(PortalRecord.model_validate_json(line))


def to_record(record: PortalRecord) -> Record:
    """Return a record of the portal in the common form. Raises ValidationError."""
    text = " ".join([record.title, record.callTitle, *keywords(record), record.crossCuttingPriorities])
    amounts = {"smallest": record.budgetMin, "largest": record.budgetMax, "grants": record.expectedGrants}
    has_budget = any(amount is not None for amount in amounts.values())
    return Record(
        source=PORTAL,
        id=record.topicId,
        title=mended_line(record.title),
        summary=summary(record.description or record.callTitle),
        description=mended_text(record.description),
        programme=mended_line(record.programme),
        about=[Country(code) for code in destinations(record.topicId)],
        ecosystems=ecosystems(record.programme, record.cluster, text),
        keywords=keywords(record),
        link=record.portalUrl,
        closes_on=record.deadline,
        model=MODELS[record.deadlineModel],
        standing=record.callStatus,
        budget=Budget.model_validate(amounts) if has_budget else None,
    )


def ecosystems(programme: str, cluster: str, text: str) -> list[Ecosystem]:
    """Return the ecosystems of a programme, a cluster and the words of a text, in the order of the vocabulary."""
    named = {*PROGRAMMES.get(programme, []), *CLUSTERS.get(cluster, [])}
    named |= {ecosystem for ecosystem, pattern in WORD_PATTERNS.items() if pattern.search(text)}
    return [Ecosystem(ecosystem) for ecosystem in WORDS if ecosystem in named]


def keywords(record: PortalRecord) -> list[str]:
    """Return up to 50 keywords, without identifiers of the topic."""
    identifiers = {record.topicId.lower(), record.callIdentifier.lower()}
    words = (mended_line(word) for word in record.keywords.split(","))
    kept = (word for word in words if 2 <= len(word) <= 80 and word.lower() not in identifiers)
    return [word for word in dict.fromkeys(kept) if not re.fullmatch(r"[A-Z0-9]+(?:-[A-Za-z0-9]+){2,}", word)][:50]


def destinations(topic: str) -> list[str]:
    """Return the country that a EuropeAid topic is about; who may apply is not in the record."""
    code = topic.rsplit("/", 1)[-1]
    return [code] if topic.startswith("EuropeAid/") and pycountry.countries.get(alpha_2=code) else []
