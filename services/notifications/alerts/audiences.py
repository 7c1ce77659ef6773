"""Whom an event concerns (pure)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.notifications.preferences.domain import Recipient, Topic, first_reason, possible_anchors
from shared.mongo import Query


@dataclass(frozen=True)
class Audience:
    """How the members whom a fact may concern are found, and why it concerns one of them, if it does."""

    query: Query
    reason: Callable[[Recipient], str | None]


def interested(topic: Topic) -> Audience:
    return Audience({"anchors": {"$in": possible_anchors(topic)}}, lambda member: first_reason(member.wishes, topic))


def everybody_of(organisation_id: str) -> Audience:
    return Audience({"organisations": organisation_id}, lambda _: "You belong to this organisation")


def one(member_id: str, reason: str) -> Audience:
    return Audience({"_id": member_id}, lambda _: reason)


def publishers(event: Any) -> Audience:
    """The people of the organisation that published the call; the platform's own operators look by themselves."""
    return everybody_of(event.call.organisation_id or "")


def about_call(event: Any) -> Audience:
    call = event.call
    text = " ".join([call.title, call.summary, *call.keywords])
    return interested(Topic(list(call.ecosystems), list(call.countries), call.kind, text))


def about_gathering(event: Any) -> Audience:
    it = event.gathering
    text = " ".join([it.title, it.summary, *it.keywords])
    return interested(Topic(list(it.ecosystems), list(it.countries), "", text))


def applicants(e: Any) -> Audience:
    return everybody_of(e.application.organisation_id)
