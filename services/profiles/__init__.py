"""profiles: who is who.

Owns       members and their accounts, organisations and who belongs to them, the platform's front page
Publishes  profiles.key, profiles.member.registered / confirmed / joined, profiles.organisation.published / returned
Listens to notifications.key (links in e-mails), calls.call.* (the latest calls on the front page)
"""

PREFIXES = [
    "/",
    "/members",
    "/me",
    "/confirm",
    "/tokens",
    "/login",
    "/organisations",
    "/.well-known/jwks.json",
]
TAGS = {
    "Accounts": "Members, their accounts and tokens.",
    "Organisations": "Organisations, their members, and the review of their profiles.",
}
