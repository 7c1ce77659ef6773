"""Storage and queries of the copies of calls."""

import re

from services.matchmaking.calls.domain import CallCopy, folded_words
from shared.mongo import Collection, Reader, index

CALLS = Collection("call_copies", CallCopy, [index("over", "words", "_id")])
MOST_FOUND = 20
MOST_WORDS = 10  # of a search


async def calls_by_title(reader: Reader, text: str) -> list[CallCopy]:
    """Return the newest calls that are not over, in whose titles a word begins with each word of the text."""
    beginnings = folded_words(text)[:MOST_WORDS]
    if not beginnings:
        return []
    wanted = [{"words": {"$regex": f"^{re.escape(beginning)}"}} for beginning in beginnings]
    return await CALLS.find(reader, {"over": False, "$and": wanted}, sort=[("_id", -1)], limit=MOST_FOUND)
