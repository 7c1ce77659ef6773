"""FastAPI dependencies that routes of matchmaking share: the running service and the caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Caller
from shared.http.caller import current_caller, optional_caller, runtime_of
from shared.http.throttling import ByMemberOnce
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("matchmaking"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("matchmaking"))]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller("matchmaking"))]
# For `dependencies` of a route with an Idempotency-Key that notifies others.
NOTIFIES_ONCE = [Depends(ByMemberOnce("matchmaking", "publications_by_member"))]
