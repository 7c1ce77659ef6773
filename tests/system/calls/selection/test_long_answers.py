"""Long texts: every script has the same room, and a refusal names the limit."""

import json

import pytest

from tests.support.applicants import applicant, call_with_form
from tests.support.people import MISSION, Platform, ok, refused

FIELDS = [{"name": f"part{n}", "label": "Part", "kind": "long_text", "required": False} for n in range(11)]


@pytest.mark.parametrize("letter", ["a", "α", "学"])
@pytest.mark.parametrize("escaped", [True, False])
async def test_answers_of_190_000_characters_pass_in_every_script(
    shared_ccp: Platform, letter: str, escaped: bool
) -> None:
    ccp = shared_ccp
    member, organisation = await applicant(ccp, "Alpha")
    call = await call_with_form(ccp, fields=FIELDS)
    answers = {f"part{n}": letter * 19_000 for n in range(10)}
    body = json.dumps({"organisation_id": organisation["id"], "answers": answers}, ensure_ascii=escaped).encode()
    headers = member.headers | {"Content-Type": "application/json"}
    saved = ok(await ccp.http.post(f"/calls/{call['id']}/applications", content=body, headers=headers))
    assert saved["answers"] == answers
    longer = {"organisation_id": organisation["id"], "answers": answers | {"part10": letter * 11_000}}
    problem = refused(
        await member.put(f"/applications/{saved['id']}", longer, version=saved["version"]), 422, "answers"
    )
    assert "200,000 characters" in problem["errors"][0]["message"]


@pytest.mark.parametrize("letter", ["a", "α", "学"])
async def test_a_description_of_60_000_characters_passes_in_every_script(shared_ccp: Platform, letter: str) -> None:
    operator = shared_ccp.operator
    draft = ok(await operator.post("/calls", MISSION | {"description": letter * 60_000}))
    assert draft["description"] == letter * 60_000
    refused(await operator.post("/calls", MISSION | {"description": letter * 60_001}), 422, "description")
