"""Loops of profiles: scheduled posts, erasures, reminders, requests to join that expire, orphaned uploads."""

from services.profiles.organisations.people.joining.usecases import expire
from services.profiles.organisations.usecases import remind_editors
from services.profiles.personal import PERSONAL
from services.profiles.posts.usecases import publish_due
from shared.files.store import LOOP as SWEEP
from shared.personal import erase_again
from shared.service import Loop

LOOPS = [
    Loop("posts", every=5, work=lambda runtime: publish_due(runtime.db)),
    Loop("erasures", every=60, work=lambda runtime: erase_again(PERSONAL, runtime.db)),
    Loop("reminders", every=3600, work=lambda runtime: remind_editors(runtime.db)),
    Loop("join_requests", every=600, work=lambda runtime: expire(runtime.db)),
    SWEEP,
]
