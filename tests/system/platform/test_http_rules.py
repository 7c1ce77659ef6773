"""Rules of HTTP on every route: HEAD, OPTIONS, Allow, caching, policies, the pages of other sites, the Host header."""

from collections.abc import AsyncIterator

import httpx
import pytest

from shared import copies
from shared.bus.memory import MemoryBus
from shared.http.methods import CHANGES
from shared.settings import Settings
from tests.support.paths import paths, with_method
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, Platform, ok, refused
from tests.support.platforms import running_platform

EVIL = "https://evil.example"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
FILES = ("/docs/", "/favicon.ico", "/robots.txt", "/sitemap.xml")
LOG_IN = {"email": OPERATOR_EMAIL, "password": OPERATOR_PASSWORD}
FOREIGN = [{"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
OWN = [{}, {"Origin": "http://ccp.test"}, {"Sec-Fetch-Site": "same-origin", "Origin": EVIL}, {"Sec-Fetch-Site": "none"}]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of the ids that the tests try do not exist."""
    monkeypatch.setattr(copies, "TIMEOUT", 0)


@pytest.fixture(scope="module")
async def over_https(mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("https"), public_url="https://ccp.test")
    async with running_platform(mongo_url, settings, MemoryBus()) as platform:
        yield platform


def allowed(answer: httpx.Response) -> set[str]:
    return {method.strip() for method in answer.headers["allow"].split(",")}


# --- methods --------------------------------------------------------------------------------------


async def test_options_lists_all_methods_of_a_path(shared_ccp: Platform) -> None:
    wrong = []
    for path, known in paths(shared_ccp.system.app).items():
        answer = await shared_ccp.http.options(path)
        wanted = known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())
        if answer.status_code != 204 or not wanted <= allowed(answer) or answer.content:
            wrong.append((path, answer.status_code, answer.headers.get("allow")))
    assert wrong == []
    refused(await shared_ccp.http.options("/nothing-here"), 404)


@pytest.mark.timeout(240)  # one request for each method that each of 250 paths lacks
async def test_a_method_that_a_path_lacks_is_refused_with_those_it_has(shared_ccp: Platform) -> None:
    wrong = []
    for path in paths(shared_ccp.system.app):
        has = allowed(await shared_ccp.http.options(path))
        for method in METHODS - has:
            answer = await shared_ccp.http.request(method, path)
            if answer.status_code != 405 or allowed(answer) != has:
                wrong.append((method, path, answer.status_code, answer.headers.get("allow")))
    assert wrong == []


async def test_trace_is_refused(shared_ccp: Platform) -> None:
    answer = await shared_ccp.http.request("TRACE", "/calls", headers={"X-Secret": "one"})
    assert answer.status_code == 405
    assert "one" not in answer.text


async def test_head_answers_as_get_without_the_body(shared_ccp: Platform) -> None:
    wrong = []
    for _, path in with_method(shared_ccp.system.app, "GET"):
        get = await shared_ccp.operator.get(path)
        head = await shared_ccp.http.head(path, headers=shared_ccp.operator.headers)
        same = all(get.headers.get(name) == head.headers.get(name) for name in ("content-type", "etag", "vary"))
        if head.status_code != get.status_code or head.content or not same:
            wrong.append((path, get.status_code, head.status_code, len(head.content)))
    assert wrong == []


async def test_head_reads_the_session_as_get_does(shared_ccp: Platform) -> None:
    cookie = shared_ccp.operator.headers["Authorization"].replace("Bearer ", "ccp_token=")
    assert (await shared_ccp.http.head("/me", headers={"Cookie": cookie})).status_code == 200
    assert (await shared_ccp.http.head("/me")).status_code == 401


# --- caches and policies --------------------------------------------------------------------------


async def test_no_cache_stores_the_answer_to_a_member(shared_ccp: Platform) -> None:
    """Files are the same for all."""
    stored = []
    for _, path in with_method(shared_ccp.system.app, "GET"):
        caching = (await shared_ccp.operator.get(path)).headers["cache-control"]
        if caching != "no-store" and not (path.startswith(FILES) and caching.startswith("public")):
            stored.append((path, caching))
    assert stored == []


async def test_no_cache_stores_a_token_or_an_address_with_a_secret(shared_ccp: Platform) -> None:
    asked = {
        "token": await shared_ccp.http.post("/tokens", json=LOG_IN),
        "session": await shared_ccp.http.post("/login", data=LOG_IN),
        "calendar": await shared_ccp.operator.post("/calendar"),
    }
    address = asked["calendar"].json()["url"].removeprefix("http://ccp.test")
    asked["own calendar"] = await shared_ccp.http.get(address)
    assert {name: answer.headers["cache-control"] for name, answer in asked.items()} == dict.fromkeys(asked, "no-store")
    assert asked["own calendar"].is_success
    shared_ccp.http.cookies.clear()


async def test_every_answer_has_the_headers_that_protect_browsers(shared_ccp: Platform) -> None:
    lacking = []
    for method, path in with_method(shared_ccp.system.app, "GET", "POST"):
        headers = (await shared_ccp.http.request(method, path)).headers
        policy = headers.get("content-security-policy", "")
        good = "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "default-src " in policy
        if not good or headers.get("x-content-type-options") != "nosniff" or "strict-transport-security" in headers:
            lacking.append((method, path, policy))
        assert len(headers.get_list("referrer-policy")) == 1, path
    assert lacking == []


async def test_pages_load_only_files_of_the_platform(shared_ccp: Platform) -> None:
    for path in ("/", "/calls", "/login", "/nothing-here", "/inbox"):
        page = await shared_ccp.http.get(path, headers={"Accept": "text/html"})
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; "), path
        assert "unsafe" not in policy
        assert "http" not in policy


async def test_over_https_browsers_are_told_to_stay_there(over_https: Platform) -> None:
    for path in ("/", "/nothing-here", "/livez", "/me"):
        headers = (await over_https.http.get(path)).headers
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", path


# --- other sites ----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_page_of_another_site_changes_nothing(shared_ccp: Platform, headers: dict[str, str]) -> None:
    passed = []
    for method, path in with_method(shared_ccp.system.app, *CHANGES):
        answer = await shared_ccp.http.request(method, path, headers=shared_ccp.operator.headers | headers)
        if answer.status_code != 403 or answer.json()["code"] != "foreign_origin":
            passed.append((method, path, answer.status_code))
    assert passed == []


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_page_of_another_site_logs_no_visitor_in(shared_ccp: Platform, headers: dict[str, str]) -> None:
    answer = await shared_ccp.http.post("/login", data=LOG_IN, headers=headers)
    assert "http://ccp.test" in refused(answer, 403, code="foreign_origin")["detail"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", OWN, ids=str)
async def test_our_own_page_and_programs_log_in(shared_ccp: Platform, headers: dict[str, str]) -> None:
    answer = await shared_ccp.http.post("/login", data=LOG_IN, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    shared_ccp.http.cookies.clear()


async def test_a_link_from_another_site_works_and_its_scripts_read_nothing(shared_ccp: Platform) -> None:
    for headers in FOREIGN:
        answer = await shared_ccp.http.get("/calls", headers=headers)
        assert answer.status_code == 200
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "[", "ccp.test@evil.example"])
async def test_no_answer_repeats_or_follows_the_host_header(shared_ccp: Platform, host: str) -> None:
    repeated = []
    for _, path in with_method(shared_ccp.system.app, "GET"):
        for address in (path, f"{path}/"):
            answer = await shared_ccp.operator.get(address, headers={"Host": host})
            words = answer.text + str(answer.headers)
            if "location" in answer.headers or "evil.example" in words or answer.status_code >= 500:
                repeated.append((address, answer.status_code, answer.headers.get("location")))
    assert repeated == []


@pytest.mark.parametrize(
    "address", ["//[", "http://[", "//a\u2100b", "//evil.example", EVIL, "/\\evil.example", "[", ""]
)
async def test_an_address_in_a_form_leads_to_no_other_site_and_breaks_nothing(
    shared_ccp: Platform, address: str
) -> None:
    html = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    reset = {"_operation": "request_reset", "email": "nina@members.example"}
    answers = [
        await shared_ccp.http.get("/login", params={"next": address}, headers=html),
        await shared_ccp.http.post("/login", data={"next": address, "action": address}, headers=html),
        await shared_ccp.http.post("/language", data={"next": address, "language": "en"}, headers=html),
        await shared_ccp.http.post("/reset", data=reset | {"_next": address}, headers=html),
        await shared_ccp.http.post("/reset", data=reset | {"email": "", "_page": address}, headers=html),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 303, 303, 422]
    assert {answer.headers.get("location", "/") for answer in answers} <= {"/", "/login/sent"}


# --- the session's cookie -------------------------------------------------------------------------


async def test_over_https_the_cookie_belongs_to_this_host_alone(over_https: Platform) -> None:
    answer = await over_https.http.post("/login", data=LOG_IN)
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-ccp_token=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(attributes)
    assert not any(attribute.lower().startswith("domain") for attribute in attributes)
    over_https.http.cookies.clear()
    assert ok(await over_https.http.get("/me", headers={"Cookie": name}))["email"] == OPERATOR_EMAIL
    plain = name.replace("__Host-", "")
    assert (await over_https.http.get("/me", headers={"Cookie": plain})).status_code == 401


async def test_a_cookie_permits_reading_only(shared_ccp: Platform) -> None:
    answer = await shared_ccp.http.post("/login", data=LOG_IN)
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert "Secure" not in attributes
    assert (await shared_ccp.http.post("/calendar", headers={"Cookie": name})).status_code == 401
    shared_ccp.http.cookies.clear()
