"""Event handlers that keep involvements, and use cases of members who follow things.

Events about one application may arrive in any order: its version decides.
"""

from services.notifications.involvements.domain import THING, Follow, Involvement, Part
from services.notifications.involvements.store import FOLLOWED, INVOLVEMENTS, end_drafts
from services.notifications.things.domain import ThingKind
from services.notifications.things.store import things_by_id
from shared.auth import Caller
from shared.contracts import calls
from shared.errors import NotFound
from shared.mongo import Reader, Transaction
from shared.sentences import _
from shared.vocabulary import is_country

ApplicationEvent = (
    calls.ApplicationStarted
    | calls.ApplicationSubmitted
    | calls.ApplicationWithdrawn
    | calls.ApplicationCancelled
    | calls.ApplicationDeleted
)
PARTS = {
    calls.ApplicationStarted: Part.DRAFT,
    calls.ApplicationSubmitted: Part.APPLIED,
    calls.ApplicationWithdrawn: Part.ENDED,
    calls.ApplicationCancelled: Part.ENDED,
    calls.ApplicationDeleted: Part.ENDED,
}


async def on_application_event(tx: Transaction, event: ApplicationEvent) -> None:
    """Keep the part of the applicant."""
    application = event.application
    involvement = Involvement(
        id=event.application_id,
        version=application.version,
        thing_id=application.call_id,
        part=Part.APPLIED if isinstance(event, calls.ApplicationStarted) and event.submitted else PARTS[type(event)],
        cut_off=application.cut_off,
        organisation_id=application.organisation_id,
    )
    await INVOLVEMENTS.keep_newest(tx, involvement)


async def on_question_asked(tx: Transaction, event: calls.QuestionAsked) -> None:
    """Keep the part of the member who asked; events of an earlier version do not name them."""
    if event.member_id:
        id = f"{event.call_id}:{event.member_id}"
        asked = Involvement(id=id, thing_id=event.call_id, part=Part.ASKED, member_id=event.member_id)
        await INVOLVEMENTS.keep_newest(tx, asked)


async def on_cut_off_passed(tx: Transaction, event: calls.CutOffPassed) -> None:
    """End the drafts that were not submitted before the cut-off."""
    await end_drafts(tx, event.call_id, event.number)


async def on_call_closed(tx: Transaction, event: calls.CallClosed) -> None:
    """End the drafts of a call that closed."""
    await end_drafts(tx, event.call_id)


async def follow_thing(tx: Transaction, kind: ThingKind, id: str, caller: Caller) -> None:
    """Follow a thing; a repetition changes nothing. Raises QuotaReached, and NotFound for a country without a code."""
    if kind is ThingKind.COUNTRY and not is_country(id):
        raise NotFound(_("Country not found. Use its code of ISO 3166-1, for instance JP."), field="id")
    follows = Involvement(
        id=f"{id}:{caller.id}:{Part.FOLLOWS}", kind=kind, thing_id=id, part=Part.FOLLOWS, member_id=caller.id
    )
    if await INVOLVEMENTS.get(tx, follows.id):
        return
    await FOLLOWED.check(tx, caller.id, {"member_id": caller.id, "part": Part.FOLLOWS})
    await INVOLVEMENTS.keep_newest(tx, follows)


async def stop_following_thing(tx: Transaction, id: str, caller: Caller) -> None:
    """Stop following a thing; a repetition changes nothing."""
    await INVOLVEMENTS.delete(tx, {"_id": f"{id}:{caller.id}:{Part.FOLLOWS}"})


async def follows_of(reader: Reader, caller: Caller) -> list[Follow]:
    """Return what the caller follows, with the names that are known here: what goes on first, then by name."""
    followed = {"member_id": caller.id, "part": Part.FOLLOWS}
    rows = await INVOLVEMENTS.rows(reader, followed, ["kind", THING], limit=FOLLOWED.most)
    things = await things_by_id(reader, [row[THING] for row in rows])
    follows = [
        Follow.of(ThingKind(row.get("kind", ThingKind.CALL)), row[THING], things.get(row[THING])) for row in rows
    ]
    return sorted(follows, key=lambda each: (each.over, each.kind, each.name))
