"""FastAPI dependencies that routes of calls share: the running service and the caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Caller
from shared.http.caller import current_caller, optional_caller, runtime_of
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("calls"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("calls"))]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller("calls"))]
