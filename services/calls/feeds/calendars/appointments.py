"""Gatherings, their sessions and the deadlines of calls as appointments (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import WITHDRAWN_KEPT
from services.calls.feeds.calendars.ical import Appointment
from services.calls.gatherings.domain import Gathering, GatheringStage
from services.calls.gatherings.programme import Speaker, by_key
from services.calls.gatherings.registrations.domain import Registration, RegistrationState
from shared.text import mended_line, quoted

DROPPED = "This deadline was dropped."


def gathering_appointment(gathering: Gathering, site: str, registration: Registration | None = None) -> Appointment:
    """Return a gathering as an appointment.

    With a registration it is the member's own: it has the link to join, or is tentative on the waiting list.
    """
    cancelled = gathering.stage is GatheringStage.CANCELLED
    lines = {
        f"Cancelled: {mended_line(gathering.cancelled_because)}": cancelled,
        "You are on the waiting list": waits(registration),
        f"Join: {gathering.join_link}": has_place(registration) and gathering.join_link,
        f"Organised by {gathering.organisation_name}": True,
    }
    changed_at = gathering.updated_at or gathering.starts_at
    return Appointment(
        uid=f"gathering-{gathering.id}@ccp",
        sequence=gathering.sequence + (registration.version - 1 if registration else 0),
        changed_at=max(changed_at, registration.at) if registration else changed_at,
        starts_at=gathering.starts_at,
        ends_at=gathering.ends_at,
        timezone=gathering.timezone,
        title=gathering.title,
        text=description([line for line, shown in lines.items() if shown], gathering.summary),
        where=gathering.where,
        url=f"{site}/gatherings/{gathering.id}",
        status="CANCELLED" if cancelled else "TENTATIVE" if waits(registration) else "CONFIRMED",
    )


def own_appointments(
    gatherings: Sequence[Gathering], registrations: Mapping[str, Registration], site: str, most_sessions: int
) -> list[Appointment]:
    """Return a member's gatherings, followed by the first sessions of those in which the member has a place."""
    whole = {
        gathering.id: gathering_appointment(gathering, site, registrations[gathering.id]) for gathering in gatherings
    }
    parts = [
        session
        for gathering in gatherings
        for session in session_appointments(gathering, registrations[gathering.id], whole[gathering.id])
    ]
    return [*whole.values(), *sorted(parts, key=lambda part: part.starts_at)[:most_sessions]]


def session_appointments(gathering: Gathering, registration: Registration, whole: Appointment) -> list[Appointment]:
    """Return the sessions of a gathering, with its sequence number; sessions that were removed are cancelled."""
    if waits(registration):
        return []
    join = [f"Join: {gathering.join_link}"] if gathering.join_link and has_place(registration) else []
    return [
        replace(
            whole,
            uid=f"session-{gathering.id}-{key}@ccp",
            part_of=whole.uid,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            title=f"{session.title} ({gathering.title})",
            text=description(join, "\n".join(filter(None, [session.summary, *map(speaker_line, session.speakers)]))),
            where=", ".join(filter(None, [session.room, gathering.where])),
            status="CANCELLED" if key in gathering.gone else whole.status,
        )
        for key, session in (gathering.gone | by_key(gathering.programme)).items()
    ]


def description(own: Sequence[str], published: str) -> str:
    """Return our lines, then the text of a publisher; its lines begin with a bar, so that none looks like ours."""
    return "\n".join(filter(None, [*own, quoted(published)]))


def speaker_line(speaker: Speaker) -> str:
    """Return the name, role and organisation of a speaker."""
    return ", ".join(filter(None, [speaker.name, speaker.role, speaker.organisation]))


def has_place(registration: Registration | None) -> bool:
    """Return whether there is a registration with a place."""
    return registration is not None and registration.state is RegistrationState.REGISTERED


def waits(registration: Registration | None) -> bool:
    """Return whether there is a registration on the waiting list."""
    return registration is not None and registration.state is RegistrationState.WAITING


def deadlines(call: Call, site: str, now: datetime) -> list[Appointment]:
    """Return each cut-off of a call as an appointment.

    Withdrawal cancels the cut-offs that were still ahead. A dropped one stays as cancelled for 90 days.
    """
    updated_at = call.updated_at or call.published_at or call.deadline
    withdrawn = call.stage is Stage.WITHDRAWN
    reason = f"Withdrawn: {mended_line(call.withdrawn_because)}" if withdrawn else ""
    kept = [
        replace(deadline(call, number, cut_off, site, updated_at, reason), status="CANCELLED")
        if withdrawn and cut_off.deadline > updated_at
        else deadline(call, number, cut_off, site, updated_at, reason)
        for number, cut_off in call.numbered.items()
    ]
    dropped = [
        replace(deadline(call, each.number, each.cut_off, site, each.at, DROPPED), status="CANCELLED")
        for each in call.dropped
        if each.at > now - WITHDRAWN_KEPT and each.cut_off.deadline > each.at
    ]
    return [*kept, *dropped]


def deadline(call: Call, number: int, cut_off: CutOff, site: str, changed_at: datetime, note: str) -> Appointment:
    """Return a cut-off as an appointment; its text begins with the note."""
    return Appointment(
        uid=f"call-{call.id}-{number}@ccp",
        sequence=call.version,
        changed_at=changed_at,
        starts_at=cut_off.deadline,
        ends_at=None,
        timezone=cut_off.timezone,
        title=f"Deadline{f' ({cut_off.name})' if cut_off.name else ''}: {call.title}",
        text=description([note, f"Published by {call.organisation_name}" * bool(call.organisation_name)], call.summary),
        where="",
        url=f"{site}/calls/{call.id}",
    )
