"""Links that stop e-mails: the member and the scope that a link is for."""

from services.notifications.preferences.domain import Scope
from shared.http.caller import verified
from shared.service import Runtime


async def linked(runtime: Runtime, token: str) -> tuple[str, Scope]:
    """Return the member and the scope that a link is for: calls, if it has none, as in version 0.1.

    Raises NotAuthenticated.
    """
    claims = await verified(runtime, token, ["unsubscribe"], "notifications")
    return claims["sub"], Scope(claims.get("scope", Scope.CALLS))
