"""The calls of the newsletter of May 2016, as their publishers write them."""

from tests.support.people import MISSION

INTERREG = {
    "title": "Third Interreg North-West Europe call",
    "kind": "funding",
    "deadline": "2016-05-27T12:00:00+02:00",
    "eligibility": {"applicant": {"countries": ["BE", "DE", "FR", "IE", "LU", "NL", "GB", "CH"]}},
}

PARTNERSHIPS = {
    "title": "Strategic cluster partnerships for smart specialisation investments",
    "kind": "expression_of_interest",
    "cut_offs": [{"deadline": "2016-12-31T23:59"}],
    "eligibility": {
        "applicant": {"kinds": ["cluster_organisation", "association", "technology_centre", "science_park"]}
    },
}

JAPAN = MISSION | {
    "mission": {"starts_on": "2016-10-03", "ends_on": "2016-10-07", "destinations": ["JP"], "places": 20},
    "documents": [{"title": "Programme", "link": "https://japan.example/programme.pdf", "kind": "guide"}],
}

BRAZIL = {
    "title": "Matchmaking mission to Brazil: energy efficiency in buildings",
    "kind": "mission",
    "countries": ["BR"],
    "ecosystems": ["construction", "energy_renewables"],
    "opens_at": "2016-05-10T00:00:00+02:00",
    "cut_offs": [{"deadline": "2016-06-08T23:59", "timezone": "America/Sao_Paulo"}],
    "mission": {
        "starts_on": "2016-08-08",
        "ends_on": "2016-08-12",
        "destinations": ["BR"],
        "costs": {"kind": "rate", "percent": 80},
        "late_at_own_cost": True,
    },
}

TWICE = {
    "title": "Innovation vouchers",
    "model": "cut_offs",
    "cut_offs": [
        {"name": "Spring", "deadline": "2016-05-20T17:00"},
        {"name": "Autumn", "deadline": "2016-10-30T17:00"},
    ],
}
