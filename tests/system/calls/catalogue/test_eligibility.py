"""Eligibility over HTTP: an answer with reasons, for the member's own organisations."""

from datetime import timedelta

from tests.support.newsletter import INTERREG, PARTNERSHIPS
from tests.support.people import MISSION, Member, Platform, ok, refused


async def member_of_a_science_park(ccp: Platform) -> tuple[Member, dict]:
    editor = await ccp.member("Erik")
    return editor, await ccp.organisation(editor, name="Lund Park", kind="science_park", members={}, country="SE")


async def test_the_eligibility_answer_has_reasons_and_a_solution(ccp: Platform) -> None:
    editor, park = await member_of_a_science_park(ccp)
    call = await ccp.operator.publishes(INTERREG)
    path, asked = f"/calls/{call['id']}/eligibility", {"organisation_id": park["id"]}
    answer = ok(await editor.get(path, params=asked))
    assert (answer["verdict"], answer["organisation_name"]) == ("not_eligible", "Lund Park")
    [held, country] = answer["checks"]
    assert (held["rule"], held["answer"]) == ("open", "holds")
    assert country["reason"].startswith("the applicant must be established in Belgium")
    assert country["reason"].endswith("Lund Park: Sweden")
    assert country["change"].startswith("take part through an organisation established in Belgium")

    partnerships = await ccp.operator.publishes(PARTNERSHIPS)
    answer = ok(await editor.get(f"/calls/{partnerships['id']}/eligibility", params=asked))
    assert answer["verdict"] == "eligible"
    page = await editor.get(f"/calls/{partnerships['id']}/eligibility", params=asked, headers={"Accept": "text/html"})
    assert "Yes, it may apply." in page.text


async def test_eligibility_needs_an_own_profile_and_published_partners(ccp: Platform) -> None:
    editor, park = await member_of_a_science_park(ccp)
    anna = await ccp.member("Anna")
    nordic = await ccp.organisation(anna)
    together = {"eligibility": {"consortium": {"organisations": 2, "countries": 1}}}
    call = await ccp.operator.publishes(MISSION | together)
    path, asked = f"/calls/{call['id']}/eligibility", {"organisation_id": park["id"]}
    assert ok(await editor.get(path, params=asked))["verdict"] == "depends"
    assert ok(await editor.get(path, params=asked | {"partner_id": nordic["id"]}))["verdict"] == "eligible"
    alone = ok(await editor.get(path, params=asked | {"partner_id": park["id"]}))
    assert alone["verdict"] == "not_eligible"
    refused(await editor.get(path, params=asked | {"partner_id": "missing"}), 404, "partner_id")
    refused(await anna.get(path, params=asked), 404, "organisation_id")
    refused(await ccp.http.get(path, params=asked), 401)
    refused(await editor.get(path, params=asked | {"shoe_size": 42}), 422, "shoe_size")


async def test_no_organisation_is_eligible_for_a_closed_call(ccp: Platform) -> None:
    editor, park = await member_of_a_science_park(ccp)
    call = await ccp.operator.publishes(MISSION)
    await ccp.system.travel(timedelta(days=60))
    editor = await ccp.log_in("Erik", editor.email)
    answer = ok(await editor.get(f"/calls/{call['id']}/eligibility", params={"organisation_id": park["id"]}))
    assert answer["verdict"] == "not_eligible"
