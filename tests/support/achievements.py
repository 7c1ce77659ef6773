"""Achievements, written by editors and published by the operator."""

from typing import Any

from tests.support.people import Member, ok

ACHIEVEMENT: dict[str, Any] = {
    "title": "Three agreements in Osaka",
    "story": "We met in Osaka.\n\nThree agreements followed.",
    "impact": [{"figure": 12.5, "unit": "EUR million", "measures": "Turnover of our members in 2016"}],
    "people": [{"name": "Kenji Sato", "role": "Host in Osaka"}],
    "behind": {"kind": "agreement", "text": "Memorandum of May 2016"},
    "year": 2016,
    "countries": ["JP"],
    "ecosystems": ["digital"],
}


async def written(
    author: Member, organisation: dict[str, Any], content: dict[str, Any] = ACHIEVEMENT
) -> dict[str, Any]:
    """Return a draft of an achievement."""
    return ok(await author.post("/achievements", content | {"organisation_id": organisation["id"]}))


async def submitted(
    author: Member, organisation: dict[str, Any], content: dict[str, Any] = ACHIEVEMENT
) -> dict[str, Any]:
    """Return an achievement that awaits its review."""
    draft = await written(author, organisation, content)
    return ok(await author.post(f"/achievements/{draft['id']}/submit", version=draft["version"]))


async def achieved(
    author: Member, organisation: dict[str, Any], content: dict[str, Any] = ACHIEVEMENT
) -> dict[str, Any]:
    """Return an achievement that an operator published."""
    made = await submitted(author, organisation, content)
    review = {"outcome": "publish"}
    path = f"/achievements/{made['id']}/review"
    return ok(await author.platform.operator.post(path, review, version=made["version"]))
