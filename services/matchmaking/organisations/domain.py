"""What matchmaking knows of an organisation and its members (pure)."""

from shared.models import Versioned
from shared.vocabulary import Country


class OrganisationCopy(Versioned):
    name: str
    country: Country


class MembershipCopy(Versioned):
    """Its id is `<organisation>:<member>`."""

    role: str
