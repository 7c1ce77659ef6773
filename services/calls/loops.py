"""Loops of calls: publish the milestones of deadlines, and sweep orphaned uploads."""

from services.calls.catalogue.usecases import publish_milestones
from services.calls.files.store import LOOP
from shared.service import Loop

LOOPS = [Loop("milestones", every=5, work=lambda runtime: publish_milestones(runtime.db)), LOOP]
