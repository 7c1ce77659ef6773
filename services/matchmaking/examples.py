"""Values for the examples in the description of the API."""

from typing import Any

from shared.http.examples import ID

WISH = {
    "side": "request",
    "title": "Partner for digital twins of hospitals",
    "description": "We have two hospitals that test with us, and look for a partner with models of buildings.",
    "ecosystems": ["digital", "health"],
}
EXAMPLES: dict[str, Any] = {
    "PartnerRequestBody": WISH,
    "PartnerRequestView": {**WISH, "countries": [], "organisation_country": "SE"},
    "Partner": {"name": "Nordic ICT Cluster"},
    "PartnershipView": {"call_title": "Digital twins in health"},
    "Proposals": {"call_title": "Digital twins in health", "call_url": f"/calls/{ID}"},
    "Proposal": {"reason": "They offer what you look for: digital."},
}
