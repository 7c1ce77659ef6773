"""FastAPI dependencies that routes of profiles share: the running service, the caller, ids in paths."""

from typing import Annotated

from fastapi import Depends, Path

from shared.auth import Caller
from shared.http.caller import current_caller, logged_in_caller, optional_caller, runtime_of
from shared.http.throttling import ByMember
from shared.ids import Id
from shared.service import Runtime

CurrentRuntime = Annotated[Runtime, Depends(runtime_of("profiles"))]
# For `dependencies` of a route that stores a file.
UPLOADS = [Depends(ByMember("profiles", "uploads_by_member"))]
# For `dependencies` of a route that notifies others.
NOTIFIES = [Depends(ByMember("profiles", "publications_by_member"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("profiles"))]
LoggedInCaller = Annotated[Caller, Depends(logged_in_caller("profiles"))]
EnrollingCaller = Annotated[Caller, Depends(logged_in_caller("profiles", may_enrol=True))]
OptionalCaller = Annotated[Caller | None, Depends(optional_caller("profiles"))]
AffiliateId = Annotated[Id, Path(description="Id of the member organisation")]
CaseId = Annotated[Id, Path(description="Id of the case")]
ImportId = Annotated[Id, Path(description="Id of the import")]
OrganisationId = Annotated[Id, Path(description="Id of the organisation")]
PostId = Annotated[Id, Path(description="Id of the post")]
AchievementId = Annotated[Id, Path(description="Id of the achievement")]
CountryCode = Annotated[Id, Path(description="Code of the country (ISO 3166-1 alpha-2)")]
EditionNumber = Annotated[int, Path(ge=1, le=999_999, description="Number of the edition")]
