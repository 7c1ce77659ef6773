"""What matchmaking holds of members, by collection, and what becomes of it when one is erased."""

from services.matchmaking.calls.store import CALLS
from services.matchmaking.organisations.store import MEMBERSHIP_VERSIONS, MEMBERSHIPS, ORGANISATIONS
from services.matchmaking.partnerships.store import PARTNERSHIPS
from services.matchmaking.requests.store import REQUESTS, requests_of_member
from services.matchmaking.requests.usecases import pass_on
from services.matchmaking.suggestions.store import PROPOSALS
from shared.contracts.matchmaking import ExportAnswered, MemberErased
from shared.mongo import Database
from shared.personal import Holding, Person, PersonalData, by_id, of_member
from shared.sentences import _


async def pass_requests_on(db: Database, person: Person) -> None:
    """Give the open requests of a member to a colleague, and close those of an organisation without one."""
    while found := await requests_of_member(db, person.id):
        for request in found:
            await db.transact(pass_on, request.id, person.id)


PERSONAL = PersonalData(
    holdings=[
        Holding(PROPOSALS, _("proposed partners"), of_member()),
        Holding(
            REQUESTS,
            _("partner requests"),
            of_member(),
            kept_because=_("they belong to the organisation; a colleague follows the open ones, or they are closed"),
            before=pass_requests_on,
        ),
        Holding(MEMBERSHIPS, _("memberships"), of_member()),
    ],
    nothing=[CALLS, ORGANISATIONS, MEMBERSHIP_VERSIONS, PARTNERSHIPS],
    person=by_id,
    exported=ExportAnswered,
    answered=MemberErased,
)
