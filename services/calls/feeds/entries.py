"""Calls and gatherings as what calendars and feeds show (pure)."""

from dataclasses import dataclass
from datetime import datetime

from services.calls.domain import Call
from services.calls.domain import Stage as CallStage
from services.calls.feeds.calendar import Appointment
from services.calls.gatherings.domain import Gathering, Stage
from services.calls.registrations.domain import Registration, State


@dataclass(frozen=True)
class Entry:
    """One thing in a feed; its id never changes."""

    id: str
    url: str
    title: str
    text: str
    author: str
    tags: tuple[str, ...]
    published_at: datetime
    updated_at: datetime


def call_entry(it: Call, site: str) -> Entry:
    until = "; ".join(cut_off.words for cut_off in it.cut_offs)
    published = it.published_at or it.deadline
    return Entry(
        id=f"urn:ccp:call:{it.id}",
        url=f"{site}/calls/{it.id}",
        title=f"Withdrawn: {it.title}" if it.stage is CallStage.WITHDRAWN else it.title,
        text=f"{it.kind.label}. Until {until}. {it.withdrawn_because or it.summary}".strip(),
        author=it.organisation_name,
        tags=(it.kind.label, *(e.label for e in it.ecosystems), *it.keywords),
        published_at=published,
        updated_at=it.updated_at or published,
    )


def gathering_entry(it: Gathering, site: str) -> Entry:
    published = it.published_at or it.starts_at
    return Entry(
        id=f"urn:ccp:gathering:{it.id}",
        url=f"{site}/gatherings/{it.id}",
        title=f"Cancelled: {it.title}" if it.stage is Stage.CANCELLED else it.title,
        text=f"{it.where}, {it.when}. {it.cancelled_because or it.summary}".strip(),
        author=it.organisation_name,
        tags=(it.mode.label, *(e.label for e in it.ecosystems), *it.keywords),
        published_at=published,
        updated_at=it.updated_at or published,
    )


def appointment(it: Gathering, site: str, mine: Registration | None = None) -> Appointment:
    """Who has a place also gets the link to join; to who waits it is tentative."""
    seated = mine is not None and mine.state is State.REGISTERED
    cancelled = it.stage is Stage.CANCELLED
    lines = {
        f"Cancelled: {it.cancelled_because}": cancelled,
        "You are on the waiting list": waits(mine),
        it.summary: True,
        f"Join: {it.join_link}": seated and it.join_link,
        f"Organised by {it.organisation_name}": True,
    }
    return Appointment(
        uid=f"gathering-{it.id}@ccp",
        sequence=it.sequence + (mine.version - 1 if mine else 0),
        changed_at=max(at for at in (it.updated_at or it.starts_at, mine.at if mine else None) if at),
        starts_at=it.starts_at,
        ends_at=it.ends_at,
        timezone=it.timezone,
        title=it.title,
        text="\n".join(line for line, holds in lines.items() if line and holds),
        where=it.where,
        url=f"{site}/gatherings/{it.id}",
        status="CANCELLED" if cancelled else "TENTATIVE" if waits(mine) else "CONFIRMED",
    )


def waits(mine: Registration | None) -> bool:
    return mine is not None and mine.state is State.WAITING


def deadlines(it: Call, site: str) -> list[Appointment]:
    """Each cut-off of a call: a moment. Of a withdrawn one, those are cancelled that were still ahead."""
    changed_at = it.updated_at or it.published_at or it.deadline
    because = f"Withdrawn: {it.withdrawn_because}\n" if it.stage is CallStage.WITHDRAWN else ""
    return [
        Appointment(
            uid=f"call-{it.id}-{number}@ccp",
            sequence=it.version,
            changed_at=changed_at,
            starts_at=cut_off.deadline,
            ends_at=None,
            timezone=cut_off.timezone,
            title=f"Deadline{f' ({cut_off.name})' if cut_off.name else ''}: {it.title}",
            text=f"{because}{it.summary}\nPublished by {it.organisation_name}".strip(),
            where="",
            url=f"{site}/calls/{it.id}",
            status="CANCELLED" if because and cut_off.deadline > changed_at else "CONFIRMED",
        )
        for number, cut_off in enumerate(it.cut_offs, 1)
    ]
