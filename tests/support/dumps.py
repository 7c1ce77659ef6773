"""Everything that the databases of all services hold, as text, to search it for a person."""

from typing import Any

from tests.support.people import Platform


async def places_of(ccp: Platform, *needles: str) -> list[str]:
    """Return the documents of all databases that have one of the texts: service, collection, the document."""
    found = []
    for name, runtime in ccp.system.runtimes.items():
        database: Any = runtime.db.raw("outbox").database
        for collection in sorted(await database.list_collection_names()):
            async for document in database[collection].find():
                text = repr(document)
                found += [f"{name}.{collection}: {text[:600]}" for needle in needles if needle in text]
    return found
