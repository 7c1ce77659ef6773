"""Loops of matchmaking: look again for what was stored while a member was erased."""

from services.matchmaking.personal import PERSONAL
from shared.personal import erase_again
from shared.service import Loop

LOOPS = [Loop("erasures", every=60, work=lambda runtime: erase_again(PERSONAL, runtime.db))]
