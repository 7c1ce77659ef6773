"""What matchmaking does when others announce something."""

from services.matchmaking.partnerships import on_expression_decided
from services.matchmaking.store import MEMBERSHIPS, ORGANISATIONS, MembershipCopy, OrganisationCopy
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.calls import CallPublished, ExpressionDecided
from shared.contracts.profiles import KeyPublished, MemberJoined, OrganisationPublished
from shared.jobs import enqueue
from shared.mongo import Transaction


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    copy = OrganisationCopy(id=event.organisation_id, version=event.version, name=event.name, country=event.country)
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    id = f"{event.organisation_id}:{event.member_id}"
    await MEMBERSHIPS.keep_newest(tx, MembershipCopy(id=id, version=event.version, role=event.role))


async def on_call_published(tx: Transaction, event: CallPublished) -> None:
    if event.call.ecosystems:
        await enqueue(tx, "propose_partners", event.model_dump(mode="json"))


HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    OrganisationPublished: on_organisation_published,
    MemberJoined: on_member_joined,
    CallPublished: on_call_published,
    ExpressionDecided: on_expression_decided,
}
