"""Texts about decisions on applications."""

import pytest

from services.notifications.alerts.selection_texts import application_decided
from shared.contracts.calls import ApplicationDecided, ApplicationFacts

APPLICATION = ApplicationFacts.model_validate(
    {
        "version": 1,
        "call_id": "1",
        "call_title": "Call",
        "call_kind": "mission",
        "cut_off": 1,
        "organisation_id": "2",
        "organisation_name": "Cluster",
        "url": "/applications/3",
    }
)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("selected", "Your application was selected."),
        ("reserve", "Your application is number 2 on the reserve list. Read the reasons in the application."),
        ("rejected", "Your application was not selected. Read the reasons in the application."),
    ],
)
def test_a_decision_refers_to_the_reasons_that_it_needs(outcome: str, text: str) -> None:
    rank = 2 if outcome == "reserve" else None
    event = ApplicationDecided.model_validate(
        {"application_id": "3", "application": APPLICATION, "outcome": outcome, "rank": rank}
    )
    assert application_decided(event).text == text
