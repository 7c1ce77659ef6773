"""What organisations of the story and fictitious clusters achieved, stored at once through the service's own code."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

from ccp.client import Json
from ccp.demo.cast import Cast
from services.profiles.achievements.domain import Achievement, AchievementBody, AchievementReview
from services.profiles.achievements.store import ACHIEVEMENTS
from services.profiles.achievements.usecases import published_event
from shared.ids import new_id
from shared.mongo import Database, Transaction

FACTS = Path(__file__).with_name("achievements.toml")


async def achieve(cast: Cast, profiles: Database, clusters: Mapping[str, str]) -> int:
    """Publish the achievements, each since its day, and return their number.

    `clusters`: id of each fictitious cluster, by name. The events report facts of 2016, which cause no e-mail.
    """
    pages = await _pages(cast)
    achievements = [_achievement(cast, fact, clusters, pages) for fact in facts()]
    await profiles.transact(_store, achievements)
    return len(achievements)


def facts() -> Sequence[Json]:
    """Return the achievements in the order of their days."""
    achievements: list[Json] = tomllib.loads(FACTS.read_text("utf-8"))["achievements"]
    return achievements


async def _pages(cast: Cast) -> Mapping[str, str]:
    """Return the paths of calls and partnerships that may be behind an achievement."""
    slugs = {organisation["id"]: slug for slug, organisation in cast.organisations.items()}
    formed = (await cast.visitor.get("/partnerships"))["items"]
    partnerships = {f"partnership:{slugs[each['coordinator']['id']]}": f"/partnerships/{each['id']}" for each in formed}
    return {f"call:{slug}": f"/calls/{call['id']}" for slug, call in cast.calls.items()} | partnerships


def _achievement(cast: Cast, fact: Json, clusters: Mapping[str, str], pages: Mapping[str, str]) -> Achievement:
    """Return an achievement after a review that it passed in the morning of its day."""
    content = {name: value for name, value in fact.items() if name not in {"by", "on"}}
    if page := fact.get("behind", {}).get("page"):
        content["behind"] = {**fact["behind"], "page": pages[page]}
    by = fact["by"]
    member = cast.organisations.get(by)
    id, name = (member["id"], member["name"]) if member else (clusters[by], by)
    body = AchievementBody.model_validate({**content, "organisation_id": id})
    published_at = cast.moment(datetime.combine(fact["on"], time(8)))
    return (
        Achievement.draft(new_id(), body, name).submitted().reviewed(AchievementReview(outcome="publish"), published_at)
    )


async def _store(tx: Transaction, achievements: Sequence[Achievement]) -> None:
    for achievement in achievements:
        await ACHIEVEMENTS.insert(tx, achievement)
        tx.publish(published_event(achievement), occurred_at=achievement.published_at)
