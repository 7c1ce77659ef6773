"""matchmaking: partners for calls.

Owns       partner offers and requests, the partners proposed to a member for a call, partnerships
Publishes  matchmaking.request.published / matched / reminded / renewed / closed, matchmaking.partners.proposed,
           matchmaking.partnership.formed and .ended
Listens to profiles.key, profiles.token.revoked, profiles.organisation.published / withdrawn,
           profiles.member.joined / left, calls.call.* (copies), calls.expression.decided (forms and ends partnerships)
"""

PREFIXES = ["/partner-requests", "/partner-proposals", "/partnerships"]
TAGS = {
    "Partner search": "Partner offers and requests, and partners proposed for a call.",
    "Partnerships": "Partnerships that formed after a call.",
}
NAVIGATION = {
    "member": [("/partner-proposals", "Partners proposed to me", 40)],
    "main": [("/partner-requests", "Partner search", 40), ("/partnerships", "Partnerships", 50)],
}
