"""FastAPI dependencies that routes of profiles share: the running service and the caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Caller
from shared.http.caller import current_caller, optional_caller, runtime_of
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("profiles"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("profiles"))]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller("profiles"))]
