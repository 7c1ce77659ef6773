"""FastAPI dependencies that routes of calls share: the running service, the caller, and ids in paths."""

from typing import Annotated

from fastapi import Depends, Path

from services.calls.terms import MOST_NUMBER
from shared.auth import Caller
from shared.http.caller import current_caller, optional_caller, runtime_of
from shared.http.security import means
from shared.http.throttling import ByMember, ByMemberOnce
from shared.ids import Id
from shared.security import SecurityEvent
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("calls"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("calls"))]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller("calls"))]
# For `dependencies` of a route: it stores a file; it notifies others; it shows names; it gives or takes a right.
UPLOADS = [Depends(ByMember("calls", "uploads_by_member"))]
NOTIFIES = [Depends(ByMember("calls", "publications_by_member"))]
NOTIFIES_ONCE = [Depends(ByMemberOnce("calls", "publications_by_member"))]  # for routes with an Idempotency-Key
SEARCHES_FOR_MEMBERS = [Depends(ByMember("calls", "searches_for_members"))]
GIVES_RIGHTS = [Depends(means(SecurityEvent.RIGHTS_CHANGED))]

CallId = Annotated[Id, Path(description="Id of the call")]
ImportId = Annotated[Id, Path(description="Id of the import")]
QuestionId = Annotated[Id, Path(description="Id of the question")]
ApplicationId = Annotated[Id, Path(description="Id of the application")]
ClaimId = Annotated[Id, Path(description="Id of the claim")]
GatheringId = Annotated[Id, Path(description="Id of the gathering")]
MemberId = Annotated[Id, Path(description="Id of the member")]
CutOffNumber = Annotated[int, Path(ge=1, le=MOST_NUMBER, description="Number of the cut-off, from 1")]
