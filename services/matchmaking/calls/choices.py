"""The options of a form: calls that are found by their titles."""

from collections.abc import Sequence

from fastapi import Request

from services.matchmaking.calls.store import CALLS, calls_by_title


async def find_calls(request: Request, text: str, chosen: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Return the call that is chosen, and those whose titles match the text."""
    db = request.app.state.runtimes["matchmaking"].db
    known = await CALLS.find(db, {"_id": {"$in": [*chosen]}}, limit=len(chosen) or 1)
    found = await calls_by_title(db, text)
    return [*{call.id: call.title for call in (*known, *found)}.items()]
