"""What members are interested in, and whether a fact concerns them, with the reason in words (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from shared.models import Body, Document
from shared.vocabulary import CallKind, Country, Ecosystem, country_name

WORD = re.compile(r"\w+")


def _has_a_word(keyword: str) -> str:
    if not WORD.search(keyword.casefold()):
        raise ValueError("a keyword has a letter or a digit")
    return keyword


Keyword = Annotated[
    str,
    StringConstraints(min_length=2, max_length=60, pattern=r"^[\w .+&/'-]*$", to_lower=True),
    AfterValidator(_has_a_word),
]
MOST_INTERESTS = 20


class InterestBody(Body):
    """What a member wants to hear of. Within a line any of it; every line that says something must hold."""

    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    countries: list[Country] = Field(default=[], max_length=60)
    kinds: list[CallKind] = Field(default=[], max_length=4)
    keywords: list[Keyword] = Field(default=[], max_length=20)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.ecosystems or self.countries or self.kinds or self.keywords):
            raise ValueError("name an ecosystem, a country, a kind or a keyword")
        return self


class Interest(BaseModel):
    id: str
    ecosystems: list[str] = []
    countries: list[str] = []
    kinds: list[str] = []
    keywords: list[str] = []


@dataclass(slots=True)
class Wish:
    """An interest as a fan-out reads it, of a great many members at once."""

    ecosystems: list[str]
    countries: list[str]
    kinds: list[str]
    keywords: list[str]


@dataclass(slots=True)
class Recipient:
    """A member as a fan-out reads her."""

    id: str
    takes_mail: bool
    wishes: list[Wish]


class Member(Document):
    """A copy, fed by events in any order, and the member's own wishes."""

    email: str = ""
    name: str = ""
    confirmed: bool = False
    mail: bool = True
    organisations: tuple[str, ...] = ()
    interests: tuple[Interest, ...] = ()
    anchors: tuple[str, ...] = ()

    @property
    def takes_mail(self) -> bool:
        return bool(self.email) and self.confirmed and self.mail


@dataclass(frozen=True)
class Topic:
    """What a fact is about. No countries: it is open to every country."""

    ecosystems: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    kind: str = ""
    text: str = ""

    @cached_property
    def words(self) -> str:
        return _words(self.text)


@lru_cache(10_000)
def _words(text: str) -> str:
    """Words alone, in lower case, between single spaces: one text has another's words if it contains this."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


ANY_COUNTRY = "country:*"


def anchors(interest: Interest) -> list[str]:
    """The keys under which an interest is looked up: those of its most selective line."""
    if interest.keywords:
        return ["keyword:" + WORD.findall(keyword.casefold())[0] for keyword in interest.keywords]
    if interest.ecosystems:
        return [f"ecosystem:{name}" for name in interest.ecosystems]
    if interest.countries:
        return [ANY_COUNTRY, *(f"country:{code}" for code in interest.countries)]
    return [f"kind:{kind}" for kind in interest.kinds]


def all_anchors(interests: Iterable[Interest]) -> list[str]:
    return sorted({anchor for interest in interests for anchor in anchors(interest)})


def possible_anchors(topic: Topic) -> list[str]:
    """Every key under which an interest in this topic may be found."""
    countries = [f"country:{code}" for code in topic.countries] or [ANY_COUNTRY]
    words = {f"keyword:{word}" for word in topic.words.split()}
    kind = [f"kind:{topic.kind}"] if topic.kind else []
    return [*(f"ecosystem:{name}" for name in topic.ecosystems), *countries, *kind, *sorted(words)]


def why(interest: Interest | Wish, topic: Topic) -> str | None:
    """What in the topic the member asked for, in words; None if the interest is in something else."""
    common: list[str] = []
    for line, answers in LINES.items():
        if wanted := getattr(interest, line):
            if not (answered := answers(wanted, topic)):
                return None
            common += answered
    return "You follow " + ", ".join(common)


@cache
def _kind(name: str) -> str:
    return CallKind(name).plural.lower()


@cache
def _ecosystem(name: str) -> str:
    return Ecosystem(name).label


def _kinds(wanted: list[str], topic: Topic) -> list[str]:
    return [_kind(kind) for kind in wanted if kind == topic.kind]


def _ecosystems(wanted: list[str], topic: Topic) -> list[str]:
    return [_ecosystem(name) for name in wanted if name in topic.ecosystems]


def _countries(wanted: list[str], topic: Topic) -> list[str]:
    if not topic.countries:
        return [f"{country_name(wanted[0])} (open to every country)"]
    return [country_name(code) for code in wanted if code in topic.countries]


def _keywords(wanted: list[str], topic: Topic) -> list[str]:
    return [f"“{words}”" for words in wanted if _words(words) in topic.words]


# Each line of an interest: which of its words a topic answers.
LINES = {"kinds": _kinds, "ecosystems": _ecosystems, "countries": _countries, "keywords": _keywords}


def first_reason(interests: Iterable[Interest | Wish], topic: Topic) -> str | None:
    """Why a fact concerns a member, by the first of her interests that holds."""
    return next((reason for interest in interests if (reason := why(interest, topic))), None)
