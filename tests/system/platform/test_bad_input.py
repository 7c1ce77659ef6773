"""Bad input gets its status and a problem document that names the field, and changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.auth import Signer, SigningKey, load_signer
from shared.bus.memory import MemoryBus
from shared.contracts.profiles import KeyPublished
from shared.http.paging import encode_cursor
from shared.mongo import Database
from shared.settings import Settings
from tests.support.applicants import applicant, call_with_form, drafts
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, PASSWORD, PROFILE, Member, Platform, ok, refused
from tests.support.platforms import Inbox, running_platform


@pytest.fixture(scope="module")
async def ccp(mongo_url: str, smtp: Inbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public_url="http://ccp.test")
    async with running_platform(mongo_url, settings, smtp, MemoryBus()) as platform:
        yield platform


@pytest.fixture(scope="module")
async def editor(ccp: Platform) -> Member:
    return await ccp.member("Erik")


@pytest.fixture(scope="module")
async def stranger(ccp: Platform) -> Member:
    return await ccp.member("Stranger")


async def calls_stored(ccp: Platform) -> int:
    return await ccp.system.db("calls").raw("calls").count_documents({})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "blue"}, "colour"),
        ({"title": 7}, "title"),
        ({"title": "line\nbreak"}, "title"),
        ({"deadline": "2016-06-30T17:00:00"}, "deadline"),
        ({"deadline": "soon"}, "deadline"),
        ({"opens_at": "2016-07-01T00:00:00Z"}, "deadline"),
        ({"countries": ["UK"]}, "countries.0"),
        ({"ecosystems": ["magic"]}, "ecosystems.0"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"keywords": ["x" * 81]}, "keywords.0"),
        ({"organisation_id": {"$gt": ""}}, "organisation_id"),
    ],
)
async def test_a_call_with_a_bad_field_is_refused_by_name(ccp: Platform, change: dict, field: str) -> None:
    before = await calls_stored(ccp)
    refused(await ccp.operator.post("/calls", MISSION | change), 422, field)
    assert await calls_stored(ccp) == before


async def test_a_call_is_not_published_after_its_deadline(ccp: Platform) -> None:
    draft = ok(await ccp.operator.post("/calls", MISSION | {"deadline": "2016-05-08T17:00:00+02:00"}))
    refused(await ccp.operator.post(f"/calls/{draft['id']}/publish", version=1), 422, "deadline", "deadline_passed")
    assert ok(await ccp.operator.get(f"/calls/{draft['id']}"))["status"] == "draft"


async def test_a_body_over_its_limit_is_refused_whatever_its_header_says(ccp: Platform) -> None:
    big = b'{"title": "' + b"x" * 300_000 + b'"}'

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


async def test_an_idempotency_key_does_a_thing_once(ccp: Platform) -> None:
    before = await calls_stored(ccp)
    first = await ccp.operator.post("/calls", MISSION, Idempotency_Key="once")
    again = await ccp.operator.post("/calls", MISSION, Idempotency_Key="once")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = await ccp.operator.post("/calls", MISSION | {"title": "Other"}, Idempotency_Key="once")
    refused(other, 422, "Idempotency-Key", "idempotency_key_reused")
    assert await calls_stored(ccp) == before + 1


async def test_somebody_elses_organisation_and_call_are_not_there(
    ccp: Platform, editor: Member, stranger: Member
) -> None:
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


async def test_a_draft_organisation_is_seen_by_its_own_and_reviewers_only(
    ccp: Platform, editor: Member, stranger: Member
) -> None:
    draft = ok(await editor.post("/organisations", PROFILE))
    path = f"/organisations/{draft['id']}"
    assert ok(await editor.get(path))["status"] == "draft"
    assert ok(await ccp.operator.get(path))["status"] == "draft"
    refused(await stranger.get(path), 404)
    refused(await ccp.http.get(path), 404)
    refused(await stranger.post(f"{path}/review", {"outcome": "publish"}, version=1), 403)


async def test_a_profile_is_returned_with_reasons_and_published_only_when_it_meets_the_checklist(
    ccp: Platform, editor: Member
) -> None:
    small = ok(await editor.post("/organisations", PROFILE | {"members": {"sme": 3}, "website": ""}))
    path = f"/organisations/{small['id']}"
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=1), 409, "status", "wrong_status")
    ok(await editor.post(f"{path}/submit", version=1))
    problem = refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=2), 409)
    assert problem["detail"] == (
        "a published cluster organisation has a website; at least 15 members, not 3; members of at least two kinds"
    )
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "rejected"}, version=2), 422, "reasons")
    returned = {"outcome": "changes_requested", "reasons": ["Please name your website."]}
    assert ok(await ccp.operator.post(f"{path}/review", returned, version=2))["status"] == "changes_requested"
    await ccp.system.settle()
    assert "Please name your website." in (await editor.alerts())[0]["text"]
    ok(await editor.post(f"{path}/submit", version=3))
    waived = {"outcome": "publish", "waived_by": "Cluster Programme Sweden"}
    assert ok(await ccp.operator.post(f"{path}/review", waived, version=4))["status"] == "published"


async def test_tokens_that_are_missing_broken_expired_or_foreign_are_refused(ccp: Platform, editor: Member) -> None:
    signer: Signer = ccp.system.runtimes["profiles"].resources.signer
    mailer: Signer = await load_signer(ccp.system.db("notifications"), KeyPublished)
    expired = signer.sign("access", editor.id, timedelta(seconds=-1))
    another_purpose = signer.sign("confirm", editor.id, timedelta(hours=1))
    by_another_service = mailer.sign("access", editor.id, timedelta(hours=1), operator=True)
    for token in ("", "rubbish", expired, another_purpose, by_another_service):
        response = await ccp.http.get("/inbox", headers={"Authorization": f"Bearer {token}"})
        refused(response, 401)
        assert response.headers["WWW-Authenticate"] == "Bearer"
    forged = Signer("profiles", await another_key(ccp.system.db("calls"))).sign("access", editor.id, timedelta(hours=1))
    refused(await ccp.http.get("/inbox", headers={"Authorization": f"Bearer {forged}"}), 401)


async def another_key(database: Database) -> SigningKey:
    """A key that nobody announced."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(id="nobodys", private_pem=pem)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ccp: Platform, editor: Member) -> None:
    wrong = await ccp.http.post("/tokens", json={"email": editor.email, "password": "not the password"})
    nobody = await ccp.http.post("/tokens", json={"email": "nobody@members.example", "password": PASSWORD})
    assert refused(wrong, 401) == refused(nobody, 401)
    again = {"email": editor.email.upper(), "name": "Twin", "country": "FR", "password": PASSWORD}
    refused(await ccp.http.post("/members", json=again), 409, "email", "email_taken")


async def test_a_cookie_may_look_but_not_change(ccp: Platform, editor: Member) -> None:
    form = {"email": editor.email, "password": PASSWORD}
    answer = await ccp.http.post("/login", data=form)
    assert answer.status_code == 303
    assert "httponly" in answer.headers["set-cookie"].lower()
    cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    ccp.http.cookies.clear()
    page = await ccp.http.get("/inbox", headers=cookie | {"Accept": "text/html"})
    assert "My alerts" in page.text
    refused(await ccp.http.post("/inbox/read", headers=cookie), 401)


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


async def test_an_interest_says_something_and_there_are_not_too_many(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    refused(await anna.post("/interests", {}), 422)
    refused(await anna.post("/interests", {"keywords": ["$where"]}), 422, "keywords.0")
    for _ in range(20):
        await anna.follows(countries=["JP"])
    refused(await anna.post("/interests", {"countries": ["JP"]}), 409, code="too_many_interests")
    [first, *_] = ok(await anna.get("/interests"))
    stranger = await ccp.member("Bert")
    gone = await ccp.http.delete(f"/interests/{first['id']}", headers=stranger.headers)
    refused(gone, 404)
    assert (await ccp.http.delete(f"/interests/{first['id']}", headers=anna.headers)).status_code == 204
    assert len(ok(await anna.get("/interests"))) == 19


async def test_what_could_not_be_read_again_is_never_stored(ccp: Platform) -> None:
    opens = {"opens_at": "2016-06-01T09:00:00+02:00"}
    call = await ccp.operator.publishes(MISSION | opens)
    path, early = f"/calls/{call['id']}", MISSION | {"deadline": "2016-05-20T17:00:00+02:00"}
    refused(await ccp.operator.put(path, early, version=call["version"]), 422, "deadline")
    long_link = {"link": "https://a.example/" + "é" * 300}
    refused(await ccp.operator.put(path, MISSION | long_link, version=call["version"]), 422, "link")
    same = {"starts_at": "2016-06-01T09:00:00.0001Z", "ends_at": "2016-06-01T09:00:00.0009Z"}
    refused(await ccp.operator.post("/gatherings", same | {"title": "Short", "place": "Here"}), 422, "ends_at")
    for when in ("9999-12-31T23:30:00Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"):
        refused(await ccp.operator.post("/calls", MISSION | {"deadline": when}), 422, "deadline")
    for page in ("/calls", "/gatherings", "/"):
        assert (await ccp.http.get(page, headers={"Accept": "text/html"})).status_code == 200


async def test_if_match_takes_what_http_says_it_takes(ccp: Platform) -> None:
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


async def test_a_bad_token_is_refused_where_visitors_may_look_too(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    rubbish = {"Authorization": "Bearer rubbish"}
    refused(await ccp.http.get(f"/calls/{call['id']}", headers=rubbish), 401)
    ok(await ccp.http.get(f"/calls/{call['id']}"))


async def test_editing_a_published_profile_does_not_tell_its_people_again_that_it_is_published(ccp: Platform) -> None:
    owner = await ccp.member("Olga")
    organisation = await ccp.organisation(owner, name="Olga's cluster")
    for number in range(3):
        change = PROFILE | {"name": "Olga's cluster", "city": f"City {number}"}
        ok(await owner.put(f"/organisations/{organisation['id']}", change, version=organisation["version"] + number))
    await ccp.system.settle()
    assert len(await owner.alerts()) == 1
    copy = await ccp.system.db("calls").raw("organisation_copies").find_one({"_id": organisation["id"]})
    assert copy["version"] == organisation["version"] + 3


async def test_a_fault_of_ours_is_a_problem_document_with_its_correlation(ccp: Platform) -> None:
    listing = ccp.system.db("calls").raw("calls")
    await listing.insert_one({"_id": "broken", "stage": "published", "deadline": "not a date"})
    try:
        answer = await ccp.http.get("/calls/broken", headers={"X-Correlation-ID": "case-12"})
    finally:
        await listing.delete_one({"_id": "broken"})
    refused(answer, 500, code="internal_error")
    assert answer.headers["x-correlation-id"] == "case-12"
