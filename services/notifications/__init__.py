"""notifications: alerts and e-mails to members about events that concern them.

Owns       members' interests and their consent to e-mail, who is involved in which call,
           inboxes, the ledger of e-mails
Publishes  notifications.key (verifies the links in its e-mails)
Listens to profiles.key, profiles.member.*, profiles.organisation.*, profiles.change.reviewed,
           profiles.review.requested, calls.*, matchmaking.partners.proposed
"""

PREFIXES = ["/interests", "/follows", "/inbox", "/subscription", "/unsubscribe", "/deliveries"]
TAGS = {
    "Interests": "What a member wants to be notified about.",
    "Inbox": "The alerts of a member.",
    "E-mail": "Consent to e-mails, and their delivery.",
}
