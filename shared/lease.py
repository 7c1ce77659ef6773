"""How long a claim holds without a sign of life: who pauses longer has lost it to another process."""

from datetime import timedelta

from shared.settings import Settings

LEASE = timedelta(seconds=Settings().lease_seconds)
