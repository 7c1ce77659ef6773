"""Interests of members, and the match of an interest with a topic, with its reason in words (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import Annotated, Self
from unicodedata import category

from pydantic import AfterValidator, BaseModel, Field, model_validator

from shared.fields import Distinct, OneLine
from shared.models import Body, Document, Versioned
from shared.sentences import _
from shared.vocabulary import CallKind, Country, Ecosystem, country_name
from shared.words import spaced, wanted_words, words

MOST_INTERESTS = 20
ANY_COUNTRY, ANY_ECOSYSTEM = "country:*", "ecosystem:*"


def _searchable(keyword: str) -> str:
    if not wanted_words(keyword):
        raise ValueError(_("A keyword needs at least one letter or digit."))
    if not all(category(c)[0] in "LMN" or c in "_ .+&/'-" for c in keyword):
        raise ValueError(_("Use only letters, digits, spaces and these characters: . + & / ' - _"))
    return keyword


Keyword = Annotated[str, OneLine(60, fewest=2), AfterValidator(_searchable)]


class InterestBody(Body):
    """An interest as a member sends it. A topic must match every criterion that is not empty, by any of its values."""

    ecosystems: Annotated[list[Ecosystem], Distinct(14)] = Field(default=[], description="Industrial ecosystems")
    countries: Annotated[list[Country], Distinct(60)] = Field(
        default=[], description="Countries for which a call is open, or that it is about (ISO 3166-1 alpha-2 codes)"
    )
    kinds: Annotated[list[CallKind], Distinct(4)] = Field(default=[], description="Kinds of calls")
    keywords: Annotated[list[Keyword], Distinct(20)] = Field(
        default=[], description="Words of the title, summary or keywords, in any form; capitals matter for IT or WHO"
    )

    @model_validator(mode="after")
    def _require_criterion(self) -> Self:
        if not (self.ecosystems or self.countries or self.kinds or self.keywords):
            raise ValueError(_("Name at least one ecosystem, country, kind of call or keyword."))
        return self


class Interest(BaseModel):
    """An interest of a member."""

    id: str
    ecosystems: list[str] = []
    countries: list[str] = []
    kinds: list[str] = []
    keywords: list[str] = []

    @classmethod
    def of(cls, id: str, body: InterestBody) -> Self:
        """Return an interest with an id."""
        return cls(
            id=id,
            ecosystems=list(body.ecosystems),
            countries=list(body.countries),
            kinds=list(body.kinds),
            keywords=list(body.keywords),
        )


@dataclass(slots=True)
class Criteria:
    """The criteria of an interest, in a form that a fan-out reads quickly for many members."""

    ecosystems: list[str]
    countries: list[str]
    kinds: list[str]
    keywords: list[str]


class Scope(StrEnum):
    """What an e-mail is about. A member stops each scope by itself."""

    CALLS = "calls"  # calls and gatherings that match an interest, and partners for a call
    OWN = "own"  # the member's own business: applications, claims, registrations, questions, organisations


SCOPE_WORDS: Mapping[str, str] = {
    Scope.CALLS: _("calls and gatherings that match your interests, and organisations that you follow"),
    Scope.OWN: _(
        "your applications, claims, registrations and organisations, and calls and gatherings that you follow"
    ),
}


@dataclass(slots=True)
class Recipient:
    """A member, in a form that a fan-out reads quickly."""

    id: str
    scopes: frozenset[Scope]  # of e-mail
    interests: list[Criteria]
    organisations: list[str]


class MembershipVersion(Versioned):
    """The highest version of a membership that arrived, also after its end; its id is `<organisation>:<member>`."""


class Member(Document):
    """A copy of a member, updated by events in any order, with the member's preferences."""

    email: str = ""
    name: str = ""
    confirmed: bool = False
    mail: bool = True  # e-mails of the scope "calls"
    own_mail: bool = True  # e-mails of the scope "own"
    undeliverable: str = ""  # words of the mail server that refused the address for good
    operator: bool = False
    role_version: int = 0  # of the account that `operator` comes from
    account_version: int = 0  # of the account that the address and the name come from
    organisations: tuple[str, ...] = ()
    administers: tuple[str, ...] = ()  # organisations among them
    interests: tuple[Interest, ...] = ()
    anchors: tuple[str, ...] = ()
    folding: int = 0  # the version of the folding of words in the anchors

    def takes(self, scope: Scope) -> bool:
        """Return whether alerts of a scope are sent to the member by e-mail."""
        return scope in mail_scopes(
            self.email, self.undeliverable, confirmed=self.confirmed, mail=self.mail, own_mail=self.own_mail
        )


class Consents(Body):
    """The e-mails that a member wants, as they send them."""

    mail: bool = Field(
        description="Whether alerts about calls and gatherings that match your interests are sent by e-mail"
    )
    own_mail: bool = Field(description="Whether alerts about your applications, claims and registrations are, too")


class Subscription(BaseModel):
    """The consent of a member to e-mail."""

    mail: bool = Field(
        description="Whether alerts about calls and gatherings that match your interests are sent by e-mail"
    )
    own_mail: bool = Field(description="Whether alerts about your applications, claims and registrations are, too")
    undeliverable: str = Field(description="Words of the mail server that refused your address; no e-mails are sent")

    @classmethod
    def of(cls, member: Member) -> "Subscription":
        """Return the consents of a member."""
        return cls(mail=member.mail, own_mail=member.own_mail, undeliverable=member.undeliverable)

    def stops(self, scope: Scope) -> bool:
        """Return whether the member stopped the e-mails of a scope."""
        return not (self.mail if scope is Scope.CALLS else self.own_mail)


@cache
def _scopes(mail: bool, own_mail: bool) -> frozenset[Scope]:
    return frozenset(scope for scope, taken in ((Scope.CALLS, mail), (Scope.OWN, own_mail)) if taken)


def mail_scopes(email: str, undeliverable: str, *, confirmed: bool, mail: bool, own_mail: bool) -> frozenset[Scope]:
    """Return the scopes of e-mail that a member takes: none before the address is confirmed, or if it does not work."""
    return _scopes(mail, own_mail) if email and confirmed and not undeliverable else frozenset()


@dataclass(frozen=True)
class Topic:
    """Topic of an event. Without countries it is open to every country, without ecosystems it concerns every one."""

    ecosystems: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    kind: str = ""
    texts: Sequence[str] = ()
    about: list[str] = field(default_factory=list)  # countries, for instance the destination of a mission

    @cached_property
    def words(self) -> list[str]:
        """The words of each text; a mark that no keyword has separates the texts."""
        return [word for text in self.texts for word in (*words(text), "|")]

    @cached_property
    def spaced_words(self) -> str:
        """The words in the form that keywords are searched in."""
        return spaced(self.words)


@lru_cache(10_000)
def _wanted(keyword: str) -> str:
    """Return the words of a keyword between single spaces, so that whole words are found in a topic."""
    return spaced(wanted_words(keyword))


def anchors(interest: Interest) -> list[str]:
    """Return the index keys of an interest, from its most selective criterion."""
    if interest.keywords:
        return ["keyword:" + word for keyword in interest.keywords for word in wanted_words(keyword)[:1]]
    if interest.ecosystems:
        return [ANY_ECOSYSTEM, *(f"ecosystem:{name}" for name in interest.ecosystems)]
    if interest.countries:
        return [ANY_COUNTRY, *(f"country:{code}" for code in interest.countries)]
    return [f"kind:{kind}" for kind in interest.kinds]


def all_anchors(interests: Iterable[Interest]) -> list[str]:
    """Return the index keys of several interests, each key once."""
    return sorted({anchor for interest in interests for anchor in anchors(interest)})


def possible_anchors(topic: Topic) -> list[str]:
    """Return every index key that an interest in this topic can have."""
    open_to = [f"country:{code}" for code in topic.countries] or [ANY_COUNTRY]
    about = [f"country:{code}" for code in topic.about]
    ecosystems = [f"ecosystem:{name}" for name in topic.ecosystems] or [ANY_ECOSYSTEM]
    kind = [f"kind:{topic.kind}"] if topic.kind else []
    return [*ecosystems, *dict.fromkeys(open_to + about), *kind, *sorted({f"keyword:{word}" for word in topic.words})]


def match_reason(interest: Interest | Criteria, topic: Topic) -> str | None:
    """Return in words what the topic shares with an interest, or None if a criterion does not match."""
    shared: list[str] = []
    for wanted, shared_with in (
        (interest.kinds, _shared_kinds),
        (interest.ecosystems, _shared_ecosystems),
        (interest.countries, _shared_countries),
        (interest.keywords, _shared_keywords),
    ):
        if wanted:
            labels = shared_with(wanted, topic)
            if not labels:
                return None
            shared += labels
    return "You follow " + ", ".join(shared)


def first_reason(interests: Iterable[Interest | Criteria], topic: Topic) -> str | None:
    """Return the reason of the first interest that matches the topic, or None."""
    return next((reason for interest in interests if (reason := match_reason(interest, topic))), None)


@cache
def _kind_label(name: str) -> str:
    return CallKind(name).plural.lower()


@cache
def _ecosystem_label(name: str) -> str:
    return Ecosystem(name).label


def _shared_kinds(wanted: list[str], topic: Topic) -> list[str]:
    return [_kind_label(kind) for kind in wanted if kind == topic.kind]


def _shared_ecosystems(wanted: list[str], topic: Topic) -> list[str]:
    if not topic.ecosystems:
        return [f"{_ecosystem_label(wanted[0])} (for every sector)"]
    return [_ecosystem_label(name) for name in wanted if name in topic.ecosystems]


def _shared_countries(wanted: list[str], topic: Topic) -> list[str]:
    about = [f"{country_name(code)} (destination)" for code in wanted if code in topic.about]
    open_to = [country_name(code) for code in wanted if code in topic.countries and code not in topic.about]
    if about or open_to or topic.countries:
        return about + open_to
    return [f"{country_name(wanted[0])} (open to every country)"]


def _shared_keywords(wanted: list[str], topic: Topic) -> list[str]:
    return [f"“{keyword}”" for keyword in wanted if (asked := _wanted(keyword)).strip() and asked in topic.spaced_words]
