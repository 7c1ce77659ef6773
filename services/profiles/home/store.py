"""Where copies of calls are kept."""

from services.profiles.home.domain import CallCopy
from shared.mongo import Collection, index

CALLS = Collection("call_copies", CallCopy, [index("over", "deadline")])
