"""Values for the examples in the description of the API."""

from typing import Any

from shared.http.examples import DAY, ID

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ANOTHER = ID[:-1] + "2"
DEADLINE = "2027-03-15T17:00:00+01:00"
MISSION = {"starts_on": DAY, "ends_on": "2027-06-11", "destinations": ["JP"], "places": 12}
CALL = {
    "title": "Trade mission to Japan",
    "summary": "Five days in Tokyo and Osaka for clusters of the digital ecosystem.",
    "kind": "mission",
    "ecosystems": ["digital"],
}
SEMINAR = {
    "title": "Policy seminar",
    "place": "Hannover",
    "countries": ["DE"],
    "ecosystems": ["digital"],
    "timezone": "Europe/Berlin",
    "starts_at": "2027-04-01T09:00:00+02:00",
    "ends_at": "2027-04-02T17:00:00+02:00",
}
FIELDS = [
    {"name": "motivation", "label": "Why this mission?", "kind": "long_text"},
    {"name": "people", "label": "How many of you travel?", "kind": "number", "least": 1, "most": 3},
]
ANSWERS = {"motivation": "We build houses that need no heating.", "people": 2}
CRITERIA = [
    {"name": "fit", "label": "Fits the mission", "weight": 3, "most": 5, "threshold": 3},
    {"name": "plan", "label": "Plan of the visit", "weight": 2, "most": 5, "threshold": 0},
]
SCORES = [{"criterion": "fit", "points": 4, "rationale": "They know the market and bring two partners."}]
FILE = {
    "name": "guide.pdf",
    "media_type": "application/pdf",
    "size": 48213,
    "sha256": SHA256,
    "url": f"/calls/{ID}/files/{SHA256}",
}
EVIDENCE = {"title": "Train ticket", "link": "https://files.example/ticket.pdf", "sha256": SHA256, "size": 48213}
LINE = {"category": "travel", "cents": 12_300, "on": "2027-06-07", "evidence": EVIDENCE}
PUBLIC_CALL = {
    **CALL,
    "description": "The mission visits hospitals and their suppliers.",
    "programme": "",
    "countries": [],
    "about": ["JP"],
    "keywords": ["hospital"],
    "opens_at": None,
    "link": "",
    "eligibility": {},
    "budget": None,
    "mission": MISSION,
    "documents": [],
    "status": "open",
    "deadline": DEADLINE,
    "cut_offs": [{"name": "", "timezone": "Europe/Brussels", "deadline": DEADLINE}],
    "withdrawn_because": "",
    "source_id": None,
    "provenance": {},
    "conflicts": [],
    "files": [],
    "history": f"/calls/{ID}/history",
    "eligibility_words": ["Cluster organisations of the European Union"],
}
EXAMPLES: dict[str, Any] = {
    "call_title": "Trade mission to Japan",
    "hash": SHA256,
    "previous": SHA256,
    "receipt": SHA256,
    "CallBody": {**CALL, "deadline": DEADLINE, "mission": MISSION},
    "CallView": PUBLIC_CALL,
    "OwnCallView": {**PUBLIC_CALL, "applied": 3, "applications": {"submitted": 3}},
    "CutOff": {"name": "", "timezone": "Europe/Brussels"},
    "Facets": {
        "status": {"open": 31, "closing_soon": 4},
        "kind": {"funding": 29, "mission": 6},
        "ecosystem": {"digital": 14},
        "country": {"SE": 35},
        "about": {"JP": 2},
        "programme": {"COSME": 8},
    },
    "Extension": {"deadline": "2027-03-31T17:00:00+02:00"},
    "ChangeView": {"words": ["The deadline moves from 15 to 31 March 2027."], "by": ID},
    "Check": {"rule": "countries", "answer": "holds", "reason": "Sweden is one of its countries", "change": ""},
    "QuestionBody": {"question": "May universities apply?"},
    "QuestionView": {"question": "May universities apply?", "answer": "Yes, with a cluster organisation."},
    "AnswerBody": {"answer": "Yes, with a cluster organisation."},
    "UpdateBody": {"title": "Programme of the visits", "text": "The programme is among the documents."},
    "Update": {"title": "Programme of the visits", "text": "The programme is among the documents."},
    "DocumentView": {**FILE, "title": "Guide for applicants", "language": "en", "kind": "guide"},
    "FileView": {**FILE, "name": "ticket.pdf", "url": f"/applications/{ID}/files/{SHA256}"},
    "OwnCalendar": {"url": "https://ccp.example/calendar/0aZ1bY2cX3dW4eV5fU6gT7hS8iR9jQ0k.ics"},
    "GatheringBody": {**SEMINAR, "admission": {"capacity": 40}},
    "GatheringContent": SEMINAR,
    "GatheringView": {
        **SEMINAR,
        "summary": "How regions support clusters.",
        "mode": "on_site",
        "keywords": [],
        "link": "",
        "join_link": "",
        "admission": {"capacity": 40},
        "programme": [],
        "stage": "published",
        "where": "Hannover, Germany",
        "cancelled_because": "",
        "report": None,
    },
    "GatheringReport": {"summary": "Forty clusters met."},
    "RegistrationBody": {"organisation_id": ID},
    "RegistrationView": {"state": "registered", "position": None, "promoted_at": None},
    "Participant": {"state": "registered", "position": None, "promoted_at": None, "name": "Anna Berg"},
    "FormBody": {"fields": FIELDS},
    "FormView": {"fields": FIELDS},
    "ApplicationBody": {"answers": ANSWERS},
    "ApplicationView": {"state": "submitted", "partners": [], "answers": ANSWERS, "rank": None, "reason": ""},
    "Submission": {"partners": [], "answers": ANSWERS},
    "Receipt": {"state": "submitted"},
    "AuditEntryView": {"by": ID, "what": "submitted", "kept": {"number": 1}},
    "RoundBody": {"assessors": [ID, ANOTHER], "criteria": CRITERIA},
    "RoundView": {
        "assessors": [ID, ANOTHER],
        "criteria": CRITERIA,
        "excused": [],
        "names": {ID: "Ada Lund", ANOTHER: "Bo Falk"},
    },
    "FoundMember": {"name": "Ada Lund", "organisations": ["Nordic ICT Cluster"]},
    "ExcuseBody": {"reason": "They are ill and cannot score in time.", "replacement": ANOTHER},
    "ListedApplication": {"state": "in_assessment"},
    "RankedApplication": {"state": "in_assessment"},
    "AssessmentResult": {
        "scored": 2,
        "missing": [],
        "conflicted": [],
        "mean": "3.8",
        "means": {"fit": "4"},
        "below": [],
    },
    "AssessmentBody": {"scores": SCORES},
    "AssessmentView": {"scores": SCORES, "conflict": ""},
    "ConflictBody": {"reason": "I advised this applicant last year."},
    "Decision": {"outcome": "select", "commitment": 250_000},
    "HigherLimits": {"places": 15},
    "Money": {"cents": 250_000},
    "ClaimBody": {"lines": [LINE]},
    "ClaimView": {"lines": [LINE], "days": None, "reason": "", "reference": "", "remarks": []},
    "ReasonBody": {"reason": "The second receipt cannot be read."},
    "Payment": {"reference": "2027-0815"},
    "Report": {"counts": {"created": 2, "changed": 0, "unchanged": 31, "refused": 0}, "missing": []},
    "Row": {
        "topic": "HORIZON-CL4-2027-01",
        "title": "Digital twins in health",
        "status": "open",
        "ecosystems": ["digital"],
        "changes": [],
        "conflicts": [],
        "reason": None,
    },
    "Missing": {
        "topic": "HORIZON-CL4-2027-01",
        "title": "Digital twins in health",
        "status": "open",
        "source": "horizon_europe",
    },
}
