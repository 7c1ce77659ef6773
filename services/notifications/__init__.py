"""notifications: alerts and e-mails to members about events that concern them.

Owns       members' interests and their consent to e-mail, who is involved in which call, what members follow
           (calls, gatherings, organisations, countries, posts, achievements), inboxes, the ledger of e-mails
Publishes  notifications.key (verifies the links in its e-mails)
Listens to profiles.key, profiles.token.revoked, profiles.password.*, profiles.member.*,
           profiles.organisation.*, profiles.change.reviewed, profiles.review.requested, profiles.post.*,
           profiles.achievement.*, calls.*, matchmaking.partners.proposed, matchmaking.partnership.formed,
           matchmaking.request.published / matched / reminded
"""

PREFIXES = ["/interests", "/follows", "/inbox", "/subscription", "/unsubscribe", "/deliveries"]
TAGS = {
    "Interests": "What a member wants to be notified about: topics, and single things that they follow.",
    "Inbox": "The alerts of a member.",
    "E-mail": "Consent to e-mails, and their delivery.",
}
NAVIGATION = {
    "member": [
        ("/inbox", "Inbox", 10),
        ("/interests", "My interests", 15),
        ("/follows", "What I follow", 16),
        ("/subscription", "Your e-mails", 17),
    ],
    "operator": [("/deliveries", "E-mails sent", 60)],
}
