"""Every page in light and dark, in forced colours, on a narrow screen: no violation, no noise, no other host."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.support.people import OPERATOR_PASSWORD, PASSWORD
from tests.support.windows import Site, Visitor

# The pages of each role; {calls}, {gatherings} and so on are the ids of objects that the role may see.
PAGES = {
    "visitor": [
        "/",
        "/login",
        "/register",
        "/register/sent",
        "/confirm",
        "/reset",
        "/login/sent",
        "/erased",
        "/calls",
        "/calls?text=mission",
        "/calls?status=closed",
        "/calls/{calls}",
        "/calls/{calls}/history",
        "/calls/{calls}/questions",
        "/calls/{calls}/updates",
        "/calls/feeds",
        "/gatherings",
        "/gatherings/{gatherings}",
        "/organisations",
        "/organisations/{organisations}",
        "/organisations/{organisations}/affiliates",
        "/posts",
        "/posts?text=osaka",
        "/posts/{posts}",
        "/achievements",
        "/achievements?text=osaka",
        "/achievements/{achievements}",
        "/countries",
        "/countries/JP",
        "/reports/new?about=/posts/{posts}",
        "/reports/sent",
        "/map",
        "/map?view=world",
        "/map?country=SE",
        "/partner-requests",
        "/partner-requests/{partner-requests}",
        "/partnerships",
        "/about",
        "/imprint",
        "/privacy",
        "/accessibility",
        "/developers",
        "/developers/events",
        "/developers/events/calls.call.published.v1",
        "/nothing-here",
    ],
    "applicant": [
        "/",
        "/inbox",
        "/interests",
        "/follows",
        "/subscription",
        "/me",
        "/me/change",
        "/me/tokens",
        "/me/sessions",
        "/me/second-factor",
        "/me/address",
        "/me/data",
        "/me/erasure",
        "/me/organisations",
        "/calendar",
        "/calls/{calls}",
        "/calls/{calls}/eligibility",
        "/calls/{calls}/apply",
        "/gatherings/{gatherings}",
        "/applications",
        "/applications/{applications}",
        "/applications/{applications}/receipt",
        "/claims/{claims}",
        "/partner-proposals",
    ],
    "assessor": ["/rounds"],
    "editor": [
        "/calls/own",
        "/calls/new",
        "/calls/{calls}/manage",
        "/calls/{calls}/change",
        "/calls/{calls}/extend",
        "/calls/{calls}/withdraw",
        "/calls/{calls}/form",
        "/calls/{calls}/files",
        "/calls/{calls}/questions",
        "/calls/{calls}/rounds/1",
        "/calls/{missions}/places",
        "/calls/{calls}/claims",
        "/gatherings/own",
        "/gatherings/new",
        "/gatherings/{gatherings}/change",
        "/gatherings/{gatherings}/registrations",
        "/organisations/new",
        "/organisations/new?country=SE",
        "/organisations/{organisations}/edit",
        "/partner-requests/new",
        "/posts/own",
        "/posts/new",
        "/posts/{posts}",
        "/posts/{posts}/change",
        "/achievements/own",
        "/achievements/new",
        "/achievements/{achievements}",
        "/achievements/{achievements}/change",
        "/claims/{claims}",
    ],
    "operator": [
        "/desk",
        "/operators",
        "/organisations/review",
        "/organisations/{organisations}/review",
        "/achievements/review",
        "/countries/JP",
        "/countries/JP/change",
        "/countries/JP/editions",
        "/countries/JP/editions/1",
        "/achievements/{achievements}/review",
        "/calls/import",
        "/calls/import/missing",
        "/organisations/import",
        "/moderation",
        "/moderation/record",
        "/deliveries",
        "/erasures",
        *(
            f"/operations/{service}{part}"
            for service in ("calls", "profiles")
            for part in ("", "/parked", "/events", "/replay", "/snapshot")
        ),
    ],
}
WIDE, NARROW, MAGNIFIED = (
    {"width": 1280, "height": 800},
    {"width": 320, "height": 640},
    {"width": 320, "height": 256},  # what 1,280 by 1,024 pixels are at 400 per cent
)
LIGHT: dict[str, Any] = {"color_scheme": "light", "forced_colors": "none"}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
LAYOUT = {"runOnly": ["target-size", "scrollable-region-focusable", "css-orientation-lock", "aria-hidden-focus"]}
# Each mode: the screen, the media, and the rules whose result depends on them: `{}` are all, None are none.
MODES: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, Any] | None]] = {
    "light": (WIDE, LIGHT, {}),
    "dark": (WIDE, LIGHT | {"color_scheme": "dark"}, COLOURS),
    "forced colours": (WIDE, LIGHT | {"forced_colors": "active"}, COLOURS),
    "320 pixels": (NARROW, LIGHT, LAYOUT),
    "400 per cent": (MAGNIFIED, LIGHT, None),
}
CASES = [(role, path) for role, paths in PAGES.items() for path in paths]


class Windows:
    """A window on the site for each role, which logs in once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.opened: dict[str, Visitor] = {}

    async def of(self, role: str) -> Visitor:
        """Return the window of a role."""
        if role not in self.opened:
            self.opened[role] = await self.site.visitor()
            if role != "visitor":
                password = OPERATOR_PASSWORD if role == "operator" else PASSWORD
                await self.opened[role].log_in(self.site.world.members[role], password)
        return self.opened[role]


@pytest.fixture(scope="module")
async def windows(site: Site) -> Windows:
    return Windows(site)


def ids_for(site: Site, role: str) -> dict[str, str]:
    """Return the ids of what a role may see, by group; `missions` is a call with places."""
    ids: dict[str, str] = {}
    for thing in sorted(site.world.things, key=lambda thing: not thing.public):
        if role in thing.belongs_to or thing.public:
            ids.setdefault(thing.group, thing.id)
    missions = (thing for thing in site.world.things if thing.group == "calls" and "assessor" in thing.belongs_to)
    return ids | {"missions": next(missions).id}


@pytest.mark.parametrize(("role", "path"), CASES, ids=[f"{role} {path}" for role, path in CASES])
async def test_a_page_is_accessible_in_every_mode(site: Site, windows: Windows, role: str, path: str) -> None:
    window = await windows.of(role)
    window.console.clear()
    status = await window.open(path.format(**ids_for(site, role)))
    assert status == (404 if path == "/nothing-here" else 200), (path, status)
    found: list[str] = []
    for mode, (screen, media, rules) in MODES.items():
        await window.page.set_viewport_size(screen)  # type: ignore[arg-type]
        await window.page.emulate_media(**media)
        violations = [] if rules is None else await violations_on(window, rules)
        wide = await window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        violations += [f"the page is {wide} pixels wider than the screen"] if wide > 0 else []
        found += [f"{mode}: {violation}" for violation in violations]
    found += [f"the console said {said}" for said in window.console]
    found += [f"a request went to {address}" for address in window.elsewhere]
    headings = await window.page.locator("h1").count()
    found += [] if headings == 1 else [f"{headings} headings of the first level"]
    assert found == []


async def violations_on(window: Visitor, rules: dict[str, Any]) -> list[str]:
    """Return the violations of rules of axe on the page as it is shown."""
    results = await Axe().run(window.page, options=rules)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"][:3]
    ]
