"""A browser without JavaScript for tests: it opens pages, follows links, and fills the forms that are in them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup, Tag

from tests.support.people import PASSWORD

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TYPED = {"text", "email", "url", "password", "search", "date", "datetime-local", "number", "hidden", "tel"}


@dataclass
class Browser:
    """Keeps cookies, says which site a request comes from, and follows redirects."""

    http: httpx.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)
    languages: str = "en"

    async def open(self, path: str) -> "Page":
        """Open a page by its address."""
        return await self.send("GET", path, {"Sec-Fetch-Site": "none"})

    async def log_in(self, email: str, password: str) -> "Page":
        """Log in with the form."""
        page = await self.open("/login")
        return await page.submit("Log in", email=email, password=password)

    async def send(
        self, method: str, path: str, headers: dict[str, str], data: list[tuple[str, str]] | None = None, files=None
    ) -> "Page":
        """Send a request and follow its redirects."""
        for _ in range(5):
            sent = {"Accept": ACCEPT, "Accept-Language": self.languages, **headers}
            if self.cookies:
                sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if files:
                content = {"data": _by_name(data or []), "files": files}
            else:
                content = {} if data is None else {"content": str(httpx.QueryParams(data)).encode()}
                if data is not None:
                    sent["Content-Type"] = "application/x-www-form-urlencoded"
            answer = await self.http.request(method, path, headers=sent, follow_redirects=False, **content)
            self._keep(answer)
            if answer.status_code != 303:
                return Page(self, str(answer.request.url), answer)
            path, method, data, files = urljoin(path, answer.headers["location"]), "GET", None, None
        raise AssertionError(f"too many redirects, the last one to {path}")

    def _keep(self, answer: httpx.Response) -> None:
        self.http.cookies.clear()  # the client is shared, and would send them for all browsers
        for line in answer.headers.get_list("set-cookie"):
            pair, *attributes = [part.strip() for part in line.split(";")]
            name, _, value = pair.partition("=")
            value = value.strip('"')
            if any(each.lower() in {"max-age=0"} for each in attributes) or not value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


async def browser_of(member: Any, password: str = PASSWORD) -> Browser:
    """Return the browser of a member who has logged in."""
    browser = Browser(member.platform.http)
    await browser.log_in(member.email, password)
    return browser


def _by_name(data: list[tuple[str, str]]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for name, value in data:
        made.setdefault(name, []).append(value)
    return made


@dataclass
class Page:
    """A page as it was answered."""

    browser: Browser
    url: str
    answer: httpx.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.answer.text, "html.parser")

    @property
    def title(self) -> str:
        return self.soup.title.get_text(strip=True)

    @property
    def heading(self) -> str:
        return self.soup.h1.get_text(" ", strip=True)

    @property
    def text(self) -> str:
        """The words of the main part, with single spaces."""
        return " ".join((self.soup.main or self.soup).get_text(" ", strip=True).split())

    @property
    def notice(self) -> str:
        found = self.soup.select_one(".notice")
        return found.get_text(" ", strip=True) if found else ""

    @property
    def problem(self) -> str:
        """The words of the error summary; empty without one."""
        found = self.soup.select_one("#problem")
        return found.get_text(" ", strip=True) if found else ""

    @property
    def errors(self) -> dict[str, str]:
        """The errors of fields, by the names of the fields."""
        found = {}
        for control in self.soup.select('[aria-invalid="true"]'):
            ids = (control.get("aria-describedby") or "").split()
            words = [self.soup.find(id=each) for each in ids if each.endswith("-error")]
            found[control.get("name") or control.get("id")] = " ".join(w.get_text(" ", strip=True) for w in words if w)
        return found

    @property
    def links(self) -> dict[str, str]:
        """The addresses of links, by their words."""
        return {link.get_text(" ", strip=True): link["href"] for link in self.soup.find_all("a", href=True)}

    @property
    def buttons(self) -> list[str]:
        return [button.get_text(" ", strip=True) for button in self.soup.select("main button")]

    async def follow(self, words: str) -> "Page":
        """Follow the link with these words."""
        assert words in self.links, f"no link {words!r} at {self.url}: {sorted(self.links)}"
        return await self.browser.send("GET", urljoin(self.url, self.links[words]), {"Sec-Fetch-Site": "same-origin"})

    async def submit(
        self, button_words: str, /, *, files=None, within: str = "body", **typed: str | list[str]
    ) -> "Page":
        """Press a button of the page, with other values in the fields of its form; a list ticks these boxes.

        A field in a group is named with dots: `**{"cut_offs.0.deadline": "2016-06-30T17:00"}`.
        """
        scope = self.soup.select_one(within)
        found = [each for each in scope.find_all("button") if each.get_text(" ", strip=True) == button_words]
        assert found, f"no button {button_words!r} at {self.url}: {self.buttons}"
        button = found[0]
        form = button.find_parent("form")
        data = fields_of(form)
        known = {name for name, _ in data} | {each.get("name") for each in form.select("[name]")}
        assert typed.keys() <= known, f"the form has no field {sorted(typed.keys() - known)}; it has {sorted(known)}"
        data = [(name, value) for name, value in data if name not in typed]
        for name, value in typed.items():
            data += [(name, each) for each in (value if isinstance(value, list) else [value])]
        if button.get("name"):
            data.append((button["name"], button.get("value", "")))
        action = urljoin(self.url, form.get("action") or self.url)
        if (form.get("method") or "get").lower() == "get":
            address = f"{action.partition('?')[0]}?{httpx.QueryParams(data)}"
            return await self.browser.send("GET", address, {"Sec-Fetch-Site": "same-origin"})
        return await self.browser.send("POST", action, {"Sec-Fetch-Site": "same-origin"}, data, files)


def fields_of(form: Tag) -> list[tuple[str, str]]:
    """Return what a browser would send for a form that was not touched."""
    data: list[tuple[str, str]] = []
    for control in form.select("input[name], select[name], textarea[name]"):
        name = str(control["name"])
        if control.name == "textarea":
            data.append((name, control.get_text().removeprefix("\n")))
        elif control.name == "select":
            chosen = control.select("option[selected]") or control.select("option")[:1]
            data += [(name, option.get("value", option.get_text())) for option in chosen]
        elif control.get("type") in {"checkbox", "radio"}:
            if control.has_attr("checked"):
                data.append((name, control.get("value", "on")))
        elif control.get("type", "text") in TYPED:
            data.append((name, control.get("value", "")))
    return data
