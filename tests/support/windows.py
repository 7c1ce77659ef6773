"""Windows of a real browser on a running platform."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from shared.http.caller import cookie_name
from tests.support.people import Member, Platform
from tests.support.roles import World

# A busy machine takes its time.
expect.set_options(timeout=20_000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}
MODES: dict[str, dict[str, Any]] = {
    "1280 with scripts": {"viewport": WIDE},
    "390 without scripts": {"viewport": PHONE, "java_script_enabled": False},
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The focus is seen if the focused element has an outline, and lies on the screen with some of its area.
FOCUS_IS_SEEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return outlined && box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
}"""
MOST_STOPS = 150


@dataclass
class Visitor:
    """A browser window of one person. It notes messages of the console and requests to other hosts."""

    url: str
    context: BrowserContext
    page: Page
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    received: dict[str, int] = field(default_factory=dict)  # bytes over the wire, by address

    def watch(self) -> None:
        """Begin to note what should not happen."""
        host = urlsplit(self.url).netloc
        self.page.on("console", lambda said: self.note(said.text))
        self.page.on("pageerror", lambda error: self.note(str(error)))
        self.page.on(
            "request",
            lambda sent: None if urlsplit(sent.url).netloc in {host, ""} else self.elsewhere.append(sent.url),
        )

    def note(self, said: str) -> None:
        """Keep what the console said, without what Chromium says of a refused form and of a page that was left."""
        if "status of 4" not in said and "Transition was aborted" not in said:
            self.console.append(said)

    async def open(self, path: str) -> int:
        """Open a page by its path. Return the status."""
        answer = await self.page.goto(self.url + path)
        assert answer
        return answer.status

    async def log_in(self, member: Member, password: str) -> None:
        """Log in with the form."""
        await self.open("/login")
        await self.page.get_by_label("E-mail address").fill(member.email)
        await self.page.get_by_label("Password", exact=True).fill(password)
        await self.page.get_by_role("button", name="Log in").click()
        await self.page.wait_for_url("**/inbox")

    async def is_member(self, member: Member) -> None:
        """Log in without the form: put the member's token into the cookie."""
        await self.context.clear_cookies()
        token = member.headers["Authorization"].removeprefix("Bearer ")
        await self.context.add_cookies([{"name": cookie_name(self.url), "value": token, "url": self.url}])

    async def has_scripts(self) -> bool:
        """Return whether the pages in this window run their script."""
        return bool(await self.page.evaluate("matchMedia('(scripting: enabled)').matches"))

    def field(self, label: str, within: str = "main") -> Locator:
        """Return the field with a label, without what the label says besides."""
        return self.page.locator(within).get_by_label(label).first

    async def fill(self, fields: dict[str, str]) -> None:
        """Type into fields, or choose in them, by their labels."""
        for label, value in fields.items():
            field = self.field(label)
            if await field.evaluate("each => each.localName") == "select":
                await field.select_option(label=value)
            else:
                await field.fill(value)

    async def press(self, words: str) -> None:
        """Press the button of the page with these words."""
        await self.page.locator("main").get_by_role("button", name=words).first.click()

    async def follow(self, words: str) -> None:
        """Follow the link of the page with these words."""
        await self.page.locator("main").get_by_role("link", name=words).first.click()

    async def arrives(self, heading: str) -> None:
        """Wait for the page with this heading, which the screen shows without scrolling sideways."""
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        wider = await self.page.evaluate(SIDEWAYS)
        assert wider <= 0, f"{self.page.url} is {wider} pixels wider than the screen"

    async def reads(self, words: str) -> None:
        """Wait for words on the page."""
        await expect(self.page.locator("main")).to_contain_text(words)

    async def tab_to(self, target: Locator, key: str = "Tab") -> None:
        """Move the focus to an element by the keyboard alone; each stop on the way shows that it has the focus."""
        await target.wait_for()  # a page that was sent for may still be on its way
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press(key)
            if await self.page.evaluate("document.activeElement === document.body"):
                continue  # from the last element the focus goes on to the first
            assert await self.page.evaluate(FOCUS_IS_SEEN), await self.page.evaluate("document.activeElement.outerHTML")
            if await target.evaluate("each => each === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not reach {target}")

    async def keys(self, typed: dict[str, str]) -> None:
        """Fill in fields by the keyboard alone, in the order of the page."""
        for label, text in typed.items():
            await self.tab_to(self.field(label))
            await self.page.keyboard.type(text)

    async def enter_in(self, label: str) -> None:
        """Press Enter in a field that lies before the focus."""
        await self.tab_to(self.field(label), "Shift+Tab")
        await self.page.keyboard.press("Enter")


class Site:
    """The platform of a module, and windows on it."""

    world: World

    def __init__(self, url: str, browser: Browser, ccp: Platform) -> None:
        self.url, self.browser, self.ccp = url, browser, ccp
        self.contexts: list[BrowserContext] = []

    async def visitor(self, **options: Any) -> Visitor:
        """Return a new window; `options` are those of a browser context."""
        context = await self.browser.new_context(**{"viewport": WIDE, "locale": "en-GB"} | options)
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        visitor = Visitor(self.url, context, await context.new_page())
        visitor.watch()
        return visitor
