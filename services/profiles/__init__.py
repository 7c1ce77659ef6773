"""profiles: members, organisations and the front page.

Owns       registrations, members and their accounts, organisations and their memberships, the front page
Publishes  profiles.key, profiles.member.invited / reminded / registered / confirmed / joined,
           profiles.organisation.published / returned, profiles.review.requested, profiles.change.reviewed
Listens to notifications.key (links in e-mails), calls.call.* (copies of calls for the front page)
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
    "Home": "The front page.",
    "Accounts": "Members, their accounts and tokens.",
    "Organisations": "Organisations, their members, and the review of their profiles.",
}
