"""Who imports calls."""

from shared.auth import Caller
from shared.errors import NotAllowed


def operators_only(caller: Caller) -> None:
    """Raise NotAllowed for anyone but operators."""
    if not caller.operator:
        raise NotAllowed("Only operators can import calls.")
