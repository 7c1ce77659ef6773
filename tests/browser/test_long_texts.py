"""Long words, addresses and tables in texts of people: no page is wider than a screen of 320 pixels."""

from pathlib import Path
from typing import Any

from tests.support.applicants import ANSWERS, BRAZIL, FORM, applicant, drafts
from tests.support.gatherings import SEMINAR
from tests.support.people import ok
from tests.support.windows import SIDEWAYS, Site, Visitor

WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3
LINK = "https://www.example.org/" + "a-very-long-path-without-an-end/" * 8
TABLE = "\n".join("\t".join(f"{row}.{column}|_________" for column in range(12)) for row in range(3))
LONG = f"{WORD}\n\n{LINK}\n\n- {WORD}\n- {LINK}\n\n{TABLE}"
SCREEN = {"width": 320, "height": 640}
# Shows the content of each address in the frame of one page, which takes a tenth of the time of opening it.
TOO_WIDE = """async (addresses) => {
  const found = [], main = document.getElementById("main");
  for (const address of addresses) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) { found.push([address, answer.status]); continue; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.innerHTML = page.getElementById("main").innerHTML;
    const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wider > 0) found.push([address, wider]);
  }
  return found;
}"""


async def test_the_longest_words_and_addresses_fit_a_narrow_screen(portal: Site) -> None:
    ccp = portal.ccp
    eve, publisher = await applicant(ccp, WORD[:100], website=LINK[:180])
    own = {"organisation_id": publisher["id"]}
    body: dict[str, Any] = BRAZIL | own | {"title": WORD, "summary": LONG[:500], "description": LONG, "link": LINK}
    body |= {"keywords": [WORD[:60], "x" * 60], "programme": WORD[:80]}
    body["cut_offs"] = [{"deadline": "2016-06-08T23:59", "timezone": "Europe/Brussels", "name": WORD[:60]}]
    body["documents"] = [{"title": WORD, "link": LINK, "kind": "guide", "language": "en"}]
    call = f"/calls/{(await eve.publishes(body))['id']}"
    fields = [each | {"label": WORD, "help": LONG[:300]} for each in FORM]
    ok(await eve.put(f"{call}/form", {"fields": fields}, version=0))
    question = ok(await eve.post(f"{call}/questions", {"question": LONG[:900]}))["id"]
    ok(await eve.post(f"{call}/questions/{question}/answer", {"answer": LONG[:900]}, version=1))
    ok(await eve.post(f"{call}/updates", {"title": WORD[:100], "text": LONG[:900]}))
    draft = await drafts(eve, {"id": call.rpartition("/")[2]}, publisher["id"], **ANSWERS | {"motivation": LONG})
    ok(await eve.post(f"/applications/{draft['id']}/submit", version=1))
    seminar = SEMINAR | own | {"title": WORD, "place": WORD[:90], "summary": LONG[:900], "link": LINK}
    gathering = ok(await eve.post("/gatherings", seminar))["id"]
    wish = own | {"side": "offer", "title": WORD, "description": LONG, "ecosystems": ["digital"]}
    request = ok(await eve.post("/partner-requests", wish | {"expires_at": "2017-01-01T00:00:00Z"}))["id"]
    await ccp.system.settle()
    window = await portal.visitor(viewport=SCREEN, java_script_enabled=False)
    await window.is_member(eve)
    pages = ["/", "/calls", call, f"{call}/questions", f"{call}/updates", f"{call}/history", f"{call}/eligibility"]
    pages += [f"{call}/{part}" for part in ("manage", "change", "form", "files", "apply", "rounds/1", "places")]
    pages += ["/calls/own", "/applications", *(f"/applications/{draft['id']}{x}" for x in ("", "?edit=1", "/receipt"))]
    pages += [f"/applications/{draft['id']}/review", "/gatherings", f"/gatherings/{gathering}", "/inbox", "/calendar"]
    pages += ["/organisations", f"/organisations/{publisher['id']}", f"/organisations/{publisher['id']}/edit"]
    pages += ["/me", "/me/organisations", "/partner-requests", f"/partner-requests/{request}", "/follows"]
    found = [(path, wider) for path in pages if (wider := await wider_than_the_screen(window, path))]
    assert found == []


async def wider_than_the_screen(window: Visitor, path: str) -> int:
    assert await window.open(path) == 200, path
    return int(await window.page.evaluate(SIDEWAYS))


async def test_every_real_call_fits_a_narrow_screen(portal_in_2026: Site, real_data: Path) -> None:
    portal = portal_in_2026
    ccp = portal.ccp
    body = (real_data / "eu_calls_2026-08.jsonl").read_bytes()
    rows = ok(await ccp.http.post("/calls/import", content=body, headers=ccp.operator.headers, timeout=120))["rows"]
    window = await portal.visitor(viewport=SCREEN)
    await window.open("/calls")
    addresses = [f"/calls/{row['id']}" for row in rows]
    addresses += [
        f"/calls?limit=100&status={status}&sort={sort}"
        for status in ("open", "closed")
        for sort in ("deadline", "-published_at")
    ]
    assert len(addresses) > 500
    assert await window.page.evaluate(TOO_WIDE, addresses) == []
