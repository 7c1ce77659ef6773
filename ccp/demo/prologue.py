"""The steps before the chapters: people register, organisations pass a review, calls and gatherings are published."""

import asyncio
from datetime import timedelta

from ccp.client import Client, Json
from ccp.demo.cast import BRUSSELS, PATIENCE, Cast, Person
from ccp.demo.mailbox import Mailbox, confirm_links


async def play(cast: Cast, mailbox: Mailbox) -> list[Json]:
    """Publish the content of the newsletter of May 2016. Return its gatherings."""
    facts, people = cast.facts, list(cast.people.values())
    await cast.each("members register", people, lambda person: register(cast, person))
    await confirm(cast, mailbox, people)
    await cast.each(
        "organisations pass their review", facts["organisations"], lambda fact: register_organisation(cast, fact)
    )
    followers = [person for person in people if person.interests]
    await cast.each("members choose their interests", followers, lambda person: follow(cast, person))
    await cast.each("partner requests are published", facts["partner_requests"], lambda fact: seek_partner(cast, fact))
    await cast.each("posts are published", facts["posts"], lambda fact: tell(cast, fact))
    gatherings = await cast.each("gatherings are published", facts["gatherings"], lambda fact: gather(cast, fact))
    await cast.each("calls are published", facts["calls"], lambda fact: publish(cast, fact))
    await cast.each("a deadline is extended", facts["changes"], lambda change: extend(cast, change))
    return gatherings


async def register(cast: Cast, person: Person) -> None:
    body = {"email": person.email, "name": person.name, "country": person.country}
    await cast.visitor.post("/members", body, key=cast.key(person.email))


async def confirm(cast: Cast, mailbox: Mailbox, people: list[Person]) -> None:
    """Follow the link in each confirmation e-mail and set a password."""
    waiting = {person.email: person for person in people}
    async with asyncio.timeout(PATIENCE):
        while waiting:
            links = await confirm_links(mailbox)
            for address in waiting.keys() & links.keys():
                person = waiting.pop(address)
                person.id = (await cast.visitor.post(links[address], {"password": cast.password}))["id"]
                person.client = await cast.visitor.log_in(address, cast.password)
            cast.watcher.progress("addresses are confirmed by e-mail", len(people) - len(waiting), len(people))
            await asyncio.sleep(0.1)


async def register_organisation(cast: Cast, fact: Json) -> None:
    """Register an organisation and let an operator review it."""
    body = {name: value for name, value in fact.items() if name not in {"slug", "contact"}}
    contact = cast.contact(fact["slug"]).me
    organisation = await contact.post("/organisations", body, key=cast.key(fact["slug"]))
    path = f"/organisations/{organisation['id']}"
    organisation = await contact.post(f"{path}/submit", version=organisation["version"])
    review = {"outcome": "publish"}
    organisation = await cast.operator.post(f"{path}/review", review, version=organisation["version"])
    cast.organisations[fact["slug"]] = organisation


async def follow(cast: Cast, person: Person) -> None:
    for number, interest in enumerate(person.interests):
        await person.me.post("/interests", interest, key=cast.key(str(number)))


async def seek_partner(cast: Cast, fact: Json) -> None:
    facts = {name: value for name, value in fact.items() if name != "organisation"}
    expires = cast.dated(cast.facts["today"] + timedelta(days=90))
    body = {**facts, "organisation_id": cast.organisations[fact["organisation"]]["id"], "expires_at": expires}
    await cast.contact(fact["organisation"]).me.post("/partner-requests", body, key=cast.key(fact["title"]))


async def tell(cast: Cast, fact: Json) -> None:
    """Write a post of an organisation and publish it."""
    author = cast.contact(fact["organisation"]).me
    body = {name: value for name, value in fact.items() if name != "organisation"}
    body["organisation_id"] = cast.organisations[fact["organisation"]]["id"]
    draft = await author.post("/posts", body, key=cast.key(fact["title"]))
    await author.post(f"/posts/{draft['id']}/publish", {}, version=draft["version"])


async def gather(cast: Cast, fact: Json) -> Json:
    client, body = as_publisher(cast, fact)
    made: Json = await client.post("/gatherings", body, key=cast.key(fact["title"]))
    return made


async def publish(cast: Cast, fact: Json) -> None:
    client, body = as_publisher(cast, fact)
    draft = await client.post("/calls", body, key=cast.key(fact["slug"]))
    cast.calls[fact["slug"]] = await client.post(f"/calls/{draft['id']}/publish", version=draft["version"])


async def extend(cast: Cast, change: Json) -> None:
    """Extend a deadline with a reason; the call's history keeps both."""
    call, publisher = cast.calls[change["call"]], cast.publisher(change["call"])
    body = {"deadline": cast.dated(change["deadline"]), "reason": change["reason"]}
    cast.calls[change["call"]] = await publisher.post(f"/calls/{call['id']}/extend", body, version=call["version"])
    history = await cast.visitor.get(f"/calls/{call['id']}/history")
    entry = history["items"][-1]
    check = "the history is intact" if history["intact"] else history["fault"]
    cast.note(change["call"], f"Deadline history, entry {entry['number']}: {entry['words'][0]}; {check}.")


def as_publisher(cast: Cast, fact: Json) -> tuple[Client, Json]:
    """Return the publisher's client and the request body."""
    facts = {name: value for name, value in fact.items() if name not in {"slug", "publisher"}}
    body = cast.dated(facts, fact.get("timezone", BRUSSELS))
    if not fact["publisher"]:
        return cast.operator, body
    return cast.contact(fact["publisher"]).me, {**body, "organisation_id": cast.organisations[fact["publisher"]]["id"]}
