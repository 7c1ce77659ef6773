"""Every event that travels between services, by the service that announces it."""

from shared.contracts import calls, matchmaking, notifications, profiles
from shared.contracts.base import Event

__all__ = ["Event", "calls", "matchmaking", "notifications", "profiles"]
