"""Values for the examples in the description of the API."""

from typing import Any

from shared.http.examples import ID

INTEREST = {"ecosystems": ["digital"], "countries": ["JP"], "kinds": ["mission"], "keywords": ["battery"]}
EXAMPLES: dict[str, Any] = {
    "InterestBody": INTEREST,
    "Interest": INTEREST,
    "Alert": {
        "event_type": "calls.call.published.v1",
        "occasion": f"call:{ID}",
        "title": "Trade mission to Japan",
        "text": "Nordic ICT Cluster published a call. Apply until 15 March 2027, 17:00 CET.",
        "url": f"/calls/{ID}",
        "reason": "You follow Japan.",
        "read_at": None,
        "about": None,
    },
    "Subscription": {"undeliverable": ""},
    "Follow": {"name": "Trade mission to Japan", "url": f"/calls/{ID}", "over": False},
    "Delivery": {
        "address": "anna@members.example",
        "subject": "New call: Trade mission to Japan",
        "occasions": [f"call:{ID}"],
        "note": "250 OK",
    },
    "ResendBody": {"ids": [ID]},
    "NotResent": {"reason": "It was sent."},
    "Summary": {"mails": {"sent": 120, "failed": 1}},
}
