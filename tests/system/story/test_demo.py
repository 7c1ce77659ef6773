"""The demo: the newsletter's four cases to their end if the clock can move, and else their first day."""

import email
import email.policy
import html
import io
from collections.abc import AsyncIterator
from typing import Any

from rich.console import Console

from ccp.client import Client, Json
from ccp.demo import show
from ccp.demo.cast import Cast, Person
from ccp.demo.chapters import brazil, expression, interreg, japan, selection
from ccp.demo.crowd import achieving
from ccp.demo.crowd.making import NUMBER, clusters
from ccp.demo.story import Result, Story, TimeMachine
from services.profiles.countries.store import ANNOUNCED
from shared.bus.memory import MemoryBus
from shared.settings import Settings
from shared.testing import until
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, Platform
from tests.support.platforms import running_platform


class Silent:
    """A screen that shows nothing."""

    def progress(self, words: str, done: int, total: int) -> None: ...

    def alert(self, person: Person, alert: Json) -> None: ...


class Letters:
    """The messages that the SMTP server received."""

    def __init__(self, smtp: Any) -> None:
        self.smtp = smtp

    async def messages(self) -> AsyncIterator[tuple[str, str]]:
        for envelope in self.smtp.envelopes:
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            yield envelope.rcpt_tos[0], message.get_body(("plain",)).get_content()


async def tell(platform: Platform, machine: TimeMachine | None) -> tuple[Cast, Result]:
    profiles = platform.system.db("profiles") if machine else None
    story = Story(Client(platform.http), Letters(platform.smtp), "test", Silent(), machine, profiles)
    return story.cast, await story.play(OPERATOR_EMAIL, OPERATOR_PASSWORD)


async def states(cast: Cast, call: str) -> dict[str, str]:
    """Return the outcome of each application, by organisation."""
    return {
        fact["organisation"]: selection.decision(await selection.application_of(cast, fact))
        for fact in cast.of("applications", call)
    }


def test_the_clusters_are_many_and_the_same_at_every_run() -> None:
    made = clusters()
    assert made == clusters()
    assert len(made) == len({each.profile["name"] for each in made}) == NUMBER
    assert len({each.profile["description"] for each in made}) == NUMBER
    assert sum(len(each.posts) for each in made) > 100


async def test_the_four_cases_of_the_newsletter_are_played_to_their_end(ccp: Platform) -> None:
    cast, result = await tell(ccp, ccp.system)
    assert result.ahead == []
    assert (len(result.calls), len(result.people), result.clusters) == (6, 35, 220)
    await the_directory_is_worth_looking_at(ccp)
    await achievements_are_of_many_months_and_organisations(ccp, result)
    await countries_have_texts_and_what_was_achieved_there(ccp)
    await interreg_answers_before_and_after_its_deadline(cast)
    await the_expression_of_interest_became_partnerships(cast)
    await japan_accepted_no_application_after_its_deadline(cast)
    await brazil_gave_its_places_and_its_money(cast)
    await each_step_was_notified_once(result)
    page = shown(cast, result)
    for words in ("selected from reserve 1", "1,500.00 EUR", "73.9%", "formed, of 2", "every rule holds"):
        assert words in page, words
    assert "The demo cannot move the clock" not in page


async def the_directory_is_worth_looking_at(ccp: Platform) -> None:
    counts = (await ccp.http.get("/organisations/facets")).json()
    assert sum(counts["country"].values()) >= NUMBER
    assert len(counts["country"]) > 40
    assert 80 < len(counts["region"]) < NUMBER
    assert max(counts["region"].values()) > 3, "some regions have several"
    assert min(len(counts[name]) for name in ("ecosystem", "service", "technology")) > 10
    posts = (await ccp.http.get("/posts", params={"limit": 100})).json()["items"]
    assert len(posts) == 100
    assert len({post["published_at"][:7] for post in posts}) > 3, "they are of several months"
    for path in ("/", "/organisations", "/map", "/posts"):
        assert (await ccp.http.get(path, headers={"Accept": "text/html"})).status_code == 200


async def achievements_are_of_many_months_and_organisations(ccp: Platform, result: Result) -> None:
    told = (await ccp.http.get("/achievements", params={"limit": 100})).json()["items"]
    assert len(told) == result.achievements == len(achieving.facts()) >= 25
    assert len({each["published_at"][:7] for each in told}) > 6, "they are of many months"
    assert len({each["organisation_id"] for each in told}) > 20
    for each in told:
        assert each["story"].count("\n\n") in (1, 2), each["title"]
        assert all(each[name] for name in ("impact", "people", "year", "countries", "ecosystems")), each["title"]
        page = await ccp.http.get(f"/organisations/{each['organisation_id']}", headers={"Accept": "text/html"})
        assert html.escape(each["title"]) in page.text
    behind = {page for each in told if each["behind"] and (page := each["behind"]["page"])}
    for path in behind:
        assert (await ccp.http.get(path)).status_code == 200
    assert {path.split("/")[1] for path in behind} == {"calls", "partnerships"}
    home = (await ccp.http.get("/", headers={"Accept": "text/html"})).text
    assert told[0]["title"] in home


async def countries_have_texts_and_what_was_achieved_there(ccp: Platform) -> None:
    profiles = ccp.system.db("profiles")
    for code in ("JP", "US", "BR", "MX"):

        async def achieved(code: str = code) -> bool:
            return await ANNOUNCED.count(profiles, {"countries": code, "kind": "achievement"}) >= 4

        await until(achieved, f"achievements for the page of {code}")
        page = (await ccp.http.get(f"/countries/{code}")).json()
        assert any(each["kind"] == "achievement" for each in page["announced"])
        text = page["text"]
        assert all((text["policy"], text["gateways"], text["sources"]))
    for language, words in (
        ("en", "strategic partners"),
        ("fr", "partenaires stratégiques"),
        ("de", "strategische Partner"),
    ):
        asked = {"Accept": "text/html", "Accept-Language": language}
        assert words in (await ccp.http.get("/countries/JP", headers=asked)).text


async def interreg_answers_before_and_after_its_deadline(cast: Cast) -> None:
    verdicts = sorted((who, partner, answer) for who, partner, _, answer, _ in cast.rows[interreg.CALL])
    assert verdicts == [
        ("Green Building Valley", "", "depends"),
        ("Green Building Valley", "Plastipolis", "eligible"),
        ("Green Building Valley", "Plastipolis", "not eligible"),
        ("Nordic ICT Cluster", "Plastipolis", "not eligible"),
    ]
    [question] = (await cast.visitor.get(f"/calls/{cast.calls[interreg.CALL]['id']}/questions"))["items"]
    assert question["answer"].startswith("In Brussels time")
    assert (await cast.visitor.get(f"/calls/{cast.calls[interreg.CALL]['id']}"))["status"] == "closed"


async def the_expression_of_interest_became_partnerships(cast: Cast) -> None:
    assert await states(cast, expression.CALL) == {
        "plastipolis": "selected",
        "nordic-ict": "selected",
        "alpine-energy": "rejected",
    }
    formed = (await cast.visitor.get("/partnerships"))["items"]
    who = {one["coordinator"]["name"]: [partner["name"] for partner in one["partners"]] for one in formed}
    assert who == {
        "Plastipolis": ["Bavarian Timber Construction Cluster"],
        "Nordic ICT Cluster": ["Lombardy ICT Network"],
    }
    nordic = next(
        one for one in await selection.ranking(cast, expression.CALL) if one["organisation_name"][:6] == "Nordic"
    )
    assert nordic["judged"]["conflicted"] == [cast.people["Nikolaj Jensen"].id]
    assert nordic["judged"]["scored"] == 2


async def japan_accepted_no_application_after_its_deadline(cast: Cast) -> None:
    assert await states(cast, japan.CALL) == {"nordic-ict": "submitted", "lombardy": "submitted", "adriatic": "draft"}
    early, opening, *_, late = cast.notes[japan.CALL]
    assert "Anna Lindqvist applies: This call is forthcoming. Apply after it opens on 23 May 2016, 09:00 CEST." in early
    assert opening.startswith("On 23 May 2016 it is open.")
    assert "Ana Kovac submits: The last cut-off of this call was 30 June 2016, 17:00 CEST." in late
    maria = [alert["title"] for alert in cast.people["Maria Rossi"].alerts if "Japan" in alert["title"]]
    assert [title.partition(":")[0] for title in reversed(maria)][:2] == ["Opens on 23 May 2016", "Apply"]
    nordic = await selection.application_of(cast, cast.of("applications", japan.CALL)[0])
    assert (nordic["submissions"], nordic["answers"]["companies"]) == (2, 5)


async def brazil_gave_its_places_and_its_money(cast: Cast) -> None:
    assert await states(cast, brazil.CALL) == {
        "alpine-energy": "selected",
        "adriatic": "selected",
        "green-build": "selected from reserve 1",
        "timber": "withdrawn",
        "iberian": "reserve 2",
        "tejo": "rejected",
    }
    path, mission = f"/calls/{cast.calls[brazil.CALL]['id']}", cast.calls[brazil.CALL]["mission"]
    assert (mission["starts_on"], mission["ends_on"], mission["series"]["of"]) == ("2016-08-08", "2016-08-12", 4)
    assert await cast.visitor.get(f"{path}/places") == {"places": 3, "taken": 3, "left": 0}
    claims = (await cast.publisher(brazil.CALL).get(f"{path}/claims"))["items"]
    assert {one["state"] for one in claims} == {"paid"}
    assert sorted(one["due"]["cents"] for one in claims) == [110_060, 128_040, 150_000]
    for one in claims:
        assert one["due"]["cents"] * 100 <= one["total"]["cents"] * 80
    accounts = await cast.publisher(brazil.CALL).get(f"{path}/accounts")
    assert accounts["paid"]["cents"] == sum(one["due"]["cents"] for one in claims) <= accounts["budget"]["cents"]
    history = await cast.visitor.get(f"{path}/history")
    assert history["intact"]
    assert [entry["words"] for entry in history["items"]][1:] == [
        ["deadline extended from 8 June 2016, 23:59 CEST to 9 June 2016, 23:59 CEST"]
    ]


async def each_step_was_notified_once(result: Result) -> None:
    assert result.alerts == 272, "README and the compose test count them too"
    sanne = next(person for person in result.people if person.name == "Sanne de Vries")
    verbs = [alert["title"].partition(":")[0] for alert in reversed(sanne.alerts)]
    of_others = {"Apply", "Changed", "Meet partners for", "A partner for you", "Expires in a week"}
    assert [verb for verb in verbs if verb not in of_others] == [
        "Published",
        "Receipt",
        "On the reserve list",
        "Selected",
        "Correct your claim",
        "Claim approved",
        "Paid",
    ]


async def test_if_the_clock_cannot_move_the_first_day_is_played_and_the_rest_is_listed(
    mongo_url: str, settings: Settings
) -> None:
    """Like the containers, which use the real clock: all dates are moved by whole weeks."""
    async with running_platform(mongo_url, settings, MemoryBus(), start=None) as platform:
        cast, result = await tell(platform, None)
    assert cast.shift.days > 3000
    assert cast.shift.days % 7 == 0
    assert (len(result.calls), len(result.people), result.alerts) == (4, 35, 142)
    assert {outcome.title: len(outcome.rows) for outcome in result.outcomes} == {
        "Interreg North-West Europe: one deadline": 3,
        "Expression of interest: strategic cluster partnerships": 3,
        "Mission to Japan": 0,
        "Mission to Brazil, 1 of 4": 6,
    }
    page = shown(cast, result)
    assert "submitted" in page
    assert "The demo cannot move the clock" in page
    assert f"{result.ahead[-1].on + cast.shift:%d %b %Y}: new calls and a conference are announced" in page


def shown(cast: Cast, result: Result) -> str:
    screen = Console(file=io.StringIO(), width=240)
    show.tables(screen, result, cast.shift)
    return screen.file.getvalue()
