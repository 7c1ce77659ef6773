"""The time at which calls are looked at, and the facts about a call in events."""

from datetime import UTC, datetime

from shared.contracts.calls import CallFacts
from tests.support.people import Platform

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)

CALL = CallFacts.model_validate(
    {
        "version": 1,
        "title": "Call",
        "kind": "mission",
        "organisation_name": "Publisher",
        "ecosystems": ["digital"],
        "deadline": datetime(2016, 6, 30, tzinfo=UTC),
        "timezone": "Europe/Brussels",
        "url": "/calls/1",
    }
)


async def calls_stored(ccp: Platform) -> int:
    return await ccp.system.db("calls").raw("calls").count_documents({})
