"""Loops of notifications: send e-mails, release those held by the limit, fold the words of interests, erasures."""

from services.notifications.mailing.usecases import release_bundles
from services.notifications.personal import PERSONAL
from services.notifications.preferences.usecases import fold_again
from shared.personal import erase_again
from shared.service import Loop

LOOPS = [
    Loop("mailer", every=0.5, work=lambda runtime: runtime.resources.mailer.drain()),
    Loop("bundles", every=5, work=lambda runtime: release_bundles(runtime.db)),
    Loop("erasures", every=60, work=lambda runtime: erase_again(PERSONAL, runtime.db)),
    Loop("folding", every=3600, work=lambda runtime: fold_again(runtime.db)),
]
