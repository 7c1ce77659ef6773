"""Questions about a call: who can read and answer them, and their maximum number."""

import pytest

from tests.support.people import MISSION, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


QUESTION, WAITING = {"question": "May a science park join?"}, {"answered": False}
REPLY = {"answer": "Yes, with two of its companies."}


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
async def path(ccp: Platform) -> str:
    call = await ccp.operator.publishes(MISSION)
    return f"/calls/{call['id']}/questions"


async def test_a_question_is_asked_once_by_a_member(ccp: Platform, anna: Member, path: str) -> None:
    asked = ok(await anna.post(path, QUESTION, Idempotency_Key="one"))
    assert ok(await anna.post(path, QUESTION, Idempotency_Key="one")) == asked
    refused(await ccp.http.post(path, json=QUESTION), 401)
    refused(await anna.post(path, {"question": "Why?"}), 422, "question")
    assert len(ok(await anna.get(path, params=WAITING))["items"]) == 1


async def test_an_open_question_is_visible_to_its_author_and_the_publisher_only(
    ccp: Platform, anna: Member, path: str
) -> None:
    bert = await ccp.member("Bert")
    ok(await anna.post(path, QUESTION))
    assert ok(await ccp.http.get(path))["items"] == []
    refused(await ccp.http.get(path, params=WAITING), 401)
    assert ok(await bert.get(path, params=WAITING))["items"] == []
    assert len(ok(await anna.get(path, params=WAITING))["items"]) == 1
    assert len(ok(await ccp.operator.get(path, params=WAITING))["items"]) == 1


async def test_only_the_publisher_answers_and_once(ccp: Platform, anna: Member, path: str) -> None:
    bert = await ccp.member("Bert")
    asked = ok(await anna.post(path, QUESTION))
    answer = f"{path}/{asked['id']}/answer"
    refused(await bert.post(answer, REPLY, version=1), 404)
    refused(await ccp.operator.post(answer, REPLY), 428)
    ok(await ccp.operator.post(answer, REPLY, version=1))
    refused(await ccp.operator.post(answer, REPLY, version=1), 412)


async def test_a_question_is_public_once_it_is_answered(ccp: Platform, anna: Member, path: str) -> None:
    asked = ok(await anna.post(path, QUESTION))
    ok(await ccp.operator.post(f"{path}/{asked['id']}/answer", REPLY, version=1))
    [public] = ok(await ccp.http.get(path))["items"]
    assert (public["question"], public["answer"]) == (QUESTION["question"], REPLY["answer"])
    assert anna.id not in str(public)
    events = await ccp.system.published("calls", "calls.question.answered.v1")
    assert [event.data["member_id"] for event in events].count(anna.id) == 1
    page = await ccp.http.get(path, headers={"Accept": "text/html"})
    assert REPLY["answer"] in page.text


async def test_questions_are_limited_and_paged(anna: Member, path: str) -> None:
    for number in range(10):
        ok(await anna.post(path, {"question": f"Question number {number}?"}))
    refused(await anna.post(path, {"question": "One more question?"}), 409, "question", "too_many_questions")
    seen: list[str] = []
    params: dict = {"answered": False, "limit": 4}
    while True:
        page = ok(await anna.get(path, params=params))
        seen += [question["question"] for question in page["items"]]
        if not page["next"]:
            break
        params["cursor"] = page["next"]
    assert sorted(seen) == [f"Question number {number}?" for number in range(10)]
