"""Who may read a round and its applications, and who may assess an application."""

from services.calls.catalogue.store import CALLS
from services.calls.members.store import names_of
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.domain import Round
from services.calls.selection.assessment.store import ASSESSMENTS, derived_conflicts, round_of
from services.calls.selection.assessment.views import RoundView
from shared.auth import Caller
from shared.errors import Hidden, not_found
from shared.mongo import Reader
from shared.sentences import _


async def publishes(reader: Reader, call_id: str, caller: Caller) -> bool:
    """Return whether the caller publishes a call."""
    call = await CALLS.get(reader, call_id)
    return call is not None and await may_publish(reader, call.organisation_id, caller)


async def readable_round(reader: Reader, call_id: str, number: int, caller: Caller) -> Round:
    """Return a round that the caller assesses in or publishes. Raises NotFound."""
    round = await round_of(reader, call_id, number)
    if round is None or not (caller.id in round.assessors or await publishes(reader, call_id, caller)):
        raise not_found(round, _("Round not found."))
    return round


async def round_view(reader: Reader, round: Round, caller: Caller) -> RoundView:
    """Return a round as the caller may see it: only publishers see names, and who was excused."""
    if not await publishes(reader, round.call_id, caller):
        return RoundView.of(round)
    return RoundView.for_publisher(round, await names_of(reader, round.scorers))


async def application_to_assess(reader: Reader, id: str, caller: Caller) -> tuple[Application, Round]:
    """Return an application that the caller assesses without a conflict of interest. Raises NotFound."""
    application = await APPLICATIONS.get(reader, id)
    round = await round_of(reader, application.call_id, application.cut_off) if application else None
    if application is None or application.sealed or round is None or caller.id not in round.assessors:
        raise not_found(application, _("Application not found."))
    assessment = await ASSESSMENTS.get(reader, f"{id}:{caller.id}")
    if (assessment and assessment.conflict) or await derived_conflicts(reader, application, [caller.id]):
        raise Hidden(_("Application not found: you have a conflict of interest and cannot read it."))
    return application, round


async def readable_application(reader: Reader, id: str, caller: Caller) -> Application:
    """Return an application that the caller assesses, or of whose call the caller is a publisher. Raises NotFound."""
    application = await APPLICATIONS.get(reader, id)
    if application and not application.sealed and await publishes(reader, application.call_id, caller):
        return application
    application, _ = await application_to_assess(reader, id, caller)
    return application
