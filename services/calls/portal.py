"""Records of the EU Funding & Tenders portal, read by stated rules (pure).

A bare date closes at 17:00 Brussels time, as the portal does. A record that says "closed" is closed.
"forthcoming" records carry no opening date. An EuropeAid topic ends in the country it is about.
Keywords repeat the topic's own identifiers; those are dropped.
"""

import hashlib
import re
from datetime import date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pycountry
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.calls.domain import CallBody, Source
from shared.vocabulary import CallKind, Country, Ecosystem

SOURCE = "EU Funding & Tenders portal"
BRUSSELS = "Europe/Brussels"
CLOSING_HOUR = time(17)
Identifier = Annotated[str, StringConstraints(min_length=3, max_length=120, pattern=r"^[A-Za-z0-9/._-]+$")]

# Which industrial ecosystem a programme is about, where it is about one.
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
# The clusters of Horizon Europe's second pillar.
CLUSTERS: dict[str, list[str]] = {
    "CL1": ["health"],
    "CL2": ["creative_cultural", "proximity_social"],
    "CL3": ["aerospace_defence"],
    "CL5": ["energy_renewables", "mobility"],
    "CL6": ["agri_food"],
}
# Words in the title, the call's title, the keywords and the priorities.
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


class PortalRecord(BaseModel):
    """One line of a harvest of the portal. Fields that are not read may be anything."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    topicId: Identifier
    callIdentifier: str = Field("", max_length=120)
    title: str = Field(min_length=3, max_length=300)
    callTitle: str = Field("", max_length=500)
    programme: str = Field("", max_length=200)
    cluster: str = Field("", max_length=40)
    deadline: date = Field(ge=date(1990, 1, 1), le=date(2100, 1, 1))
    callStatus: Literal["open", "forthcoming", "closed"]
    keywords: str = Field("", max_length=5000)
    crossCuttingPriorities: str = Field("", max_length=2000)
    portalUrl: str = Field("", max_length=500)
    description: str = Field("", max_length=60_000)


class PortalCall(BaseModel):
    """A record as a call of ours."""

    body: CallBody
    source: Source
    says_closed: bool


def to_call(record: PortalRecord) -> PortalCall:
    """The call that a record stands for. Raises ValidationError where ours could not be such a call."""
    day_ends = datetime.combine(record.deadline, CLOSING_HOUR, ZoneInfo(BRUSSELS))
    body = CallBody(
        title=" ".join(record.title.split()),
        summary=summary(record.description or record.callTitle),
        description=record.description,
        kind=CallKind.FUNDING,
        countries=[Country(code) for code in countries(record.topicId)],
        ecosystems=[Ecosystem(name) for name in ecosystems(record)],
        keywords=keywords(record),
        forthcoming=record.callStatus == "forthcoming",
        deadline=day_ends,
        timezone=BRUSSELS,
        link=record.portalUrl,
    )
    says_closed = record.callStatus == "closed"
    content = hashlib.sha256(f"{body.model_dump_json()}{says_closed}".encode()).hexdigest()
    return PortalCall(
        body=body, source=Source(name=SOURCE, id=record.topicId, content=content), says_closed=says_closed
    )


def ecosystems(record: PortalRecord) -> list[str]:
    """By programme and cluster, then by the words of the record; in the vocabulary's order."""
    found = {*PROGRAMMES.get(record.programme, []), *CLUSTERS.get(record.cluster, [])}
    text = " ".join([record.title, record.callTitle, *keywords(record), record.crossCuttingPriorities])
    found |= {ecosystem for ecosystem, pattern in WORD_PATTERNS.items() if pattern.search(text)}
    return [ecosystem for ecosystem in WORDS if ecosystem in found]


def keywords(record: PortalRecord) -> list[str]:
    own = {record.topicId.lower(), record.callIdentifier.lower()}
    words = (word.strip() for word in record.keywords.split(","))
    kept = (word for word in words if 2 <= len(word) <= 80 and word.lower() not in own and word.isprintable())
    return [word for word in dict.fromkeys(kept) if not re.fullmatch(r"[A-Z0-9]+(?:-[A-Za-z0-9]+){2,}", word)][:50]


def countries(topic: str) -> list[str]:
    code = topic.rsplit("/", 1)[-1]
    return [code] if topic.startswith("EuropeAid/") and pycountry.countries.get(alpha_2=code) else []


def summary(text: str, longest: int = 400) -> str:
    """The first sentences that fit."""
    text = re.sub(r"^(Expected Outcome|Expected Impact|Objective|Scope):\s*", "", " ".join(text.split()))
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"
