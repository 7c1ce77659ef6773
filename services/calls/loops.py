"""Loops of calls: publish the milestones of deadlines, sweep orphaned uploads, fold the words of calls again."""

from services.calls.catalogue.store import fold_again
from services.calls.catalogue.usecases import publish_milestones
from services.calls.files.store import LOOP
from shared.service import Loop

LOOPS = [
    Loop("milestones", every=5, work=lambda runtime: publish_milestones(runtime.db)),
    Loop("folding", every=3600, work=lambda runtime: fold_again(runtime.db)),
    LOOP,
]
