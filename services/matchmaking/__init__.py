"""matchmaking: partners for calls.

Owns       partner offers and requests, the partners proposed to a member for a call, partnerships
Publishes  matchmaking.request.published and .closed, matchmaking.partners.proposed
Listens to profiles.key, profiles.organisation.published, profiles.member.joined, calls.call.published,
           calls.expression.decided (forms and ends partnerships)
"""

PREFIXES = ["/partner-requests", "/partner-proposals", "/partnerships"]
TAGS = {
    "Partner search": "Partner offers and requests, and partners proposed for a call.",
    "Partnerships": "Partnerships that formed after a call.",
}
