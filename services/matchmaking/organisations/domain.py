"""Copies of organisations and memberships (pure)."""

from shared.models import Versioned
from shared.vocabulary import Country


class OrganisationCopy(Versioned):
    """A copy of a published organisation."""

    name: str
    country: Country
    public: bool = True


class MembershipVersion(Versioned):
    """The highest version of a membership that arrived, also after its end; its id is that of the membership."""


class MembershipCopy(Versioned):
    """A copy of a membership; its id is `<organisation>:<member>`."""

    role: str
    member_id: str = ""  # empty: the copy is older than the field
