"""Scenes for races: a state of a call or a gathering, and the use cases that are possible in it, by name."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from services.calls.catalogue.content import Extension
from services.calls.catalogue.questions import ask_question
from services.calls.catalogue.usecases import change_call, extend_call, withdraw_call
from services.calls.gatherings.registrations.usecases import decline, leave, promote_next, register
from services.calls.gatherings.usecases import change_gathering
from services.calls.organisations.domain import OrganisationCopy
from services.calls.selection.applications.cancellation import cancel_page
from services.calls.selection.applications.domain import ApplicationBody
from services.calls.selection.applications.form import FormBody
from services.calls.selection.applications.reserve import fill_places_of
from services.calls.selection.applications.submissions import submit
from services.calls.selection.applications.usecases import change_form, save, start, withdraw
from services.calls.selection.assessment.decisions import decide
from services.calls.selection.assessment.excuses import ExcuseBody
from services.calls.selection.assessment.usecases import assess, declare_conflict, excuse_assessor, name_assessors
from services.calls.selection.claims.domain import ClaimBody
from services.calls.selection.claims.usecases import correct, make_claim, return_claim
from services.calls.selection.places.domain import HigherLimits
from services.calls.selection.places.usecases import add_places
from shared.auth import Caller
from shared.ids import new_id
from tests.support.applicants import ANSWERS, BRAZIL, CUT_OFF, FORM
from tests.support.missions import LINE
from tests.support.races import Work, use
from tests.support.worlds import ADA, ANY, BEA, CLEO, OPERATOR, World, call_body, gathering_content, points, round_body

Scene = Callable[[World], Awaitable[Mapping[str, Work]]]
LATER = {"deadline": (CUT_OFF + timedelta(days=90)).isoformat(), "timezone": "Europe/Brussels"}
TWO_CUT_OFFS = {"model": "cut_offs", "cut_offs": [*BRAZIL["cut_offs"], LATER]}


async def open_call(world: World) -> Mapping[str, Work]:
    """A call with a draft and a submitted application."""
    await world.publish()
    id, draft, submitted = world.call_id, await world.draft(), await world.submitted()
    member, organisation = await world.organisation()
    body = ApplicationBody(organisation_id=organisation.id, answers=ANSWERS)
    saved = ApplicationBody(organisation_id=(await world.application(draft)).organisation_id, answers=ANSWERS)
    later = Extension(deadline=CUT_OFF + timedelta(days=7), reason="The portal was slow.")
    return {
        "start": use(start, new_id(), id, body, member, organisation),
        "save": use(save, draft, saved, world.members[draft], ANY),
        "submit": use(submit, draft, world.members[draft], ANY),
        "withdraw": use(withdraw, submitted, world.members[submitted], ANY),
        "ask_question": use(ask_question, new_id(), id, "May a science park join?", Caller(id="anna")),
        "change_form": use(change_form, id, FormBody.model_validate({"fields": FORM[:1]}), OPERATOR, ANY),
        "name_assessors": use(name_assessors, id, 1, round_body(ADA, BEA), OPERATOR, ANY),
        "withdraw_call": use(withdraw_call, id, "No money is left.", OPERATOR, ANY),
        "extend_call": use(extend_call, id, later, OPERATOR, ANY),
        "change_call": use(change_call, id, call_body(title="Another title"), OPERATOR, ANY),
    }


async def second_stage(world: World) -> Mapping[str, Work]:
    """A call whose first stage is decided: the selected organisation may apply to the second."""
    stages = {"model": "two_stage", "cut_offs": [*BRAZIL["cut_offs"], LATER]}
    await world.publish(**stages)
    first = await world.submitted()
    await world.open_round(ADA, BEA)
    await world.score(first, ADA, BEA)
    await world.decide(first, "select")
    application, member = await world.application(first), world.members[first]
    organisation = OrganisationCopy(id=application.organisation_id, name=application.organisation_name)
    body = ApplicationBody(organisation_id=organisation.id)
    return {
        "start": use(start, new_id(), world.call_id, body, member, organisation),
        "withdraw": use(withdraw, first, member, ANY),
    }


async def assessed_call(world: World) -> Mapping[str, Work]:
    """A call in assessment: one application is selected, one has all its scores, one lacks Bea's."""
    await world.publish()
    id = world.call_id
    selected, complete, incomplete = await world.submitted(), await world.submitted(), await world.submitted()
    await world.open_round(ADA, BEA)
    await world.score(selected, ADA, BEA)
    await world.score(complete, ADA, BEA)
    await world.score(incomplete, ADA)
    await world.decide(selected, "select")
    reserve = await world.decision(complete, "reserve", rank=1)
    return {
        "decide": use(decide, id, 1, reserve, OPERATOR),
        "withdraw": use(withdraw, selected, world.members[selected], ANY),
        "withdraw_incomplete": use(withdraw, incomplete, world.members[incomplete], ANY),
        "fill_places_of": use(fill_places_of, id),
        "assess": use(assess, incomplete, points(4), BEA, ANY),
        "declare_conflict": use(declare_conflict, complete, "They are my neighbours.", BEA),
        "declare_conflict_incomplete": use(declare_conflict, incomplete, "They are my neighbours.", BEA),
        "name_assessors": use(name_assessors, id, 1, round_body(ADA, BEA, CLEO), OPERATOR, ANY),
        "excuse_assessor": use(excuse_assessor, id, 1, BEA.id, ExcuseBody(reason="Ill.", replacement="dora"), OPERATOR),
        "withdraw_call": use(withdraw_call, id, "No money is left.", OPERATOR, ANY),
        "add_places": use(add_places, id, HigherLimits(places=4), OPERATOR, ANY),
        "cancel_page": use(cancel_page, id, ""),
    }


async def travelled(world: World) -> Mapping[str, Work]:
    """A mission that is over, whose call has another cut-off ahead: one applicant may claim, one claim was returned."""
    await world.publish(**TWO_CUT_OFFS)
    one, other = await world.submitted(), await world.submitted()
    await world.open_round(ADA, BEA)
    for id in (one, other):
        await world.score(id, ADA, BEA)
        await world.decide(id, "select")
    world.db.clock.travel(datetime(2016, 8, 13, 8, tzinfo=UTC) - world.db.now())
    body, claim = ClaimBody.model_validate({"lines": [LINE]}), new_id()
    await world.db.transact(make_claim, claim, other, body, world.members[other])
    await world.db.transact(return_claim, claim, "The ticket is missing.", OPERATOR, ANY)
    longer = call_body(**TWO_CUT_OFFS, mission=BRAZIL["mission"] | {"ends_on": "2016-08-20"})
    return {
        "make_claim": use(make_claim, new_id(), one, body, world.members[one]),
        "correct": use(correct, claim, body, world.members[other], ANY),
        "change_call": use(change_call, world.call_id, longer, OPERATOR, ANY),
    }


async def full_gathering(world: World) -> Mapping[str, Work]:
    """A gathering with two places: Bert's came from the waiting list, on which Carl is."""
    id = await world.gathering()
    for member in ("anna", "lea", "bert", "carl"):
        await world.db.transact(register, id, member, None)
    await world.db.transact(leave, id, "lea")
    return {
        "register": use(register, id, "dora", None),
        "leave": use(leave, id, "anna"),
        "decline": use(decline, id, "bert"),
        "promote_next": use(promote_next, id),
        "change_gathering": use(change_gathering, id, gathering_content(place="Braunschweig"), OPERATOR, ANY),
    }
