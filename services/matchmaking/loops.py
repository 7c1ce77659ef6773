"""Loops of matchmaking: reminders of requests that expire, and what was stored while a member was erased."""

from services.matchmaking.personal import PERSONAL
from services.matchmaking.requests.usecases import remind_of_requests
from shared.personal import erase_again
from shared.service import Loop

LOOPS = [
    Loop("reminders", every=60, work=lambda runtime: remind_of_requests(runtime.db)),
    Loop("erasures", every=60, work=lambda runtime: erase_again(PERSONAL, runtime.db)),
]
