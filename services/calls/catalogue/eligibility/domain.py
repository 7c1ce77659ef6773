"""Rules of eligibility and what they say of an applicant (pure): each rule is a row of a table."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.calls.organisations.domain import Applicant
from shared.models import Body
from shared.vocabulary import Country, Ecosystem, OrganisationKind, country_name

Role = Literal["coordinator", "partner"]
AND = ", ".join


class Who(Body):
    """What an organisation must be. An empty list allows every one."""

    countries: list[Country] = Field(default=[], max_length=250, description="Where it is established")
    kinds: list[OrganisationKind] = Field(default=[], max_length=8)
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14, description="Works in at least one of them")


class Consortium(Body):
    """How many must apply together, the coordinator included."""

    organisations: int = Field(1, ge=1, le=100)
    countries: int = Field(1, ge=1, le=100)

    @field_validator("countries")
    @classmethod
    def _possible(cls, countries: int, seen: ValidationInfo) -> int:
        if countries > seen.data.get("organisations", countries):
            raise ValueError("so few organisations cannot come from so many countries")
        return countries


class Eligibility(Body):
    """Who may apply to a call: every applicant, besides the coordinator, and all of them together."""

    applicant: Who = Who()
    coordinator: Who = Who()
    consortium: Consortium = Consortium()


class Answer(StrEnum):
    HOLDS = "holds"
    HOLDS_NOT = "does_not_hold"
    UNKNOWN = "not_known"


class Verdict(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DEPENDS = "depends"


class Check(BaseModel):
    """One rule and its answer. `change` says what would make it hold; empty where it does."""

    rule: str
    answer: Answer
    reason: str
    change: str = ""


@dataclass(frozen=True)
class Application:
    """Who would apply, as what, and with whom. `partners` None: not said."""

    applicant: Applicant
    role: Role | None = None
    partners: Sequence[Applicant] | None = None

    @property
    def everybody(self) -> Sequence[Applicant]:
        return [self.applicant, *(self.partners or ())]


@dataclass(frozen=True)
class Trait:
    """One thing asked of an organisation: what is allowed, what it has, and how both are said."""

    rule: str
    allowed: Callable[[Who], Collection[str]]
    has: Callable[[Applicant], Collection[str] | None]
    words: Callable[[str], str]
    asked: str  # "is established in"
    change: str  # what to do about it


TRAITS = [
    Trait(
        "country",
        lambda who: who.countries,
        lambda it: None if it.country is None else [it.country],
        country_name,
        "established in",
        "take part through an organisation established in",
    ),
    Trait(
        "kind",
        lambda who: who.kinds,
        lambda it: None if it.kind is None else [it.kind],
        lambda kind: OrganisationKind(kind).label.lower() if kind in set(OrganisationKind) else kind,
        "of the kind",
        "take part through an organisation of the kind",
    ),
    Trait(
        "ecosystem",
        lambda who: who.ecosystems,
        lambda it: it.ecosystems,
        lambda name: Ecosystem(name).label,
        "working in",
        "add to the profile, if it is true, work in",
    ),
]


def check_trait(trait: Trait, who: Who, it: Applicant, subject: str) -> Check:
    allowed, has = trait.allowed(who), trait.has(it)
    wanted = OR(trait.words(value) for value in allowed)
    rule = f"{subject}.{trait.rule}"
    if has is None:
        reason = f"the profile of {it.name} does not say it; asked: {trait.asked} {wanted}"
        return Check(rule=rule, answer=Answer.UNKNOWN, reason=reason, change="complete and publish the profile")
    own = AND(trait.words(value) for value in has) or "none"
    fits = [value for value in has if value in set(allowed)]
    if fits:
        reason = f"{it.name} is {trait.asked} {AND(trait.words(value) for value in fits)}"
        return Check(rule=rule, answer=Answer.HOLDS, reason=reason)
    reason = f"the {subject} must be {trait.asked} {wanted}; {it.name}: {own}"
    return Check(rule=rule, answer=Answer.HOLDS_NOT, reason=reason, change=f"{trait.change} {wanted}")


def OR(words: Iterable[str]) -> str:  # noqa: N802
    *most, last = [*words]
    return f"{AND(most)} or {last}" if most else last


def checks_of(who: Who, it: Applicant, subject: str) -> list[Check]:
    return [check_trait(trait, who, it, subject) for trait in TRAITS if trait.allowed(who)]


def applicant_checks(rules: Eligibility, of: Application) -> list[Check]:
    return [check for one in of.everybody for check in checks_of(rules.applicant, one, "applicant")]


def coordinator_checks(rules: Eligibility, of: Application) -> list[Check]:
    """Asked of the organisation only if it coordinates; not known while it does not say."""
    if of.role == "partner":
        return []
    checks = checks_of(rules.coordinator, of.applicant, "coordinator")
    if of.role == "coordinator":
        return checks
    return [
        check
        if check.answer is Answer.HOLDS
        else check.model_copy(update={"answer": Answer.UNKNOWN, "change": f"join as a partner, or {check.change}"})
        for check in checks
    ]


def consortium_checks(rules: Eligibility, of: Application) -> list[Check]:
    asked = rules.consortium
    countries = {one.country for one in of.everybody} - {None}
    found = [
        ("consortium.organisations", asked.organisations, len(of.everybody), "organisation"),
        ("consortium.countries", asked.countries, len(countries), "country"),
    ]
    return [check_number(rule, least, has, noun, of) for rule, least, has, noun in found if least > 1]


def check_number(rule: str, least: int, has: int, noun: str, of: Application) -> Check:
    plural = {"organisation": "organisations", "country": "countries"}[noun]
    reason = f"at least {least} {plural} apply together; named so far: {has}"
    if has >= least:
        return Check(rule=rule, answer=Answer.HOLDS, reason=reason)
    missing = least - has
    more = f"{missing} more {noun if missing == 1 else plural}"
    change = f"find partners: {more} needed" if noun == "organisation" else f"find partners from {more}"
    unsaid = of.partners is None or any(one.country is None for one in of.everybody)
    return Check(rule=rule, answer=Answer.UNKNOWN if unsaid else Answer.HOLDS_NOT, reason=reason, change=change)


RULES = [applicant_checks, coordinator_checks, consortium_checks]


def check_all(rules: Eligibility, of: Application) -> list[Check]:
    return [check for rule in RULES for check in rule(rules, of)]


def verdict(checks: Iterable[Check]) -> Verdict:
    """Every rule holds: eligible. One does not: not eligible. Else it depends on what is not known."""
    answers = {check.answer for check in checks}
    if Answer.HOLDS_NOT in answers:
        return Verdict.NOT_ELIGIBLE
    return Verdict.DEPENDS if Answer.UNKNOWN in answers else Verdict.ELIGIBLE


def in_words(rules: Eligibility) -> list[str]:
    """The rules as a reader of the call sees them; empty where everybody may apply."""
    said = [
        f"The {subject} is {trait.asked} {OR(trait.words(value) for value in trait.allowed(who))}."
        for subject, who in (("applicant", rules.applicant), ("coordinator", rules.coordinator))
        for trait in TRAITS
        if trait.allowed(who)
    ]
    together = rules.consortium
    if together.organisations > 1 or together.countries > 1:
        said.append(f"At least {together.organisations} organisations from {together.countries} countries together.")
    return said
