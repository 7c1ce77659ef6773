"""Loops of notifications: send e-mails, and release those held by the limit."""

from services.notifications.mailing.usecases import release_bundles
from shared.service import Loop

LOOPS = [
    Loop("mailer", every=0.5, work=lambda runtime: runtime.resources.mailer.drain()),
    Loop("bundles", every=5, work=lambda runtime: release_bundles(runtime.db)),
]
