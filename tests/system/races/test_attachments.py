"""A file is attached to a post that others withdraw, delete or fill at the same moment, or whose organisation ends."""

import pytest

from services.profiles.organisations.review import TakeDown
from services.profiles.organisations.reviewing import take_down
from services.profiles.posts.attachments.usecases import attach_file
from services.profiles.posts.domain import PostFile, PostStage, WrongStage
from services.profiles.posts.store import POSTS
from services.profiles.posts.usecases import OrganisationNotPublic, delete_post, withdraw_post
from shared.auth import Caller
from shared.errors import NotFound
from shared.files.store import ORPHANED, store_upload
from shared.models import ExpectedVersion
from shared.mongo import Database
from tests.support.people import Platform, ok
from tests.support.races import overlap, use
from tests.support.uploads import PDF, pieces

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)
REFUSED = {"withdraw": WrongStage, "delete": NotFound, "take_down": OrganisationNotPublic}


async def uploaded(db: Database, content: bytes) -> PostFile:
    file = await store_upload(db, "paper.pdf", pieces(content), "eve")
    return PostFile(**file.model_dump(), title="Paper")


@pytest.mark.parametrize("first", ["withdraw", "delete", "take_down", "attach another"])
async def test_a_file_is_kept_if_its_post_has_it_and_only_then(shared_ccp: Platform, first: str) -> None:
    db = shared_ccp.system.db("profiles")
    eve = await shared_ccp.member("Eve")
    ours = (await shared_ccp.organisation(eve, name="Ours"))["id"]
    draft = ok(await eve.post("/posts", {"organisation_id": ours, "title": "We met in Osaka"}))
    if first == "withdraw":
        ok(await eve.post(f"/posts/{draft['id']}/publish", {}, version=draft["version"]))
    id, owner = draft["id"], Caller(id=eve.id)
    file, other = await uploaded(db, PDF), await uploaded(db, PDF + b"other")
    others = {
        "withdraw": use(withdraw_post, id, owner, ANY),
        "delete": use(delete_post, id, owner, ANY),
        "take_down": use(take_down, ours, TakeDown(reasons=["A reason."]), OPERATOR, ANY),
        "attach another": use(attach_file, other, id, owner),
    }
    both = await overlap(db, others[first], use(attach_file, file, id, owner))
    assert both.conflicted, f"both committed: {both}"
    post = await POSTS.get(db, id)
    if first == "attach another":
        assert {each.sha256 for each in post.files} == {file.sha256, other.sha256}
        assert not await ORPHANED.count(db, {"_id": {"$in": [file.stored_as, other.stored_as]}})
        return
    assert isinstance(both.second, REFUSED[first])
    assert await ORPHANED.count(db, {"_id": file.stored_as}) == 1
    assert post is None if first == "delete" else not post.files
    assert post is None or post.stage in {PostStage.WITHDRAWN, PostStage.DRAFT}
