"""calls: what is open, and until when.

Owns       calls (funding, expressions of interest, missions, cascade), their deadlines' history, questions and updates,
           applications (forms, receipts, assessment, decisions), missions' places and money, claims, audit trails,
           gatherings with their registrations, calendars, feeds and exports of all of it; files that people upload
Publishes  calls.call.published / changed / withdrawn / closed, calls.deadline.approached, calls.cutoff.passed,
           calls.question.asked / answered, calls.assessor.named, calls.application.decided / cancelled,
           calls.reserve.promoted, calls.expression.decided, calls.claim.reviewed / rejected / paid,
           calls.gathering.published / changed / cancelled, calls.participant.registered / left / affected
Listens to profiles.key, profiles.organisation.published, profiles.member.joined (who may publish for whom)
"""

PREFIXES = ["/calls", "/gatherings", "/calendar", "/applications", "/receipts", "/rounds", "/claims"]
