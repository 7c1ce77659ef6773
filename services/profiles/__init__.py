"""profiles: members, organisations, what they publish, and the front page.

Owns       registrations, members, their accounts, second factors, log-ins and API tokens, organisations with their
           memberships and member organisations, the invitations to them and the decisions on them, the lists from
           which they were imported, their posts and achievements, reports of what is wrong and the decisions on them,
           the directory and the map, pages of countries, the front page, the pages about the platform
Publishes  profiles.key, profiles.token.revoked, profiles.password.forgotten / changed, profiles.factor.changed,
           profiles.address.requested, profiles.operator.appointed / dismissed,
           profiles.member.invited / challenged / reminded / registered / confirmed / nominated / asked /
           answered / joined / left / erased, profiles.erasure.completed, profiles.export.requested / answered,
           profiles.organisation.published / returned / withdrawn / reminded, profiles.review.requested,
           profiles.change.reviewed, profiles.post.published / changed / withdrawn,
           profiles.achievement.submitted / returned / published / changed / withdrawn,
           profiles.report.received / decided / answered, profiles.country.described
Listens to notifications.key (links in e-mails), calls.call.* and calls.gathering.* (copies for the front page and the
           pages of organisations), calls.expression.decided and matchmaking.request.* (the same, for the pages of
           organisations), profiles.organisation.published / withdrawn (its own: posts and achievements follow their
           organisation), *.member.erased and *.export.answered (the answers to an erasure, and to the request for a
           copy of the data), and every event that announces something for countries
           (shared/contracts/announcements.py)
"""

PREFIXES = [
    "/",
    "/members",
    "/me",
    "/confirm",
    "/reset",
    "/address",
    "/operators",
    "/tokens",
    "/login",
    "/logout",
    "/desk",
    "/register",
    "/erasures",
    "/erased",
    "/language",
    "/organisations",
    "/invitations",
    "/organisations.csv",
    "/organisations.json",
    "/organisations.geojson",
    "/organisations.atom",
    "/organisations.feed.json",
    "/posts",
    "/posts.atom",
    "/posts.feed.json",
    "/achievements",
    "/achievements.atom",
    "/achievements.feed.json",
    "/countries",
    "/reports",
    "/moderation",
    "/map",
    "/about",
    "/imprint",
    "/privacy",
    "/accessibility",
    "/sitemap.xml",
    "/.well-known/jwks.json",
]
TAGS = {
    "Home": "The front page.",
    "Accounts": "Members, their accounts and tokens.",
    "Erasures": "Copies of a member's data; members who leave for good, with the proof that every service erased them.",
    "Directory": "Public organisations: search, counts, exports, feeds and the map.",
    "Organisations": "Organisations, their members, and the review of their profiles.",
    "Moderation": "Reports of things that are wrong, decisions of operators, objections, and the record of both.",
    "Posts": "News, announcements and documents of organisations: the public stream, feeds, and what editors write.",
    "Countries": "Pages of countries: what operators write, and what every service announces for them.",
    "Achievements": "What organisations achieved: the public gallery, feeds, what editors write, and the review.",
}
NAVIGATION = {
    "main": [
        ("/organisations", "Organisations", 30),
        ("/map", "Map", 31),
        ("/posts", "News", 35),
        ("/achievements", "Achievements", 36),
        ("/countries", "Country pages", 55),
    ],
    "member": [
        ("/me", "My account", 80),
        ("/me/organisations", "My organisations", 30),
        ("/posts/own", "My posts", 31),
        ("/achievements/own", "My achievements", 32),
    ],
    "operator": [
        ("/desk", "Desk", 5),
        ("/organisations/review", "Profiles to review", 10),
        ("/achievements/review", "Achievements to review", 11),
        ("/moderation", "Reports", 12),
        ("/organisations/import", "Import organisations", 29),
        ("/erasures", "Erased members", 70),
        ("/operators", "Operators", 90),
    ],
    "footer": [
        ("/about", "About", 10),
        ("/countries", "Country pages", 15),
        ("/developers", "For developers", 80),
        ("/imprint", "Imprint", 20),
        ("/privacy", "Privacy", 30),
        ("/accessibility", "Accessibility", 40),
    ],
}
