"""FastAPI dependencies that routes of calls share: the running service, the caller and path parameters."""

from typing import Annotated

from fastapi import Depends, Path

from shared.auth import Caller
from shared.http.caller import current_caller, optional_caller, runtime_of
from shared.ids import Id
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("calls"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("calls"))]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller("calls"))]

CallId = Annotated[Id, Path(description="Id of the call")]
ApplicationId = Annotated[Id, Path(description="Id of the application")]
ClaimId = Annotated[Id, Path(description="Id of the claim")]
CutOffNumber = Annotated[int, Path(ge=1, le=50, description="Number of the cut-off, from 1")]
