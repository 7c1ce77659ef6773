"""Questions about a call: who sees them, who answers them, how many there may be."""

from tests.support.people import MISSION, Platform, ok, refused


async def test_a_question_is_public_once_it_is_answered(ccp: Platform) -> None:
    anna, bert = await ccp.member("Anna"), await ccp.member("Bert")
    call = await ccp.operator.publishes(MISSION)
    path, waiting = f"/calls/{call['id']}/questions", {"answered": False}
    body = {"text": "May a science park join?"}
    asked = ok(await anna.post(path, body, Idempotency_Key="one"))
    assert ok(await anna.post(path, body, Idempotency_Key="one")) == asked
    refused(await ccp.http.post(path, json=body), 401)
    refused(await anna.post(path, {"text": "Why?"}), 422, "text")
    assert ok(await ccp.http.get(path))["items"] == []
    refused(await ccp.http.get(path, params=waiting), 401)
    assert ok(await bert.get(path, params=waiting))["items"] == []
    assert len(ok(await anna.get(path, params=waiting))["items"]) == 1
    assert len(ok(await ccp.operator.get(path, params=waiting))["items"]) == 1

    answer, reply = f"{path}/{asked['id']}/answer", {"answer": "Yes, with two of its companies."}
    refused(await bert.post(answer, reply, version=1), 404)
    refused(await ccp.operator.post(answer, reply), 428)
    ok(await ccp.operator.post(answer, reply, version=1))
    refused(await ccp.operator.post(answer, reply, version=1), 412)
    [public] = ok(await ccp.http.get(path))["items"]
    assert (public["text"], public["answer"]) == (body["text"], reply["answer"])
    assert anna.id not in str(public)
    [event] = await ccp.system.published("calls", "calls.question.answered.v1")
    assert event.data["member_id"] == anna.id
    page = await ccp.http.get(path, headers={"Accept": "text/html"})
    assert reply["answer"] in page.text


async def test_questions_are_bounded_and_paged(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}/questions"
    for number in range(10):
        ok(await anna.post(path, {"text": f"Question number {number}?"}))
    refused(await anna.post(path, {"text": "One more question?"}), 409, "text", "too_many_questions")
    seen: list[str] = []
    params: dict = {"answered": False, "limit": 4}
    while True:
        page = ok(await anna.get(path, params=params))
        seen += [question["text"] for question in page["items"]]
        if not page["next"]:
            break
        params["cursor"] = page["next"]
    assert sorted(seen) == [f"Question number {number}?" for number in range(10)]
