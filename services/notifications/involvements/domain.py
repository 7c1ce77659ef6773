"""The part that organisations and members have in a call or another thing, and the reason that it gives (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from services.notifications.preferences.domain import Recipient
from services.notifications.things.domain import Thing, ThingKind, path_of
from shared.models import Versioned
from shared.vocabulary import country_name

THING = "call_id"  # stored name of the thing's id, from the time when only calls had involvements


class Part(StrEnum):
    """Part in a call; members follow other things, too."""

    DRAFT = "draft"
    APPLIED = "applied"
    ASKED = "asked"
    FOLLOWS = "follows"
    ENDED = "ended"  # withdrawn, cancelled, deleted, or a draft whose cut-off has passed


APPLICANTS = frozenset({Part.DRAFT, Part.APPLIED})
EVERYBODY = APPLICANTS | {Part.ASKED, Part.FOLLOWS}
REASONS: Mapping[str, str] = {
    Part.DRAFT: "Your organisation has a draft of an application to this call",
    Part.APPLIED: "Your organisation applied to this call",
    Part.ASKED: "You asked a question about this call",
    Part.FOLLOWS: "You follow this call",
}


class Involvement(Versioned):
    """The part of an organisation or a member.

    Its id is that of the application, `<call>:<member>` of a question, or `<thing>:<member>:follows`.
    """

    kind: ThingKind = ThingKind.CALL
    thing_id: str = Field(validation_alias=THING)
    part: Part
    cut_off: int = 0
    organisation_id: str = ""
    member_id: str = ""

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored, with the id of the thing under its stored name."""
        row = super().to_mongo()
        row[THING] = row.pop("thing_id")
        return row


class Follow(BaseModel):
    """A thing that a member follows."""

    kind: ThingKind
    id: str
    name: str = Field(description="Name or title; empty as long as it is not known here")
    url: str = Field(description="Path of its page")
    over: bool = Field(description="Whether it is closed, withdrawn, cancelled or no longer public")

    @classmethod
    def of(cls, kind: ThingKind, id: str, thing: Thing | None) -> "Follow":
        """Return what a member follows, with its name if a copy has arrived."""
        if thing is None:
            name = country_name(id) if kind is ThingKind.COUNTRY else ""
            return cls(kind=kind, id=id, name=name, url=path_of(kind, id), over=False)
        return cls(kind=kind, id=id, name=thing.name, url=thing.url, over=thing.over or thing.orphaned)


@dataclass(frozen=True)
class Involved:
    """The parts of organisations and members in one call, by their ids."""

    organisations: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.organisations or self.members)

    @property
    def query(self) -> dict[str, Any]:
        """The query for the members who are involved themselves or by their organisation."""
        return {"$or": [{"organisations": {"$in": [*self.organisations]}}, {"_id": {"$in": [*self.members]}}]}

    def reason(self, member: Recipient) -> str | None:
        """Return why a member is alerted, or None."""
        parts = [self.organisations[id] for id in member.organisations if id in self.organisations]
        part = next(iter(parts), self.members.get(member.id))
        return REASONS[part] if part else None


def involved_by(rows: Sequence[Mapping[str, Any]]) -> Involved:
    """Return who is involved, from stored rows."""
    return Involved(
        {row["organisation_id"]: row["part"] for row in rows if row["organisation_id"]},
        {row["member_id"]: row["part"] for row in rows if row["member_id"]},
    )
