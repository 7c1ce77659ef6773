"""Filters of the list of partner requests."""

from pydantic import Field

from services.matchmaking.requests.domain import Side
from shared.http.paging import Paging
from shared.ids import Id
from shared.mongo import Query
from shared.vocabulary import Country, Ecosystem


class RequestFilter(Paging):
    """Filters for the list of partner requests."""

    side: Side | None = Field(None, description="Only offers, or only requests")
    ecosystem: Ecosystem | None = Field(None, description="Only those in this industrial ecosystem")
    country: Country | None = Field(None, description="Only organisations of this country (ISO 3166-1 alpha-2 code)")

    organisation_id: Id | None = Field(None, description="Only those of this organisation")

    def query(self) -> Query:
        """Return the database query for these filters."""
        wanted: dict[str, str | None] = {
            "side": self.side,
            "ecosystems": self.ecosystem,
            "organisation_country": self.country,
        }
        wanted |= {"organisation_id": self.organisation_id}
        return {name: value for name, value in wanted.items() if value}
