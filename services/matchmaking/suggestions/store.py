"""Where proposals are kept."""

from services.matchmaking.suggestions.domain import Proposals
from shared.mongo import Collection, index

PROPOSALS = Collection("proposals", Proposals, [index("member_id", "-at", "_id")])
