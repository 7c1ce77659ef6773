"""Invalid input gets the right status and a problem document that names the field, and changes nothing."""

from collections.abc import AsyncIterator

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from shared.http.paging import encode_cursor
from tests.support.applicants import applicant, call_with_form, drafts
from tests.support.calls import calls_stored
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def editor(ccp: Platform) -> Member:
    return await ccp.member("Erik")


@pytest.fixture(scope="module")
async def stranger(ccp: Platform) -> Member:
    return await ccp.member("Stranger")


async def test_a_body_over_its_limit_is_refused_whatever_its_header_says(ccp: Platform) -> None:
    big = b'{"title": "' + b"x" * 1_300_000 + b'"}'

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(big), 65536):
            yield big[start : start + 65536]

    refused(await ccp.http.post("/calls", content=big, headers=ccp.operator.headers), 413)
    refused(await ccp.http.post("/calls", content=stream(), headers=ccp.operator.headers), 413)


async def test_a_change_based_on_an_old_version_is_refused(ccp: Platform) -> None:
    draft = ok(await ccp.operator.post("/calls", MISSION))
    ok(await ccp.operator.put(f"/calls/{draft['id']}", MISSION | {"title": "Mine"}, version=1))
    refused(await ccp.operator.put(f"/calls/{draft['id']}", MISSION | {"title": "Late"}, version=1), 412, "If-Match")
    refused(await ccp.operator.put(f"/calls/{draft['id']}", MISSION), 428, "If-Match")
    refused(await ccp.operator.post(f"/calls/{draft['id']}/publish", version=1), 412, "If-Match")
    assert ok(await ccp.operator.get(f"/calls/{draft['id']}"))["title"] == "Mine"


async def test_a_repeated_request_with_an_idempotency_key_is_executed_once(ccp: Platform) -> None:
    before = await calls_stored(ccp)
    first = await ccp.operator.post("/calls", MISSION, Idempotency_Key="once")
    again = await ccp.operator.post("/calls", MISSION, Idempotency_Key="once")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = await ccp.operator.post("/calls", MISSION | {"title": "Other"}, Idempotency_Key="once")
    refused(other, 422, "Idempotency-Key", "idempotency_key_reused")
    assert await calls_stored(ccp) == before + 1


async def test_organisations_and_calls_of_others_are_not_found(ccp: Platform, editor: Member, stranger: Member) -> None:
    organisation = await ccp.organisation(editor)
    draft = ok(await editor.post("/calls", MISSION | {"organisation_id": organisation["id"]}))
    refused(await stranger.post("/calls", MISSION | {"organisation_id": organisation["id"]}), 404, "organisation_id")
    refused(await stranger.get(f"/calls/{draft['id']}"), 404)
    refused(await stranger.put(f"/calls/{draft['id']}", MISSION, version=1), 404)
    refused(await stranger.post(f"/calls/{draft['id']}/publish", version=1), 404)
    refused(await stranger.put(f"/organisations/{organisation['id']}", PROFILE, version=3), 404)
    refused(await stranger.post("/calls", MISSION), 403)
    wish = {"organisation_id": organisation["id"], "side": "offer", "title": "Ours", "ecosystems": ["digital"]}
    refused(await stranger.post("/partner-requests", wish | {"expires_at": "2017-01-01T00:00:00Z"}), 404)


async def test_lists_refuse_unknown_parameters_and_broken_cursors(ccp: Platform) -> None:
    refused(await ccp.http.get("/calls", params={"colour": "blue"}), 422, "colour")
    refused(await ccp.http.get("/calls", params={"limit": 1000}), 422, "limit")
    for cursor in ("rubbish", "bm90IGpzb24", "WyJ4IiwgInkiXQ", "WzEsIDJd"):
        refused(await ccp.http.get("/calls", params={"cursor": cursor}), 422, "cursor")
    refused(await ccp.http.get("/calls/$ne"), 422, "id")
    refused(await ccp.http.get("/nowhere"), 404)


async def test_numbered_lists_refuse_cursors_that_are_no_numbers(ccp: Platform) -> None:
    numa, cluster = await applicant(ccp, "Numa")
    call = await call_with_form(ccp)
    application = await drafts(numa, call, cluster["id"])
    meeting = ok(await ccp.operator.post("/gatherings", SEMINAR | {"admission": {}}))
    lists = [
        (ccp.operator, f"/calls/{call['id']}/history"),
        (ccp.operator, f"/gatherings/{meeting['id']}/registrations"),
        (numa, f"/applications/{application['id']}/submissions"),
    ]
    for who, path in lists:
        for last in ("x", "-1", "1.5", "²", "9" * 10):
            refused(await who.get(path, params={"cursor": encode_cursor(last)}), 422, "cursor")
        ok(await who.get(path, params={"cursor": encode_cursor("1")}))


async def test_a_list_pages_to_its_end_without_gaps_or_repeats(ccp: Platform) -> None:
    for number in range(7):
        await ccp.operator.publishes(MISSION | {"title": f"Paged {number}", "ecosystems": ["tourism"]})
    seen, cursor = [], None
    while True:
        params = {"limit": 3, "ecosystem": "tourism", **({"cursor": cursor} if cursor else {})}
        page = ok(await ccp.http.get("/calls", params=params))
        seen += [call["title"] for call in page["items"]]
        if not (cursor := page["next"]):
            break
    assert sorted(seen) == [f"Paged {number}" for number in range(7)]


async def test_what_people_write_is_escaped_on_every_page(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION | {"title": "<script>alert(1)</script>", "description": "<b>bold</b>"})
    for path in (f"/calls/{call['id']}", "/calls?limit=100", "/"):
        page = await ccp.http.get(path, headers={"Accept": "text/html"})
        assert "<script>alert" not in page.text
        assert "<b>bold" not in page.text


async def test_if_match_accepts_the_forms_of_the_http_standard(ccp: Platform) -> None:
    draft = ok(await ccp.operator.post("/calls", MISSION))
    path = f"/calls/{draft['id']}"

    async def put(tag: str, title: str) -> int:
        headers = ccp.operator.headers | {"If-Match": tag}
        return (await ccp.http.put(path, json=MISSION | {"title": title}, headers=headers)).status_code

    assert await put('W/"1"', "weak") == 412
    assert await put("1", "unquoted") == 422
    assert await put('"7", "1"', "one of a list") == 200
    assert await put("*", "any") == 200
    assert ok(await ccp.operator.get(path))["title"] == "any"


async def test_an_internal_error_is_a_problem_document_with_a_correlation_id(ccp: Platform) -> None:
    listing = ccp.system.db("calls").raw("calls")
    await listing.insert_one({"_id": "broken", "stage": "published", "deadline": "not a date"})
    try:
        with capture_logs(processors=[merge_contextvars]) as lines:
            answer = await ccp.http.get("/calls/broken", headers={"X-Correlation-ID": "case-12"})
    finally:
        await listing.delete_one({"_id": "broken"})
    refused(answer, 500, code="internal_error")
    [line] = [line for line in lines if line["event"] == "request_failed"]
    assert (line["correlation"], line["client_correlation"]) == (answer.headers["x-correlation-id"], "case-12")
