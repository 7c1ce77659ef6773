"""The part that organisations and members have in a call, and the reason that it gives for an alert (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.notifications.preferences.domain import Recipient
from shared.models import Versioned


class Part(StrEnum):
    """Part in a call."""

    DRAFT = "draft"
    APPLIED = "applied"
    ASKED = "asked"
    FOLLOWS = "follows"
    ENDED = "ended"  # withdrawn, cancelled, or a draft whose cut-off has passed


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

    Its id is that of the application, `<call>:<member>` of a question, or `<call>:<member>:follows`.
    """

    call_id: str
    part: Part
    cut_off: int = 0
    organisation_id: str = ""
    member_id: str = ""


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
