"""Search among calls: full text with ranking, filters, and the calls that a profile may apply to."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage, Status, running, statuses_query
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.vocabulary import Vocabulary
from services.calls.organisations.domain import Applicant
from shared.fields import Distinct, OneLine
from shared.http.paging import Paging
from shared.ids import Id
from shared.mongo import Query, Reader
from shared.vocabulary import CallKind, Country, Ecosystem
from shared.words import spaced, wanted_identifiers, wanted_words

PUBLIC = [Status.FORTHCOMING, Status.OPEN, Status.CLOSING_SOON, Status.CLOSED]
PHRASE = re.compile(r'(-?)"([^"]*\w[^"]*)"')
EXCLUDED = re.compile(r"(?<!\S)-(\S*\w\S*)")
NO_CALL: Query = {"stage": {"$in": []}}
NO_WORDS = Vocabulary()
AT_ONCE = 200  # matches that are held against the text index together


def as_list(value: Any) -> Any:
    """Return one value as a list of one."""
    return [value] if isinstance(value, str) else value


class CallFilter(Paging):
    """The filters of a search; a call has to pass all of them."""

    text: Annotated[str, OneLine(200, fewest=2)] | None = Field(
        None,
        description='Words, a "phrase" or -exclusions in titles, keywords, programmes and summaries; best match first. '
        "An identifier, or a part of one, finds its call first; a call with all words in its description comes last. "
        "The start of a word is enough, and typing mistakes are forgiven",
    )
    status: Annotated[list[Status], Distinct(4), BeforeValidator(as_list)] = Field(
        default=[], description="forthcoming, open, closing_soon or closed; several: calls of any of them"
    )
    kind: CallKind | None = Field(None, description="Kind of call")
    country: Country | None = Field(None, description="A country to which the call is open by name")
    about: Country | None = Field(None, description="A country that the call is about, such as its destination")
    ecosystem: Ecosystem | None = Field(None, description="An industrial ecosystem of the call")
    programme: Annotated[str, OneLine(80, fewest=1)] | None = Field(
        None, description="Funding programme, as calls name it"
    )
    organisation_id: Id | None = Field(None, description="Id of the publishing organisation")
    closing_within: int | None = Field(None, ge=1, le=365, description="Largest number of days until the next deadline")
    grant_from: int | None = Field(None, ge=0, le=10**12, description="Whole euros: grants can be at least this high")
    grant_to: int | None = Field(None, ge=0, le=10**12, description="Whole euros: grants can be as low as this")
    for_profile: Id | None = Field(
        None, description="Id of an organisation of yours: calls in its ecosystems that it may apply to"
    )

    def query(
        self,
        now: datetime,
        profile: Applicant | None = None,
        stage: Any = Stage.PUBLISHED,
        vocabulary: Vocabulary = NO_WORDS,
        words: "Matching | None" = None,
    ) -> Query:
        """Return the query for public calls, or for calls in other stages, that pass every filter.

        `words` makes the query for the words of a text; without it, they may be anywhere.
        """
        equal = {
            "kind": self.kind,
            "countries": self.country,
            "found_by.about": self.about,
            "ecosystems": self.ecosystem,
            "programme": self.programme,
            "organisation_id": self.organisation_id,
        }
        parts: list[Query] = [{"stage": stage, **{name: value for name, value in equal.items() if value}}]
        if self.status:
            public = [status for status in self.status if status in PUBLIC]
            parts.append(statuses_query(public, now) if public else NO_CALL)
        if self.closing_within:
            ahead = {"$gt": now, "$lte": now + timedelta(days=self.closing_within)}
            parts.append({"closed_at": None, "cut_offs": {"$elemMatch": {"deadline": ahead}}})
        if self.grant_from is not None:
            parts.append({"budget.largest": {"$gte": self.grant_from}})
        if self.grant_to is not None:
            parts.append({"budget.smallest": {"$lte": self.grant_to}})
        if profile:
            parts.append(may_apply(profile, now))
        if self.text:
            parts.append((words or text_query)(self.text, vocabulary))
        return {"$and": parts}

    @property
    def used(self) -> set[str]:
        """Names of the filters that are set."""
        return set(self.given)

    @property
    def given(self) -> dict[str, Any]:
        """The filters that are set, as they stand in an address."""
        return self.model_dump(mode="json", exclude_defaults=True, exclude={"limit", "cursor", "sort"})


class Order(StrEnum):
    """Order of a list of calls."""

    MATCH = "match"
    DEADLINE = "deadline"
    LATEST = "latest"
    NEWEST = "newest"


class CallSearch(CallFilter):
    """The filters of a list, and its order."""

    sort: Order | None = Field(
        None,
        description="match: best match first; deadline: next deadline first; latest: last deadline first; newest: "
        "published last first. Left out: match with a text, else deadline",
    )

    @property
    def order(self) -> Order:
        """The order of the list; there is a best match only with a text."""
        if self.sort is None or self.sort is Order.MATCH:
            return Order.MATCH if self.text else Order.DEADLINE
        return self.sort


Matching = Callable[[str, Vocabulary], Query]


def text_query(text: str, vocabulary: Vocabulary) -> Query:
    """Return the query for calls that match a text: by rank in the text index, or with every word anywhere."""
    ranked, anywhere = ranked_query(text, vocabulary), unranked_query(text, vocabulary)
    return ranked if anywhere is NO_CALL else {"$or": [ranked, anywhere]}


def ranked_query(text: str, vocabulary: Vocabulary) -> Query:
    """Return the query for calls with one of the words, in any text but the description: the server ranks them."""
    meant = [each for word in words_of(text) for each in vocabulary.meant(word)]
    return {"$text": {"$search": search_string(text, meant)}}


def unranked_query(text: str, vocabulary: Vocabulary) -> Query:
    """Return the query for calls with every word anywhere, also in the description, where no words are ranked.

    Phrases and exclusions are looked for in the text index only, which leaves out descriptions.
    """
    asked = words_of(text)
    if not asked or PHRASE.search(text) or EXCLUDED.search(text):
        return NO_CALL
    meant = [[word, *vocabulary.meant(word), *vocabulary.beginning(word)] for word in asked]
    return {"$and": [{"found_by.words": {"$in": words}} for words in meant]}


def words_of(text: str) -> list[str]:
    """Return the words of a text outside phrases and exclusions."""
    return wanted_words(EXCLUDED.sub(" ", PHRASE.sub(" ", text)))


def search_string(text: str, meant: Sequence[str] = ()) -> str:
    """Return a search for MongoDB with folded words; the words of a phrase or an exclusion stay together."""
    phrases = [f'{sign}"{spaced(wanted_words(phrase))}"' for sign, phrase in PHRASE.findall(text)]
    rest = PHRASE.sub(" ", text)
    excluded = [f'-"{spaced(wanted_words(word))}"' for word in EXCLUDED.findall(rest)]
    asked = EXCLUDED.sub(" ", rest)
    return " ".join([*wanted_words(asked), *meant, *wanted_identifiers(asked), *phrases, *excluded])


def may_apply(applicant: Applicant, now: datetime) -> Query:
    """Return the query for running calls in the applicant's ecosystems whose rules do not exclude the applicant.

    The rules are those of `eligibility.domain`; an applicant with an unknown trait is not excluded by it.
    """
    traits = {"countries": [applicant.country], "kinds": [applicant.kind], "ecosystems": applicant.ecosystems}
    allowed: list[Query] = [
        {f"eligibility.applicant.{trait}": {"$in": [None, [], *(value for value in values if value)]}}
        for trait, values in traits.items()
        if values is not None and None not in values
    ]
    return {"$and": [running(now), {"ecosystems": {"$in": [*(applicant.ecosystems or ())]}}, *allowed]}


async def ranked(reader: Reader, query: Query, after: tuple[float, str] | None, limit: int) -> list[tuple[float, Call]]:
    """Return the best matches with their scores; equal ones in order of id, so that no page repeats a call."""
    score = {"score": {"$meta": "textScore"}}
    steps: list[Query]
    if after is None:  # the server keeps no more than a page while it sorts
        steps = [{"$match": query}, {"$sort": {**score, "_id": 1}}, {"$limit": limit}, {"$addFields": score}]
        return [(row["score"], CALLS.read(row)) for row in await CALLS.aggregate(reader, steps, limit)]
    beyond = {"$or": [{"score": {"$lt": after[0]}}, {"score": after[0], "_id": {"$gt": after[1]}}]}
    order = {"score": -1, "_id": 1}
    steps = [{"$match": query}, {"$project": score}, {"$match": beyond}, {"$sort": order}, {"$limit": limit}]
    scores = {row["_id"]: row["score"] for row in await CALLS.aggregate(reader, steps, limit)}
    calls = {call.id: call for call in await CALLS.find(reader, {"_id": {"$in": [*scores]}}, limit=limit)}
    return [(points, calls[id]) for id, points in scores.items() if id in calls]


async def unranked(reader: Reader, query: Query, best: Query, after: str, limit: int) -> list[tuple[float, Call]]:
    """Return matches of a query that are none of the best, in order of id after the last one seen, with the score 0."""
    ids: list[str] = []
    while len(ids) < limit:
        beyond = {"$and": [query, {"_id": {"$gt": after}}]}
        page = [row["_id"] for row in await CALLS.rows(reader, beyond, ["_id"], limit=AT_ONCE)]
        ranked = await CALLS.rows(reader, {"$and": [best, {"_id": {"$in": page}}]}, ["_id"], limit=AT_ONCE)
        known = {row["_id"] for row in ranked}
        ids += [id for id in page if id not in known]
        if len(page) < AT_ONCE:
            break
        after = page[-1]
    wanted = {"_id": {"$in": ids[:limit]}}
    return [(0.0, call) for call in await CALLS.find(reader, wanted, sort=[("_id", 1)], limit=limit)]
