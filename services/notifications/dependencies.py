"""FastAPI dependencies that routes of notifications share: the running service and the caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Caller
from shared.http.caller import current_caller, runtime_of
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("notifications"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("notifications"))]
