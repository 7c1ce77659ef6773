"""Calls and gatherings as what calendars and feeds show (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage as CallStage
from services.calls.feeds.calendar import Appointment
from services.calls.gatherings.domain import Gathering, Speaker, Stage, named
from services.calls.gatherings.registrations.domain import Registration, State


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
    cancelled = it.stage is Stage.CANCELLED
    lines = {
        f"Cancelled: {it.cancelled_because}": cancelled,
        "You are on the waiting list": waits(mine),
        it.summary: True,
        f"Join: {it.join_link}": seated(mine) and it.join_link,
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


def own(found: Sequence[Gathering], mine: Mapping[str, Registration], site: str, most: int) -> list[Appointment]:
    """What a member goes to or waits for; then the sessions of where she has a place, the first ones first."""
    whole = {it.id: appointment(it, site, mine[it.id]) for it in found}
    parts = [one for it in found for one in sessions(it, mine[it.id], whole[it.id])]
    return [*whole.values(), *sorted(parts, key=lambda part: part.starts_at)[:most]]


def sessions(it: Gathering, mine: Registration, whole: Appointment) -> list[Appointment]:
    """Each part of the programme, as new as the whole; what the programme has no more is cancelled."""
    if waits(mine):
        return []
    join = [f"Join: {it.join_link}"] if it.join_link and seated(mine) else []
    return [
        replace(
            whole,
            uid=f"session-{it.id}-{name}@ccp",
            part_of=whole.uid,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            title=f"{session.title} ({it.title})",
            text="\n".join(filter(None, [session.summary, *map(introduced, session.speakers), *join])),
            where=", ".join(filter(None, [session.room, it.where])),
            status="CANCELLED" if name in it.gone else whole.status,
        )
        for name, session in (it.gone | named(it.programme)).items()
    ]


def introduced(speaker: Speaker) -> str:
    return ", ".join(filter(None, [speaker.name, speaker.role, speaker.organisation]))


def seated(mine: Registration | None) -> bool:
    return mine is not None and mine.state is State.REGISTERED


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
