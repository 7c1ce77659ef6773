"""Conditions on a document and the time, each written once and rendered three times (pure).

A condition is tested on one document in Python, finds documents as a MongoDB query, and classifies them as an
aggregation expression. Conditions are combined with `&`, `|` and `~`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

Rendered = Mapping[str, Any]
NOTHING: Rendered = {"$nor": [{}]}


class Condition(ABC):
    """Something that holds for a document at a time, or does not."""

    @abstractmethod
    def holds(self, document: Any, now: datetime) -> bool:
        """Return whether the condition holds for one document."""

    @abstractmethod
    def query(self, now: datetime) -> Rendered:
        """Return the MongoDB query for the documents for which the condition holds."""

    @abstractmethod
    def expression(self, now: datetime) -> Rendered:
        """Return the aggregation expression that is true if the condition holds."""

    @abstractmethod
    def __invert__(self) -> "Condition":
        """Return the negation, pushed down to single comparisons."""

    def __and__(self, other: "Condition") -> "Condition":
        return AllOf((self, other))

    def __or__(self, other: "Condition") -> "Condition":
        return AnyOf((self, other))


@dataclass(frozen=True)
class Primitive(Condition):
    """A condition on one field. Its negation has a query of its own, so that an index serves it too."""

    test: Callable[[Any, datetime], bool]
    matches: Callable[[datetime], Rendered]
    excludes: Callable[[datetime], Rendered]
    computes: Callable[[datetime], Rendered]
    negated: bool = False

    def holds(self, document: Any, now: datetime) -> bool:
        return self.test(document, now) is not self.negated

    def query(self, now: datetime) -> Rendered:
        return self.excludes(now) if self.negated else self.matches(now)

    def expression(self, now: datetime) -> Rendered:
        computed = self.computes(now)
        return {"$not": [computed]} if self.negated else computed

    def __invert__(self) -> Condition:
        return replace(self, negated=not self.negated)


@dataclass(frozen=True)
class AllOf(Condition):
    """Every part holds; without parts, always."""

    parts: tuple[Condition, ...] = ()

    def holds(self, document: Any, now: datetime) -> bool:
        return all(part.holds(document, now) for part in self.parts)

    def query(self, now: datetime) -> Rendered:
        """Return one flat query if no two parts use the same field or operator."""
        queries = [part.query(now) for part in self.parts]
        names = [name for query in queries for name in query]
        if len(names) > len(set(names)):
            return {"$and": queries}
        return {name: value for query in queries for name, value in query.items()}

    def expression(self, now: datetime) -> Rendered:
        return {"$and": [part.expression(now) for part in self.parts]}

    def __invert__(self) -> Condition:
        return AnyOf(tuple(~part for part in self.parts))


@dataclass(frozen=True)
class AnyOf(Condition):
    """At least one part holds; without parts, never."""

    parts: tuple[Condition, ...]

    def holds(self, document: Any, now: datetime) -> bool:
        return any(part.holds(document, now) for part in self.parts)

    def query(self, now: datetime) -> Rendered:
        return {"$or": [part.query(now) for part in self.parts]} if self.parts else NOTHING

    def expression(self, now: datetime) -> Rendered:
        return {"$or": [part.expression(now) for part in self.parts]}

    def __invert__(self) -> Condition:
        return AllOf(tuple(~part for part in self.parts))


def missing(field: str) -> Condition:
    """Return the condition that an optional field has no value."""
    value = attrgetter(field)
    return Primitive(
        test=lambda document, _: value(document) is None,
        matches=lambda _: {field: None},
        excludes=lambda _: {field: {"$ne": None}},
        computes=lambda _: {"$lte": [f"${field}", None]},
    )


def passed(field: str) -> Condition:
    """Return the condition that a time has come; the field always has a value."""
    value = attrgetter(field)
    return Primitive(
        test=lambda document, now: bool(value(document) <= now),
        matches=lambda now: {field: {"$lte": now}},
        excludes=lambda now: {field: {"$gt": now}},
        computes=lambda now: {"$lte": [f"${field}", now]},
    )


def ahead(field: str) -> Condition:
    """Return the condition that a time is still to come; without a value it is not."""
    value = attrgetter(field)
    return Primitive(
        test=lambda document, now: value(document) is not None and value(document) > now,
        matches=lambda now: {field: {"$gt": now}},
        excludes=lambda now: {field: {"$not": {"$gt": now}}},
        computes=lambda now: {"$gt": [f"${field}", now]},
    )


def flagged(field: str) -> Condition:
    """Return the condition that a truth value is true."""
    value = attrgetter(field)
    return Primitive(
        test=lambda document, _: bool(value(document)),
        matches=lambda _: {field: True},
        excludes=lambda _: {field: {"$ne": True}},
        computes=lambda _: {"$eq": [f"${field}", True]},
    )


def any_within(field: str, time: str, span: timedelta) -> Condition:
    """Return the condition that a time in a list of parts is ahead, and at most `span` away."""
    items, value = attrgetter(field), attrgetter(time)

    def matches(now: datetime) -> Rendered:
        return {"$elemMatch": {time: {"$gt": now, "$lte": now + span}}}

    def computes(now: datetime) -> Rendered:
        is_within = {"$and": [{"$gt": [f"$$item.{time}", now]}, {"$lte": [f"$$item.{time}", now + span]}]}
        listed = {"$ifNull": [f"${field}", []]}
        return {"$anyElementTrue": [{"$map": {"input": listed, "as": "item", "in": is_within}}]}

    return Primitive(
        test=lambda document, now: any(now < value(item) <= now + span for item in items(document)),
        matches=lambda now: {field: matches(now)},
        excludes=lambda now: {field: {"$not": matches(now)}},
        computes=computes,
    )
