"""matchmaking: who could work with whom.

Owns       partner offers and requests, the partners proposed for a call
Publishes  matchmaking.request.published, matchmaking.partners.proposed
Listens to profiles.key, profiles.organisation.published, profiles.member.joined, calls.call.published
"""

PREFIXES = ["/partner-requests", "/partner-proposals"]
