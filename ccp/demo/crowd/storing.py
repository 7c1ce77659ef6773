"""Let fictitious clusters arrive on a platform that runs in this process, in batches through the service's own code."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from ccp.client import Json
from ccp.demo.crowd.making import Cluster, clusters
from services.profiles.organisations.domain import Organisation, draft
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.review import Review
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import publish_profile
from services.profiles.posts.domain import Post, PostBody
from services.profiles.posts.store import POSTS
from services.profiles.posts.usecases import post_published
from shared.ids import new_id
from shared.mongo import Database, Transaction

AT_ONCE = 20  # documents in one transaction
ZONE = ZoneInfo("Europe/Brussels")
T = TypeVar("T")


Told = tuple[date, Json, Organisation]  # the day of a post, its content, and who tells it


class Crowd:
    """The clusters that have not arrived yet. They belong to no member, so that no member gets alerts about them."""

    def __init__(self, profiles: Database, shift: timedelta) -> None:
        self.profiles, self.shift = profiles, shift
        self.waiting = clusters()
        self.untold: list[Told] = []
        self.ids: dict[str, str] = {}  # of the clusters that have arrived, by name

    @property
    def arrived(self) -> int:
        """Number of clusters that have arrived."""
        return len(self.ids)

    async def arrive(self, until: date) -> None:
        """Publish the clusters that arrive until a day of 2016, and what they tell until then."""
        due = [each for each in self.waiting if each.arrives <= until]
        self.waiting = self.waiting[len(due) :]
        for batch in batches(due):
            organisations, posts = await self.profiles.transact(store, batch)
            self.ids |= {organisation.name: organisation.id for organisation in organisations}
            self.untold += posts
        due_posts = [each for each in self.untold if each[0] <= until]
        self.untold = [each for each in self.untold if each[0] > until]
        for told in batches(due_posts):
            await self.profiles.transact(tell, told, self.shift)


async def store(tx: Transaction, batch: Sequence[Cluster]) -> tuple[Sequence[Organisation], Sequence[Told]]:
    """Store clusters as public profiles. Return them with what they will tell."""
    organisations: list[Organisation] = []
    told: list[Told] = []
    for cluster in batch:
        organisation = public(cluster.profile, tx.now)
        await ORGANISATIONS.insert(tx, organisation)
        await publish_profile(tx, organisation)
        organisations.append(organisation)
        told += [(day, body, organisation) for day, body in cluster.posts]
    return organisations, told


async def tell(tx: Transaction, told: Sequence[Told], shift: timedelta) -> None:
    """Store posts as public since the morning of their days."""
    for day, body, organisation in told:
        content = PostBody.model_validate({**body, "organisation_id": organisation.id})
        at = min(tx.now, datetime.combine(day + shift, time(8), ZONE))
        post = Post.draft(new_id(), content, organisation.name).published(at)
        await POSTS.insert(tx, post)
        tx.publish(post_published(post))


def public(profile: Json, now: datetime) -> Organisation:
    """Return the organisation after a review that it passed."""
    reviewed = draft(new_id(), OrganisationProfile.model_validate(profile), now).submitted()
    return reviewed.reviewed(Review(outcome="publish")).confirmed(now)


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield a list in parts."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
