"""The copies that calls keeps of organisations and their members (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.calls.members.domain import folded_words
from shared.models import Versioned
from shared.sentences import _

PLATFORM = _("Cluster Collaboration Platform")
EDITORS = {"editor", "administrator"}


class OrganisationCopy(Versioned):
    """The part of a profile that calls needs; None: the copy is older than the field."""

    name: str
    country: str | None = None
    kind: str | None = None
    ecosystems: list[str] | None = None
    public: bool = True
    merged_into: str = ""  # id of the organisation that stays

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored, with the words by which the organisation is found."""
        return {**super().to_mongo(), "words": folded_words(self.name)}


class MembershipVersion(Versioned):
    """The highest version of a membership that arrived, also after its end; its id is that of the membership."""


class MembershipCopy(Versioned):
    """A member's role in an organisation; its id is `<organisation id>:<member id>`."""

    role: str
    member_id: str = ""


@dataclass(frozen=True)
class Applicant:
    """The traits of an organisation that rules of eligibility ask for; None: not known."""

    name: str
    country: str | None = None
    kind: str | None = None
    ecosystems: Sequence[str] | None = None


def applicant_of(organisation: OrganisationCopy) -> Applicant:
    """Return the applicant that an organisation would be."""
    return Applicant(organisation.name, organisation.country, organisation.kind, organisation.ecosystems)
