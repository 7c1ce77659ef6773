"""Make fictitious clusters and their posts from tables of parts, the same at every run."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ccp.client import Json
from ccp.demo.crowd.news import ANNOUNCEMENTS, DOCUMENTS, NEWS
from ccp.demo.crowd.places import ELSEWHERE, IN_EUROPE, LOCAL, PATTERNS
from ccp.demo.crowd.themes import THEMES, Theme
from services.profiles.geography.regions import regions_of
from services.profiles.organisations.vocabulary import Label, ServiceOffered
from shared.vocabulary import country_name

NUMBER = 220
FIRST_DAY, LAST_DAY = date(2016, 5, 9), date(2017, 1, 3)
BEFORE = 0.7  # the share of clusters that are here when the story begins
WITH_POSTS = 0.45
SOUGHT = ("JP", "US", "BR", "MX", "CA", "KR", "CL", "IN", "ZA", "SG")
KINDS = ("cluster_organisation",) * 16 + ("technology_centre", "science_park", "association", "partnership_body")


@dataclass(frozen=True)
class Place:
    """The area, city and point of a cluster."""

    country: str
    name: str
    region: str
    city: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Cluster:
    """A cluster: its profile as editors send it, the day on which it arrives, and its posts by day."""

    profile: Json
    arrives: date
    posts: Sequence[tuple[date, Json]] = field(default=())


def clusters() -> list[Cluster]:
    """Return the clusters in the order in which they arrive."""
    dice = random.Random(2016)  # noqa: S311  the same at every run
    taken: set[str] = set()
    made = [_cluster(number, place, dice, taken) for number, place in enumerate(_places(dice))]
    return sorted(made, key=lambda each: each.arrives)


def _places(dice: random.Random) -> Iterator[Place]:
    """Yield the place of each cluster: the regions of a country in turn, then the cities elsewhere."""
    for country, number in IN_EUROPE.items():
        found = [*regions_of(country)]
        dice.shuffle(found)
        for _ in range(number):
            region = found[int(len(found) * dice.random() ** 2.2)]  # they gather in the first regions
            latitude, longitude = region.lat + dice.uniform(-0.2, 0.2), region.lon + dice.uniform(-0.2, 0.2)
            name = region.name.split(" (")[0].split("/")[0].split(",")[0].strip()
            yield Place(country, name, region.code, "", round(latitude, 3), round(longitude, 3))
    for country, cities in ELSEWHERE.items():
        for name, city, latitude, longitude in cities:
            yield Place(country, name, "", city, latitude, longitude)


def _cluster(number: int, place: Place, dice: random.Random, taken: set[str]) -> Cluster:
    theme = THEMES[number * 7 % len(THEMES)]
    name = _name(theme, place, dice, taken)
    arrives = FIRST_DAY
    if dice.random() > BEFORE:
        arrives += timedelta(days=dice.randrange(1, (LAST_DAY - FIRST_DAY).days))
    lands = dice.sample([land for land in SOUGHT if land != place.country], dice.choice((0, 1, 2, 2, 3)))
    founded = dice.randint(1996, 2015)
    profile = {
        "name": name,
        "acronym": "".join(word[0] for word in name.replace("-", " ").split() if word[0].isalpha()).upper(),
        "kind": dice.choice(KINDS),
        "description": _description(theme, place, founded, lands, dice),
        "website": f"https://cluster-{number + 1}.example",
        "country": place.country,
        "region": place.region,
        "city": place.city,
        "point": {"latitude": place.latitude, "longitude": place.longitude},
        "year_founded": founded,
        "staff": dice.choice((1, 1.5, 2, 3, 4, 5, 6, 8, 12, 20)),
        "members": _members(dice),
        "ecosystems": [*theme.ecosystems[: dice.choice((1, 2, 3))]],
        "sectors": sorted(theme.sectors[: dice.choice((1, 2, 3, 4))]),
        "technologies": sorted(dice.sample(theme.technologies, dice.randint(1, len(theme.technologies)))),
        "priorities": [theme.goal[0].upper() + theme.goal[1:]] if dice.random() < 0.5 and len(theme.goal) < 110 else [],
        "services": sorted(dice.sample([*map(str, ServiceOffered)], dice.randint(2, 6))),
        "countries_of_interest": sorted(lands),
        "labels": dice.sample([*map(str, Label)], dice.choice((0, 0, 0, 1, 1, 2))),
    }
    told = _posts(name, theme, place, arrives, dice) if dice.random() < WITH_POSTS else []
    return Cluster(profile, arrives, told)


def _name(theme: Theme, place: Place, dice: random.Random, taken: set[str]) -> str:
    """Return a name that no other cluster has."""
    patterns = (*LOCAL.get(place.country, ()), *PATTERNS)
    for _ in range(100):
        name = dice.choice(patterns[:4]).format(theme=dice.choice(theme.names), place=place.name)
        if name not in taken:
            break
    taken.add(name)
    return name


def _members(dice: random.Random) -> dict[str, int]:
    small = dice.choice((16, 22, 31, 40, 55, 70, 95, 120, 180, 260))
    numbers = {"sme": small, "large": dice.randint(0, small // 6), "research": dice.randint(1, 9)}
    return {**numbers, "other": dice.choice((0, 0, 2, 5))}


def _description(theme: Theme, place: Place, founded: int, lands: Sequence[str], dice: random.Random) -> str:
    first, second = dice.sample(theme.work, 2)
    opening = dice.choice(
        (
            f"Since {founded} we have brought together {theme.makers} in {place.name}.",
            f"We are {theme.makers} from {place.name}, and have worked together since {founded}.",
            f"{theme.makers[0].upper()}{theme.makers[1:]}: in {place.name} they know each other, thanks to a network "
            f"that began in {founded} with a dozen members.",
        )
    )
    middle = dice.choice(
        (
            f"Our members {first}. Others {second}.",
            f"In working groups our members {first}, and {second}.",
            f"What we do is best seen in two projects: in one, members {first}; in the other, they {second}.",
        )
    )
    shared = dice.choice((f"They share {theme.place}.", f"All of them can use {theme.place}."))
    aim = dice.choice((f"Our aim is to {theme.goal}.", f"In ten years we want to {theme.goal}."))
    paragraphs = [f"{opening} {middle}", f"{shared} {aim}"]
    if lands:
        named = " and ".join(map(_land, lands[:2]))
        paragraphs.append(f"Abroad we look for partners above all in {named}.")
    return "\n\n".join(paragraphs)


def _posts(name: str, theme: Theme, place: Place, arrives: date, dice: random.Random) -> list[tuple[date, Json]]:
    """Return one to three posts with the days on which they appear, after the cluster arrived."""
    posts = []
    left = (LAST_DAY - arrives).days
    for kind, (title, text) in _told(dice, dice.choice((1, 1, 2, 3))):
        land = dice.choice([land for land in SOUGHT[:5] if land != place.country])
        words: dict[str, Any] = {
            "name": name,
            "place": place.name,
            "makers": theme.makers,
            "work": dice.choice(theme.work),
            "facility": theme.place,
            "goal": theme.goal,
            "land": _land(land),
        }
        filled = title.format(**words)
        post = {
            "kind": kind,
            "title": filled[0].upper() + filled[1:],
            "text": text.format(**words),
            "countries": [land] if words["land"] in filled else [],
            "ecosystems": [*theme.ecosystems[:2]],
        }
        posts.append((arrives + timedelta(days=dice.randint(0, max(left, 0))), post))
    return posts


def _land(country: str) -> str:
    """Return a country as sentences have it."""
    return f"the {country_name(country)}" if country == "US" else country_name(country)


def _told(dice: random.Random, number: int) -> list[tuple[str, tuple[str, str]]]:
    """Return patterns of different posts, each with its kind."""
    every = [
        *(("news", pattern) for pattern in NEWS),
        *(("announcement", pattern) for pattern in ANNOUNCEMENTS),
        *(("document", pattern) for pattern in DOCUMENTS),
    ]
    return dice.sample(every, number)
