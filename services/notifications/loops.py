"""Time passing: e-mails leave, windows end."""

from services.notifications.mailing.store import release_bundles
from shared.service import Loop

LOOPS = [
    Loop("mailer", every=0.5, work=lambda at: at.resources.mailer.drain()),
    Loop("bundles", every=5, work=lambda at: release_bundles(at.db)),
]
