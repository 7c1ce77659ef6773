"""Time passing: deadlines come closer, and pass."""

from services.calls.usecases import announce_milestones
from shared.service import Loop

LOOPS = [Loop("milestones", every=5, work=lambda at: announce_milestones(at.db))]
