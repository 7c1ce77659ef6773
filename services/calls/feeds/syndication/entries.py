"""Calls and gatherings as entries of feeds (pure)."""

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.gatherings.domain import Gathering, GatheringStage
from shared.clock import moment
from shared.syndication import FeedEntry


def call_entry(call: Call, site: str) -> FeedEntry:
    """Return a call as an entry; the title and text of a withdrawn call say so."""
    until = "; ".join(cut_off.words for cut_off in call.cut_offs)
    opening = f"From {moment(call.opens_at, call.timezone)} until" if call.opens_at else "Until"
    if call.forthcoming and not call.opens_at:
        opening = "From a date that is not yet known until"
    published_at = call.published_at or call.deadline
    return FeedEntry(
        id=f"urn:ccp:call:{call.id}",
        url=f"{site}/calls/{call.id}",
        title=f"Withdrawn: {call.title}" if call.stage is Stage.WITHDRAWN else call.title,
        text=f"{call.kind.label}. {opening} {until}. {call.withdrawn_because or call.summary}".strip(),
        author=call.organisation_name,
        tags=(call.kind.label, *(ecosystem.label for ecosystem in call.ecosystems), *call.keywords),
        published_at=published_at,
        updated_at=call.updated_at or published_at,
    )


def gathering_entry(gathering: Gathering, site: str) -> FeedEntry:
    """Return a gathering as an entry; the title and text of a cancelled gathering say so."""
    published_at = gathering.published_at or gathering.starts_at
    return FeedEntry(
        id=f"urn:ccp:gathering:{gathering.id}",
        url=f"{site}/gatherings/{gathering.id}",
        title=f"Cancelled: {gathering.title}" if gathering.stage is GatheringStage.CANCELLED else gathering.title,
        text=f"{gathering.where}, {gathering.when}. {gathering.cancelled_because or gathering.summary}".strip(),
        author=gathering.organisation_name,
        tags=(gathering.mode.label, *(ecosystem.label for ecosystem in gathering.ecosystems), *gathering.keywords),
        published_at=published_at,
        updated_at=gathering.updated_at or published_at,
    )
