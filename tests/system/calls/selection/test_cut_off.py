"""The cut-off to the millisecond, also if it is moved or the round opens at the same moment."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest

from services.calls.catalogue.content import CallBody, Extension
from services.calls.catalogue.usecases import change_call, extend_call
from services.calls.selection.applications.store import APPLICATIONS, SUBMISSIONS
from services.calls.selection.applications.submissions import Receipt, submit
from shared.auth import Caller
from shared.errors import Refusal
from shared.models import ExpectedVersion
from shared.mongo import Transaction
from tests.support.applicants import (
    ANSWERS,
    BRAZIL,
    CUT_OFF,
    Frozen,
    applicant,
    call_with_form,
    drafts,
    many_organisations,
    opens,
    own_cost_closed,
    pass_the_cut_off,
)
from tests.support.people import Member, Platform, ok, refused

MILLISECOND = timedelta(milliseconds=1)

ANY = ExpectedVersion(None)


@pytest.mark.parametrize("cut_offs", [1, 2])
@pytest.mark.parametrize(("after", "accepted"), [(-MILLISECOND, True), (timedelta(), False), (MILLISECOND, False)])
async def test_the_cut_off_holds_to_the_millisecond(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch, after: timedelta, accepted: bool, cut_offs: int
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    more = [{"deadline": "2016-07-01T12:00"}][: cut_offs - 1]
    both = {"model": "cut_offs", "cut_offs": BRAZIL["cut_offs"] + more}
    draft = await drafts(anna, await call_with_form(ccp, own_cost_closed() | both), cluster["id"])
    Frozen(ccp.system, monkeypatch, CUT_OFF + after)
    answer = await anna.post(f"/applications/{draft['id']}/submit", version=1)
    if accepted:
        assert ok(answer)["state"] == "submitted"
    else:
        problem = refused(answer, 409, "cut_off", "cut_off_already_passed")
        assert "8 June 2016, 23:59 CEST" in problem["detail"]
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    later = await anna.put(f"/applications/{draft['id']}", body, version=2 if accepted else 1)
    assert later.is_success == accepted


async def test_of_many_simultaneous_submissions_exactly_those_before_the_cut_off_count(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await ccp.member("Anna")
    call = await call_with_form(ccp, own_cost_closed())
    made = [await drafts(anna, call, id) for id in await many_organisations(ccp, anna, 50)]
    ticks = itertools.count()
    # Every look at the clock is a millisecond later; each submission looks twice, and the last look decides:
    # of 100 looks the cut-off is at the 85th, so that some are late however the submissions are interleaved.
    start = CUT_OFF - 85 * MILLISECOND
    monkeypatch.setattr(ccp.system.clock, "now", lambda: start + next(ticks) * MILLISECOND)
    answers = await asyncio.gather(*(anna.post(f"/applications/{a['id']}/submit", version=1) for a in made))

    accepted = {answer.json()["application_id"] for answer in answers if answer.is_success}
    late = [answer.json()["code"] for answer in answers if not answer.is_success]
    assert len(accepted) + len(late) == 50
    assert accepted
    assert late
    assert set(late) == {"cut_off_already_passed"}
    at = ccp.system.db("calls")
    kept = await SUBMISSIONS.find(at, {}, limit=100)
    assert {one.application_id for one in kept} == accepted
    assert all(one.at < CUT_OFF for one in kept)
    assert await APPLICATIONS.count(at, {"state": "submitted"}) == len(accepted)


async def submitting(tx: Transaction, ccp: Platform, who: Member, id: str, meanwhile: Any) -> Receipt:
    """A submission that has read everything, and while it has not written yet something happens."""
    await APPLICATIONS.get(tx, id)
    if meanwhile:
        await meanwhile()
    return await submit(tx, id, Caller(id=who.id), ANY)


async def test_a_submission_that_began_in_time_and_is_written_late_is_refused(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    draft = await drafts(anna, await call_with_form(ccp, own_cost_closed()), cluster["id"])
    clock = Frozen(ccp.system, monkeypatch, CUT_OFF - MILLISECOND)

    async def time_passes() -> None:
        clock.pass_to(CUT_OFF)

    with pytest.raises(Refusal, match="The last cut-off of this call was"):
        await ccp.system.db("calls").transact(submitting, ccp, anna, draft["id"], time_passes)
    assert await SUBMISSIONS.count(ccp.system.db("calls"), {}) == 0


@pytest.mark.parametrize("forward", [True, False], ids=["brought forward", "extended"])
async def test_a_cut_off_that_is_moved_meanwhile_is_seen(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch, forward: bool
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, own_cost_closed())
    draft = await drafts(anna, call, cluster["id"])
    at = ccp.system.db("calls")
    clock = Frozen(ccp.system, monkeypatch, CUT_OFF - timedelta(hours=2))
    operator = Caller(id=ccp.operator.id, operator=True)

    async def moved() -> None:
        hour = timedelta(hours=1)
        if forward:
            body = CallBody.model_validate(own_cost_closed() | {"cut_offs": [{"deadline": CUT_OFF - hour}]})
            await at.transact(change_call, call["id"], body, operator, ANY)
            clock.pass_to(CUT_OFF - hour)
        else:
            extension = Extension(deadline=CUT_OFF + hour, reason="The portal was slow")
            await at.transact(extend_call, call["id"], extension, operator, ANY)
            clock.pass_to(CUT_OFF)

    if forward:
        with pytest.raises(Refusal, match="The last cut-off of this call was"):
            await at.transact(submitting, ccp, anna, draft["id"], once(moved))
    else:
        assert (await at.transact(submitting, ccp, anna, draft["id"], once(moved))).number == 1


async def test_a_submission_under_way_when_the_round_opens_is_in_it_or_refused(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, own_cost_closed())
    draft = await drafts(anna, call, cluster["id"])
    clock = Frozen(ccp.system, monkeypatch, CUT_OFF - MILLISECOND)
    at = ccp.system.db("calls")

    async def submitted_but_not_committed(tx: Transaction) -> Receipt:
        receipt = await submit(tx, draft["id"], Caller(id=anna.id), ANY)
        if clock.at < CUT_OFF:
            clock.pass_to(CUT_OFF)
            opening.append(asyncio.ensure_future(opens(ccp, call, anna, ccp.operator)))
            await asyncio.wait(opening, timeout=0.3)  # it waits for us, or we for it
        return receipt

    opening: list[asyncio.Future[Any]] = []
    [outcome] = await asyncio.gather(at.transact(submitted_but_not_committed), return_exceptions=True)
    assert isinstance(outcome, Receipt) or getattr(outcome, "code", outcome) == "cut_off_already_passed"
    await opening[0]
    [application] = await APPLICATIONS.find(at, {}, limit=2)
    assert application.state == ("in_assessment" if application.submissions else "lapsed")


def once(work: Any) -> Any:
    """Return a function that does the work once, also if the transaction is retried."""
    done: list[bool] = []

    async def run() -> None:
        if not done:
            done.append(True)
            await work()

    return run


async def test_a_draft_that_missed_its_cut_off_lapses(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, own_cost_closed())
    draft = await drafts(anna, call, cluster["id"])
    await pass_the_cut_off(ccp)
    await opens(ccp, call, anna, ccp.operator)
    assert ok(await anna.get(f"/applications/{draft['id']}"))["state"] == "lapsed"
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    refused(await anna.post(f"/calls/{call['id']}/applications", body), 409, "cut_off", "cut_off_already_passed")
