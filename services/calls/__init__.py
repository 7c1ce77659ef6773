"""calls: what is open, and until when.

Owns       calls (funding, expressions of interest, missions, cascade), their deadlines' history, questions and updates,
           applications (forms, receipts, assessment, decisions), missions' places and money, claims, audit logs,
           gatherings with their registrations, calendars, feeds and exports of all of it; files that people upload
Publishes  calls.call.published / opened / changed / withdrawn / closed, calls.deadline.approached, calls.cutoff.passed,
           calls.question.asked / answered, calls.form.revised, calls.assessor.named / excused,
           calls.application.started / submitted / withdrawn / deleted / decided / cancelled, calls.partner.named,
           calls.reserve.promoted, calls.expression.decided, calls.claim.forwarded / reviewed / rejected / paid,
           calls.gathering.published / changed / cancelled, calls.participant.registered / left / affected
Listens to profiles.key, profiles.token.revoked, profiles.organisation.published / withdrawn,
           profiles.member.joined / left (who may publish for whom),
           profiles.member.registered (names, for organisers and publishers)
"""

PREFIXES = ["/calls", "/gatherings", "/calendar", "/applications", "/receipts", "/rounds", "/claims"]
TAGS = {
    "Calls": "Calls for proposals, expressions of interest, missions and cascade calls: drafts, publication, search.",
    "Questions": "Questions about a call and their public answers, and updates of a call.",
    "Deadlines": "Cut-offs of a call and the history of their changes.",
    "Documents": "Documents of a call.",
    "Eligibility": "Rules of a call, and whether an organisation meets them.",
    "Import": "Calls from public sources.",
    "Applications": "Application forms, applications, submissions and receipts.",
    "Assessment": "Assessors, assessments, decisions and the reserve list.",
    "Claims": "Costs that participants of a mission claim, with their evidence.",
    "Places": "Places and funding of a mission.",
    "Gatherings": "Conferences, workshops and matchmaking days, with their programme.",
    "Registrations": "Registrations for a gathering and its waiting list.",
    "Feeds": "iCalendar, Atom and JSON feeds, and exports.",
    "Files": "Files that members uploaded.",
}
NAVIGATION = {
    "main": [("/calls", "Calls", 10), ("/gatherings", "Gatherings", 20)],
    "member": [
        ("/applications", "My applications", 20),
        ("/calendar", "My calendar", 25),
        ("/rounds", "My assessments", 40),
        ("/calls/own", "Calls that I publish", 50),
        ("/gatherings/own", "Gatherings that I organise", 55),
    ],
    "operator": [("/calls/import", "Import calls", 30)],
    "footer": [("/calls/feeds", "Feeds and calendars", 10)],
}
