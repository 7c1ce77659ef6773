"""Copies of organisations and memberships (pure)."""

from shared.models import Versioned
from shared.vocabulary import Country


class OrganisationCopy(Versioned):
    """A copy of a published organisation."""

    name: str
    country: Country


class MembershipCopy(Versioned):
    """A copy of a membership; its id is `<organisation>:<member>`."""

    role: str
