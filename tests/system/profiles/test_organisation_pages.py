"""Organisations in a browser: find them, write a profile, submit it, review it and its changes."""

import pytest

from tests.support.browsing import Browser, Page
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def erik(ccp: Platform) -> Member:
    return await ccp.member("Erik", "SE")


@pytest.fixture
async def editor(ccp: Platform, erik: Member) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(erik.email, PASSWORD)
    return browser


@pytest.fixture
async def operator(ccp: Platform) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    return browser


@pytest.fixture
def visitor(ccp: Platform) -> Browser:
    return Browser(ccp.http)


def names(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select(".rows h2 a")]


async def test_an_editor_writes_a_profile_and_publishes_it_with_a_reviewer(
    ccp: Platform, erik: Member, editor: Browser, operator: Browser, visitor: Browser
) -> None:
    page = await (await editor.open("/organisations/new")).submit("Continue", country="NO")
    assert "Oslo og Viken" in page.text
    wrong = await page.submit("Save as a draft", name="Fjord Cluster", website="fjord", acronym="FC")
    assert (wrong.status, wrong.errors.keys()) == (422, {"kind", "website"})
    assert "Kind of organisation: This field is required. Website: Use a full web address" in wrong.problem
    assert wrong.soup.find(id="f-acronym")["value"] == "FC"
    draft = await wrong.submit("Save as a draft", kind="cluster_organisation", website="https://fjord.example")
    assert draft.heading == "Fjord Cluster"
    path = draft.url.removeprefix("http://ccp.test")
    assert "Draft" in draft.text
    missing = "Description, City, Point on the map, Year of foundation, Staff, Numbers of members, Ecosystems"
    assert f"Still missing: {missing}" in draft.text
    assert (await visitor.open(path)).status == 404
    submitted = await draft.submit("Submit for review")
    assert "In review" in submitted.text

    queue = await operator.open("/organisations/review")
    review = await queue.follow("Fjord Cluster")
    assert "Not met · At least 15 members (0)" in review.text
    assert "Met · A website in English" in review.text
    unmet = await review.submit("Decide", outcome="publish")
    assert "at least 15 members, not 0" in unmet.problem
    silent = await unmet.submit("Decide", outcome="changes_requested")
    assert silent.errors.keys() == {"reasons"}
    sent = await silent.submit("Decide", reasons="Name your members.\nName your staff.")
    assert (sent.heading, "Fjord Cluster" in names(sent)) == ("Profiles to review", False)

    own = await editor.open("/me/organisations")
    assert "Changes requested" in own.text
    form = await (await own.follow("Fjord Cluster")).follow("Change the profile")
    assert [each.get_text() for each in form.soup.select("main .warning li")] == [
        "Name your members.",
        "Name your staff.",
    ]
    assert form.soup.find(id="f-name")["value"] == "Fjord Cluster"
    saved = await form.submit("Save the profile", **{"staff": "1.5", "members.sme": "20", "members.research": "2"})
    assert "The profile is saved" in saved.notice
    await saved.submit("Submit for review")
    done = await (await operator.open(f"{path}/review")).submit("Decide", outcome="publish")
    assert "Your decision is stored" in done.notice
    public = await visitor.open(path)
    assert "Small and medium-sized companies 20" in public.text
    assert "Cluster organisation" in public.text
    assert "cluster_organisation" not in public.text
    assert "Change the profile" not in public.links


async def test_the_change_of_a_name_waits_beside_the_public_profile(
    ccp: Platform, erik: Member, editor: Browser, operator: Browser, visitor: Browser
) -> None:
    made = await ccp.organisation(erik, name="Old Harbour")
    path = f"/organisations/{made['id']}"
    form = await editor.open(f"{path}/edit")
    shown = await form.submit("Save the profile", name="New Harbour", city="Lund")
    assert "A change of what the public knows the organisation by awaits a review" in shown.text
    assert "Name Old Harbour New Harbour" in shown.text
    public = await visitor.open(path)
    assert (public.heading, "Lund" in public.text, "New Harbour" in public.answer.text) == ("Old Harbour", True, False)
    again = await (await editor.open(f"{path}/edit")).submit("Save the profile", city="Malmö")
    assert "New Harbour" in again.text  # another edit keeps the change
    review = await operator.open(f"{path}/review")
    assert "Name Old Harbour New Harbour" in review.text
    await review.submit("Decide", outcome="refused", reasons="The port has that name.")
    refusal = await editor.open(f"{path}/edit")
    assert "The port has that name." in refusal.text
    assert refusal.soup.find(id="f-name")["value"] == "Old Harbour"
    await refusal.submit("Save the profile", name="Newer Harbour")
    await (await operator.open(f"{path}/review")).submit("Decide", outcome="accepted")
    assert (await visitor.open(path)).heading == "Newer Harbour"


async def test_a_profile_that_others_changed_shows_both_texts(ccp: Platform, erik: Member, editor: Browser) -> None:
    made = await ccp.organisation(erik, name="Twins")
    form = await editor.open(f"/organisations/{made['id']}/edit")
    body = PROFILE | {"name": "Twins", "city": "Visby", "ecosystems": ["digital", "health"]}
    ok(await erik.put(f"/organisations/{made['id']}", body, version=made["version"]))
    stale = await form.submit("Save the profile", city="Kiruna")
    assert (stale.status, "Stored now: Visby" in stale.text) == (412, True)
    assert "Something else is stored now in: City Industrial ecosystems" in stale.text
    assert "Stored now: Digital, Health" in stale.text
    assert stale.soup.find(id="f-city")["value"] == "Kiruna"
    assert "Kiruna" in (await stale.submit("Save the profile")).text


async def test_strangers_neither_edit_nor_review(ccp: Platform, erik: Member, visitor: Browser) -> None:
    made = await ccp.organisation(erik, name="Walled Garden")
    path = f"/organisations/{made['id']}"
    mallory = await ccp.member("Mallory")
    assert (await visitor.open(f"{path}/edit")).status == 401
    await visitor.log_in(mallory.email, PASSWORD)
    assert (await visitor.open(f"{path}/edit")).status == 404
    for private in (f"{path}/review", "/organisations/review"):
        assert (await visitor.open(private)).status == 403
    refused(await mallory.get("/organisations/review"), 403)
    assert "Profiles to review" not in (await visitor.open("/")).links


async def test_operators_page_through_the_queue(ccp: Platform, erik: Member, operator: Browser) -> None:
    for name in ("Queue one", "Queue two"):
        made = ok(await erik.post("/organisations", PROFILE | {"name": name}))
        ok(await erik.post(f"/organisations/{made['id']}/submit", version=1))
    page = await operator.open("/organisations/review?limit=1")
    shown = names(page)
    while "Next page" in page.links:
        page = await page.follow("Next page")
        shown += names(page)
    assert shown == ["Queue one", "Queue two"]
    reader = ok(await ccp.operator.get("/organisations/review"))
    assert [each["name"] for each in reader["items"]] == shown
    assert (await operator.open("/organisations/review?cursor=xyz")).status == 200
