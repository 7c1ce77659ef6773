"""Idempotency-Key: the whole request is compared, and nothing secret of it is stored."""

from shared.idempotency import ANSWERS
from tests.support.applicants import applicant, call_with_form, drafts
from tests.support.people import MISSION, Member, Platform, ok, refused

REGISTRATION = {"email": "anna@members.example", "name": "Anna", "country": "FR"}
REUSED = "idempotency_key_reused"


async def test_the_same_key_with_another_version_is_another_request(shared_ccp: Platform) -> None:
    nora, cluster = await applicant(shared_ccp, "Nora")
    draft = await drafts(nora, await call_with_form(shared_ccp), cluster["id"])
    path = f"/applications/{draft['id']}/submit"
    receipt = ok(await nora.post(path, version=draft["version"], Idempotency_Key="one"))
    refused(await nora.post(path, version=draft["version"] + 1, Idempotency_Key="one"), 422, "Idempotency-Key", REUSED)
    refused(await nora.post(path, Idempotency_Key="one", If_Match="*"), 422, "Idempotency-Key", REUSED)
    assert ok(await nora.post(path, version=draft["version"], Idempotency_Key="one")) == receipt


async def test_the_same_key_with_another_name_is_another_request(shared_ccp: Platform) -> None:
    headers = {"Idempotency-Key": "one"}
    first = ok(await shared_ccp.http.post("/members", json=REGISTRATION, headers=headers))
    other = REGISTRATION | {"name": "Annie"}
    refused(await shared_ccp.http.post("/members", json=other, headers=headers), 422, "Idempotency-Key", REUSED)
    assert ok(await shared_ccp.http.post("/members", json=REGISTRATION, headers=headers)) == first


async def test_the_same_key_at_another_address_is_another_request(shared_ccp: Platform) -> None:
    first, second = [(await shared_ccp.operator.publishes(MISSION))["id"] for _ in range(2)]
    question = {"question": "May two people of one cluster travel?"}
    nora = await shared_ccp.member("Nora")
    ok(await nora.post(f"/calls/{first}/questions", question, Idempotency_Key="two"))
    refused(await nora.post(f"/calls/{second}/questions", question, Idempotency_Key="two"), 422, code=REUSED)
    refused(await nora.post(f"/calls/{first}/questions?x=1", question, Idempotency_Key="two"), 422, code=REUSED)
    ok(await shared_ccp.operator.post(f"/calls/{first}/questions", question, Idempotency_Key="two"))


async def test_neither_the_key_nor_the_request_is_stored(shared_ccp: Platform) -> None:
    """The fingerprint needs the key, so that the database alone does not let anyone try contents."""
    key, body = "0b5f1c9e-secret-key", REGISTRATION | {"email": "bea@members.example", "name": "Beatrice"}
    ok(await shared_ccp.http.post("/members", json=body, headers={"Idempotency-Key": key}))
    rows = await ANSWERS.find(shared_ccp.system.db("profiles"), {}, limit=100)
    [row] = [row for row in rows if "bea@members.example" in row.body]
    assert len(row.request) == 64
    assert key not in str(row)
    assert "Beatrice" not in str(row)


async def test_without_a_key_each_request_is_new(shared_ccp: Platform) -> None:
    operator: Member = shared_ccp.operator
    first, second = [ok(await operator.post("/calls", MISSION)) for _ in range(2)]
    assert first["id"] != second["id"]
