"""Every event that travels between services, in one module for each service that publishes events."""

from shared.contracts import calls, matchmaking, notifications, profiles
from shared.contracts.base import Event

__all__ = ["Event", "calls", "matchmaking", "notifications", "profiles"]
