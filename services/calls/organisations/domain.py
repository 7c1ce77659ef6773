"""The copies that calls keeps of organisations and their members (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.models import Versioned

PLATFORM = "Cluster Collaboration Platform"
EDITORS = {"editor", "administrator"}


class OrganisationCopy(Versioned):
    """The part of a profile that calls needs; None: the copy is older than the field."""

    name: str
    country: str | None = None
    kind: str | None = None
    ecosystems: list[str] | None = None


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
