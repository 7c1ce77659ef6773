"""A partner request that is closed while partners are proposed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.matchmaking.organisations.domain import OrganisationCopy
from services.matchmaking.requests.domain import PartnerRequestBody, Side
from services.matchmaking.requests.matching import tell_matches
from services.matchmaking.requests.usecases import close_request, publish_request
from services.matchmaking.service import build
from services.matchmaking.suggestions.store import PROPOSALS
from services.matchmaking.suggestions.usecases import propose_partners
from shared.auth import Caller
from shared.clock import Clock, real_now
from shared.contracts.matchmaking import PartnerRequestMatched
from shared.envelope import open_envelope
from shared.ids import new_id
from shared.jobs import JOBS, Job
from shared.models import ExpectedVersion
from shared.mongo import Database, connect
from shared.outbox import OUTBOX
from shared.service import KERNEL
from shared.settings import Settings
from tests.support.calls import CALL

ANNA, BERT = Caller(id="anna"), Caller(id="bert")


@pytest.fixture
async def database(mongo_url: str) -> AsyncIterator[Database]:
    client = connect(mongo_url)
    database = Database(client, f"test_{new_id()[-12:]}_matchmaking", "matchmaking", Clock())
    await database.prepare([*KERNEL, *build(Settings()).collections])
    yield database
    await database.drop()
    client.close()


async def asks(database: Database, by: Caller, side: Side) -> str:
    organisation = OrganisationCopy(id=f"cluster-of-{by.id}", name=f"Cluster of {by.id}", country="FR")
    body = PartnerRequestBody(
        organisation_id=organisation.id,
        side=side,
        title="Smart buildings",
        ecosystems=list(CALL.ecosystems),
        expires_at=database.now() + timedelta(days=30),
    )
    return str((await database.transact(publish_request, new_id(), body, organisation, by)).id)


@pytest.mark.parametrize(("closes", "proposals"), [(False, 2), (True, 0)])
async def test_a_request_that_is_closed_meanwhile_is_not_proposed_and_gets_no_proposals(
    database: Database, monkeypatch: pytest.MonkeyPatch, closes: bool, proposals: int
) -> None:
    await asks(database, ANNA, Side.OFFER)
    id = await asks(database, BERT, Side.REQUEST)
    facts = {"call_id": "call", "call": CALL.model_dump(mode="json")}
    job = Job(id=new_id(), kind="propose_partners", data=facts, run_at=real_now(), token="mine")
    await JOBS.insert_new(database, [job])
    transact = database.transact

    async def transact_after_the_close(work: Any, *args: Any) -> Any:
        monkeypatch.undo()
        if closes:
            await transact(close_request, id, BERT, ExpectedVersion(None))
        return await transact(work, *args)

    monkeypatch.setattr(database, "transact", transact_after_the_close)
    await propose_partners(database, job)
    assert await PROPOSALS.count(database, {}) == proposals


@pytest.mark.parametrize("seen_by", [0, 1], ids=["the job of the earlier one", "the job of the newer one"])
async def test_of_two_requests_at_the_same_moment_the_author_of_the_earlier_is_told(
    database: Database, seen_by: int
) -> None:
    ids = [await asks(database, ANNA, Side.OFFER), await asks(database, BERT, Side.REQUEST)]
    job = Job(id=new_id(), kind="tell_matches", data={"request_id": ids[seen_by]}, run_at=real_now(), token="mine")
    await JOBS.insert_new(database, [job])
    await tell_matches(database, job)
    rows = await OUTBOX.find(database, {"type": PartnerRequestMatched.type}, limit=10)
    told = [PartnerRequestMatched.model_validate(open_envelope(row.body).data) for row in rows]
    assert [(each.member_id, each.request_id) for each in told] == [("anna", ids[1])]
