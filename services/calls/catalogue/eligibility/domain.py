"""Rules of eligibility and their checks for a candidate (pure): each rule is a row of a table."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SkipValidation, ValidationInfo, field_validator

from services.calls.organisations.domain import Applicant
from services.calls.terms import Countries, Ecosystems
from shared.fields import Distinct
from shared.models import Body
from shared.sentences import Sentence, _, any_of, listed
from shared.vocabulary import Ecosystem, OrganisationKind, country_name

Role = Literal["coordinator", "partner"]


class Requirements(Body):
    """Requirements for one organisation; an empty list allows every value."""

    countries: Countries = Field(default=[], description="Country of establishment")
    kinds: Annotated[list[OrganisationKind], Distinct(8)] = Field(default=[], description="Kind of organisation")
    ecosystems: Ecosystems = Field(default=[], description="Works in at least one of them")


class Consortium(Body):
    """Smallest number of organisations and countries that apply together, the coordinator included."""

    organisations: int = Field(1, ge=1, le=100)
    countries: int = Field(1, ge=1, le=100)

    @field_validator("countries")
    @classmethod
    def _possible(cls, countries: int, seen: ValidationInfo) -> int:
        if countries > seen.data.get("organisations", countries):
            raise ValueError(_("There cannot be more countries than organisations. Lower one or raise the other."))
        return countries


class Eligibility(Body):
    """Who may apply to a call: rules for every applicant, more for the coordinator, and for all together."""

    applicant: Requirements = Field(Requirements(), description="For every organisation that applies")
    coordinator: Requirements = Field(Requirements(), description="In addition, for the coordinator")
    consortium: Consortium = Field(Consortium(), description="For all applicants together")


class Answer(StrEnum):
    """Whether a rule holds."""

    HOLDS = "holds"
    HOLDS_NOT = "does_not_hold"
    UNKNOWN = "not_known"


class Verdict(StrEnum):
    """Whether a candidate may apply, by all rules together."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DEPENDS = "depends"


class Check(BaseModel):
    """One rule and its answer."""

    rule: str
    answer: Answer
    reason: SkipValidation[str]
    change: SkipValidation[str] = Field("", description="What would make the rule hold; empty if it does")


@dataclass(frozen=True)
class Candidate:
    """An organisation that would apply, its role and its partners; None: undecided."""

    applicant: Applicant
    role: Role | None = None
    partners: Sequence[Applicant] | None = None

    @property
    def consortium(self) -> Sequence[Applicant]:
        """The applicant and its partners."""
        return [self.applicant, *(self.partners or ())]


@dataclass(frozen=True)
class Trait:
    """A property of organisations on which rules are made."""

    rule: str
    allowed: Callable[[Requirements], Collection[str]]
    values: Callable[[Applicant], Collection[str] | None]
    words: Callable[[str], str]
    phrase: str  # stands before a value: "is established in"
    change: str  # what would help, with the values that would do


TRAITS = [
    Trait(
        "country",
        lambda requirements: requirements.countries,
        lambda applicant: None if applicant.country is None else [applicant.country],
        country_name,
        _("established in"),
        _("take part through an organisation established in {wanted}"),
    ),
    Trait(
        "kind",
        lambda requirements: requirements.kinds,
        lambda applicant: None if applicant.kind is None else [applicant.kind],
        lambda kind: OrganisationKind(kind).label.lower() if kind in set(OrganisationKind) else kind,
        _("of the kind"),
        _("take part through an organisation of the kind {wanted}"),
    ),
    Trait(
        "ecosystem",
        lambda requirements: requirements.ecosystems,
        lambda applicant: applicant.ecosystems,
        lambda name: Ecosystem(name).label,
        _("working in"),
        _("if the organisation works there, add to its profile: {wanted}"),
    ),
]


def check_trait(trait: Trait, requirements: Requirements, applicant: Applicant, subject: str) -> Check:
    """Check one property of an organisation."""
    allowed, values = trait.allowed(requirements), trait.values(applicant)
    wanted = any_of([trait.words(value) for value in allowed])
    said = {"name": applicant.name, "phrase": Sentence(trait.phrase)}
    rule = f"{subject}.{trait.rule}"
    if values is None:
        reason = _("the profile of {name} does not state whether it is {phrase} {wanted}", **said, wanted=wanted)
        return Check(rule=rule, answer=Answer.UNKNOWN, reason=reason, change=_("complete and publish the profile"))
    if matching := [value for value in values if value in set(allowed)]:
        reason = _("{name} is {phrase} {values}", **said, values=listed([trait.words(value) for value in matching]))
        return Check(rule=rule, answer=Answer.HOLDS, reason=reason)
    present = listed([trait.words(value) for value in values]) or Sentence(_("none"))
    pattern = _("the {subject} must be {phrase} {wanted}; {name}: {present}")
    reason = Sentence(pattern, **said, subject=Sentence(subject), wanted=wanted, present=present)
    return Check(rule=rule, answer=Answer.HOLDS_NOT, reason=reason, change=Sentence(trait.change, wanted=wanted))


def check_requirements(requirements: Requirements, applicant: Applicant, subject: str) -> list[Check]:
    """Check every property on which there is a requirement."""
    return [check_trait(trait, requirements, applicant, subject) for trait in TRAITS if trait.allowed(requirements)]


def applicant_checks(rules: Eligibility, candidate: Candidate) -> list[Check]:
    """Check the applicant and each partner."""
    return [
        check
        for organisation in candidate.consortium
        for check in check_requirements(rules.applicant, organisation, "applicant")
    ]


def coordinator_checks(rules: Eligibility, candidate: Candidate) -> list[Check]:
    """Check the applicant as coordinator; while the role is undecided, a rule that does not hold is not known."""
    if candidate.role == "partner":
        return []
    checks = check_requirements(rules.coordinator, candidate.applicant, "coordinator")
    if candidate.role == "coordinator":
        return checks
    return [check if check.answer is Answer.HOLDS else _undecided(check) for check in checks]


def _undecided(check: Check) -> Check:
    return check.model_copy(
        update={"answer": Answer.UNKNOWN, "change": _("join as a partner, or {change}", change=check.change)}
    )


def consortium_checks(rules: Eligibility, candidate: Candidate) -> list[Check]:
    """Check the number of organisations and of their countries."""
    countries = {organisation.country for organisation in candidate.consortium} - {None}
    return [
        *check_number("organisations", rules.consortium.organisations, len(candidate.consortium), candidate),
        *check_number("countries", rules.consortium.countries, len(countries), candidate),
    ]


NUMBERS = {
    "organisations": _("at least {least} organisations apply together; named so far: {number}"),
    "countries": _("at least {least} countries apply together; named so far: {number}"),
}
MORE = {  # if one is missing, and if several are
    "organisations": (
        _("find partners: {missing} more organisation needed"),
        _("find partners: {missing} more organisations needed"),
    ),
    "countries": (
        _("find partners from {missing} more country"),
        _("find partners from {missing} more countries"),
    ),
}


def check_number(counted: str, least: int, number: int, candidate: Candidate) -> list[Check]:
    """Check a smallest number of organisations or countries, unless one is enough."""
    if least <= 1:
        return []
    rule = f"consortium.{counted}"
    reason = Sentence(NUMBERS[counted], least=least, number=number)
    if number >= least:
        return [Check(rule=rule, answer=Answer.HOLDS, reason=reason)]
    missing = least - number
    change = Sentence(MORE[counted][missing > 1], missing=missing)
    undecided = candidate.partners is None or any(each.country is None for each in candidate.consortium)
    answer = Answer.UNKNOWN if undecided else Answer.HOLDS_NOT
    return [Check(rule=rule, answer=answer, reason=reason, change=change)]


RULES = [applicant_checks, coordinator_checks, consortium_checks]


def check_all(rules: Eligibility, candidate: Candidate) -> list[Check]:
    """Check every rule for a candidate."""
    return [check for rule in RULES for check in rule(rules, candidate)]


def verdict(checks: Iterable[Check]) -> Verdict:
    """Return the verdict: eligible if every rule holds, not eligible if one does not, otherwise it depends."""
    answers = {check.answer for check in checks}
    if Answer.HOLDS_NOT in answers:
        return Verdict.NOT_ELIGIBLE
    return Verdict.DEPENDS if Answer.UNKNOWN in answers else Verdict.ELIGIBLE


def in_words(rules: Eligibility) -> list[str]:
    """Return the rules as sentences; none if every organisation may apply."""
    sentences = [
        _(
            "The {subject} is {phrase} {values}.",
            subject=Sentence(subject),
            phrase=Sentence(trait.phrase),
            values=any_of([trait.words(value) for value in trait.allowed(requirements)]),
        )
        for subject, requirements in ((_("applicant"), rules.applicant), (_("coordinator"), rules.coordinator))
        for trait in TRAITS
        if trait.allowed(requirements)
    ]
    least = rules.consortium
    if least.organisations > 1 or least.countries > 1:
        pattern = _("At least {organisations:,} organisation(s) from {countries} countries together.")
        if least.countries == 1:
            pattern = _("At least {organisations:,} organisation(s) from 1 country together.")
        sentences.append(Sentence(pattern, organisations=least.organisations, countries=least.countries))
    return sentences
