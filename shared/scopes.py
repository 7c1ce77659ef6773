"""The scopes of API tokens (pure)."""

from enum import StrEnum


class Scope(StrEnum):
    """Requests that a program may send with an API token: those that change nothing, or all."""

    READ = "read"
    WRITE = "write"
