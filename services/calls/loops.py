"""Time passing: deadlines come closer, and pass; files that nobody named are swept."""

from services.calls.catalogue.usecases import publish_milestones
from services.calls.files.store import LOOP
from shared.service import Loop

LOOPS = [Loop("milestones", every=5, work=lambda at: publish_milestones(at.db)), LOOP]
