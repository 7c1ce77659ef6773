"""What calls know of an organisation and its members (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.models import Versioned

PLATFORM = "Cluster Collaboration Platform"


EDITORS = {"editor", "administrator"}


class OrganisationCopy(Versioned):
    """What a profile says that calls need; None where the copy was made before it was kept."""

    name: str
    country: str | None = None
    kind: str | None = None
    ecosystems: list[str] | None = None


class MembershipCopy(Versioned):
    """Its id is `<organisation>:<member>`."""

    role: str


@dataclass(frozen=True)
class Applicant:
    """What our copy of a profile says; None where it says nothing."""

    name: str
    country: str | None = None
    kind: str | None = None
    ecosystems: Sequence[str] | None = None


def applicant_of(copy: OrganisationCopy) -> Applicant:
    return Applicant(copy.name, copy.country, copy.kind, copy.ecosystems)
