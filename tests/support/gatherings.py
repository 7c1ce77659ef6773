"""Gatherings, and requests of members and organisers about them."""

from datetime import timedelta
from typing import Any

from tests.support.people import Member, Platform, ok

SEMINAR: dict[str, Any] = {
    "title": "Policy seminar",
    "place": "Hannover",
    "countries": ["DE"],
    "ecosystems": ["digital"],
    "starts_at": "2016-06-01T09:00",
    "ends_at": "2016-06-02T17:00",
    "timezone": "Europe/Berlin",
}

OF_TWO = SEMINAR | {"admission": {"capacity": 2}}


def logged_in(ccp: Platform, name: str) -> Member:
    """Return a member with an access token, known to the service calls only."""
    signer = ccp.system.runtimes["profiles"].resources.signer
    return Member(ccp, name, f"{name}@members.example", name, signer.sign("access", name, timedelta(hours=1)))


async def organised(ccp: Platform, body: dict[str, Any], **more: Any) -> str:
    made = ok(await ccp.operator.post("/gatherings", body | more))
    return f"/gatherings/{made['id']}"


async def registers(member: Member, path: str) -> dict[str, Any]:
    return ok(await member.put(f"{path}/registration", None))


async def standing(member: Member, path: str) -> tuple[str, int | None]:
    own = ok(await member.get(f"{path}/registration"))
    return own["state"], own["position"]


async def leaves(member: Member, path: str) -> dict[str, Any]:
    return ok(await member.platform.http.delete(f"{path}/registration", headers=member.headers))
