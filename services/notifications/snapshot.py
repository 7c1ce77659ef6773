"""Snapshot of notifications for a new listener: the keys that verify links in its e-mails."""

from collections.abc import Sequence
from typing import Any

from services.notifications.personal import PERSONAL
from shared.auth import own_keys
from shared.contracts.notifications import LinkKeyPublished
from shared.snapshot import SnapshotSource

SNAPSHOT: Sequence[SnapshotSource[Any]] = [own_keys("notifications", LinkKeyPublished), PERSONAL.snapshot]
