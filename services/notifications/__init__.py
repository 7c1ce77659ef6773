"""notifications: who wants to know, and telling them once.

Owns       members' interests and consent, their inboxes, the ledger of e-mails
Publishes  notifications.key (which verifies the links in its e-mails)
Listens to profiles.key, profiles.member.*, profiles.organisation.*, calls.*, matchmaking.partners.proposed
"""

PREFIXES = ["/interests", "/inbox", "/unsubscribe", "/deliveries"]
TAGS = {
    "Interests": "What a member wants to be notified about.",
    "Inbox": "The alerts of a member.",
    "E-mail": "Consent to e-mails, and their delivery.",
}
