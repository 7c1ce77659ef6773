"""Copies of what members can follow: calls, gatherings, organisations, posts and achievements (pure)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from shared.models import Versioned


class ThingKind(StrEnum):
    """Kind of thing that a member can follow."""

    CALL = "call"
    GATHERING = "gathering"
    ORGANISATION = "organisation"
    COUNTRY = "country"
    POST = "post"
    ACHIEVEMENT = "achievement"


FOLDERS: Mapping[str, str] = {
    ThingKind.CALL: "/calls",
    ThingKind.GATHERING: "/gatherings",
    ThingKind.ORGANISATION: "/organisations",
    ThingKind.COUNTRY: "/countries",
    ThingKind.POST: "/posts",
    ThingKind.ACHIEVEMENT: "/achievements",
}


class Thing(Versioned):
    """A copy of a thing, updated by events; a country has none, because everyone knows it by its code."""

    kind: ThingKind
    name: str
    url: str
    over: bool = False  # closed, withdrawn or cancelled
    organisation_id: str = ""  # of a post or an achievement, which is not public without its organisation
    orphaned: bool = False  # its organisation is no longer public
    merged_into: str = ""  # of an organisation: the one that stays, whose posts and achievements are now those of this


class CallThing(Thing):
    """A copy of a call, with what interests are compared with."""

    kind: ThingKind = ThingKind.CALL
    call_kind: str = ""
    ecosystems: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    forthcoming: bool = False  # the date of its opening is not yet known
    opens_at: datetime | None = None
    deadline: datetime
    timezone: str = "UTC"


def path_of(kind: ThingKind, id: str) -> str:
    """Return the address of a thing without a copy."""
    return f"{FOLDERS[kind]}/{id}"
