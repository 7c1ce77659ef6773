"""The programme of a gathering (pure): its sessions and speakers, and how people and calendars read them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby, pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from services.calls.terms import Line, Summary
from shared.fields import Distinct, OneLine
from shared.ids import stable_id
from shared.models import Body, Moment
from shared.sentences import _

ShortText = Annotated[str, OneLine(300)]
MOST_SESSIONS = 200


class Speaker(Body):
    """A person who speaks in a session."""

    name: Line
    role: ShortText = ""
    organisation: ShortText = ""


class Session(Body):
    """A part of the programme. Times without an offset are local times of the gathering's time zone."""

    title: Line
    starts_at: Moment
    ends_at: Moment
    room: ShortText = Field("", description="Sessions in the same room must not overlap")
    summary: Summary = ""
    speakers: Annotated[list[Speaker], Distinct(20)] = Field(default=[])


def check_programme(programme: Sequence[Session], starts_at: datetime, ends_at: datetime) -> None:
    """Raise ValueError if a session has no length or is outside the gathering, or if two overlap in one room."""
    for session in programme:
        if session.ends_at <= session.starts_at:
            raise ValueError(_("“{title}” must end after it starts.", title=session.title))
        if session.starts_at < starts_at or session.ends_at > ends_at:
            raise ValueError(
                _("“{title}” must lie between the start and the end of the gathering.", title=session.title)
            )
    in_rooms = sorted(
        (session for session in programme if session.room),
        key=lambda session: (session.room.casefold(), session.starts_at),
    )
    for room, sessions in groupby(in_rooms, key=lambda session: session.room.casefold()):
        for earlier, later in pairwise(sessions):
            if later.starts_at < earlier.ends_at:
                raise ValueError(
                    _(
                        "“{earlier}” and “{later}” overlap in {room}. Change a time or a room.",
                        earlier=earlier.title,
                        later=later.title,
                        room=room,
                    )
                )


def by_day(programme: Sequence[Session], zone: str) -> list[tuple[date, list[tuple[str, str, Session]]]]:
    """Return each day of the programme with its sessions and their hours, in the gathering's time zone."""
    days: dict[date, list[tuple[str, str, Session]]] = {}
    for session in programme:
        starts, ends = (time.astimezone(ZoneInfo(zone)) for time in (session.starts_at, session.ends_at))
        last = "24:00" if ends.time() == time() else f"{ends:%H:%M}"
        days.setdefault(starts.date(), []).append((f"{starts:%H:%M}", last, session))
    return [*days.items()]


def by_key(programme: Sequence[Session]) -> dict[str, Session]:
    """Return the sessions by a key that stays the same when a session moves.

    The key follows from the title and, if sessions share a title, from the order in time.
    """
    titles: Counter[str] = Counter()
    sessions = {}
    for session in programme:
        titles[session.title] += 1
        sessions[stable_id(session.title, str(titles[session.title]))] = session
    return sessions
