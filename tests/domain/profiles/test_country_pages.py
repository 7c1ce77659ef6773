"""Texts of operators as HTML, and what events announce, read from their contracts by convention."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime

from services.profiles.countries.domain import AlreadyPublic, CountryPage, CountryText, known
from services.profiles.countries.markdown import rendered
from shared.contracts import Event, profiles
from shared.contracts.announcements import announcement_of, announcing, kinds
from shared.contracts.base import Countries, Part
from shared.errors import NotFound

NOW = datetime(2016, 5, 9, 9, tzinfo=UTC)
NASTY = "<script>alert(1)</script> [a](javascript:alert(1)) ![b](https://elsewhere.example/b.png) <b onclick=x>c</b>"


def test_a_text_is_commonmark_with_headings_of_the_right_level_and_careful_links() -> None:
    page = BeautifulSoup(rendered("# Dialogue\n\n- **one** [EU](https://eu.example/x)\n\n###### Last"), "html.parser")
    assert [each.name for each in page.select("h1, h2, h3, h4, h5, h6")] == ["h3", "h6"]
    assert page.strong.get_text() == "one"
    assert (page.a["href"], page.a["rel"]) == ("https://eu.example/x", ["nofollow", "noopener"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*"<>[]()!*_`#&\"'", NASTY, "javascript:", "\n", "a"]), max_size=40).map("".join))
def test_no_text_becomes_html_of_its_own(text: str) -> None:
    page = BeautifulSoup(rendered(text), "html.parser")
    assert not page.select("script, img, b, iframe, [onclick], [style]")
    for link in page.select("a"):
        assert not str(link.get("href")).lower().startswith(("javascript:", "data:", "vbscript:"))
        assert "nofollow" in link["rel"]


def test_a_country_has_its_code_and_that_of_the_eu() -> None:
    assert [known(code) for code in ("JP", "jp", "el", "UK")] == ["JP", "JP", "GR", "GB"]
    for code in ("XX", "JPN", "", "..", "1"):
        with pytest.raises(NotFound):
            known(code)


def test_a_text_is_public_in_the_edition_that_was_published() -> None:
    page, first = CountryPage.blank("JP").written(CountryText(policy="One"), "anna", NOW)
    page, second = page.written(CountryText(policy="Two", policy_fr="Deux"), "bert", NOW)
    assert (page.newest, page.public, page.text) == (2, 0, None)
    shown = page.shows(second, NOW)
    assert shown.text.policy_in("fr") == ("Deux", "fr")
    assert shown.text.policy_in("de") == ("Two", "en")
    with pytest.raises(AlreadyPublic):
        shown.shows(second, NOW)
    assert shown.shows(first, NOW).text.policy == "One"


def test_each_event_with_a_title_a_page_and_countries_is_announced() -> None:
    assert {"call", "gathering", "request", "post", "achievement", "organisation"} <= {*kinds()}
    assert profiles.TokenRevoked not in announcing()
    assert profiles.AchievementReturned not in announcing()


def test_a_fifth_service_is_announced_without_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Event, "registry", dict(Event.registry))

    class CourseFacts(Part):
        version: int
        title: str
        countries: Countries
        ends_at: AwareDatetime | None = None
        url: str

    class CoursePublished(Event, type="academy.course.published.v1", subject="course_id"):
        course_id: str
        course: CourseFacts

    class CourseCancelled(Event, type="academy.course.cancelled.v1", subject="course_id"):
        course_id: str

    facts = CourseFacts(version=3, title="Export to Japan", countries=["JP"], ends_at=NOW, url="/courses/1")
    assert {CoursePublished, CourseCancelled} <= {*announcing()}
    told = announcement_of(CoursePublished(course_id="1", course=facts))
    assert (told.kind, told.id, told.title, told.url, [*told.countries]) == (
        "course",
        "1",
        "Export to Japan",
        "/courses/1",
        ["JP"],
    )
    assert (told.over, told.until, told.version) == (False, NOW, 3)
    assert announcement_of(CourseCancelled(course_id="1")).over
