"""Use cases of moderation: report a thing, decide on it, object to a decision, read cases and the record."""

from typing import Literal

from services.profiles.moderation.domain import (
    MOST_KEPT,
    AlreadyReported,
    CaseView,
    DecisionBody,
    ModerationCase,
    ModerationEntry,
    ObjectionBody,
    ReportBody,
    ReportReceipt,
    ReportView,
    Thing,
    ThingKind,
    ThingReport,
)
from services.profiles.moderation.store import (
    CASES,
    RECORD,
    REPORTS,
    WAITING,
    entries_before,
    reporters_of,
    reports_of,
    waiting_cases,
)
from services.profiles.organisations.review import Status, TakeDown
from services.profiles.organisations.reviewing import take_down
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import is_editor, organisation_path
from services.profiles.posts.store import POSTS
from services.profiles.posts.usecases import NOT_FOUND, post_path, take_down_post
from services.profiles.showcase.store import open_request
from shared.auth import Caller
from shared.contracts.profiles import ReportAnswered, ReportDecided, ReportReceived
from shared.errors import NotFound, not_found
from shared.http.paging import Page, Paging, decode_cursor, decode_time_cursor, page_of
from shared.ids import new_id
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction, behind
from shared.sentences import _

NO_CASE = _("Case not found, or its organisation is none of yours.")
NO_THING = _("Nothing public has this address. It may have been taken down already.")
ONLY_OPERATORS = _("Only operators of the platform read and decide reports.")
ANY_VERSION = ExpectedVersion(None)


async def find_thing(reader: Reader, kind: ThingKind, id: str) -> Thing:
    """Return a thing that is public. Raises NotFound."""
    if kind == "partner_request":
        request = await open_request(reader, id)
        if request is None:
            raise NotFound(NO_THING, field="about")
        names = {"organisation_id": request.organisation_id, "organisation_name": request.organisation_name}
        return Thing(kind=kind, id=id, title=request.title, url=request.url, **names)
    post = await POSTS.get(reader, id) if kind == "post" else None
    organisation = await ORGANISATIONS.get(reader, post.organisation_id if post else id)
    if organisation is None or organisation.status is not Status.PUBLISHED or (kind == "post" and post is None):
        raise NotFound(NO_THING, field="about")
    if post and not post.is_public:
        raise NotFound(NOT_FOUND, field="about")
    title, url = (post.title, post_path(id)) if post else (organisation.name, organisation_path(id))
    names = {"organisation_id": organisation.id, "organisation_name": organisation.name}
    return Thing(kind=kind, id=id, title=title, url=url, **names)


async def report_thing(tx: Transaction, report_id: str, body: ReportBody, caller: Caller | None) -> ReportReceipt:
    """Store a report, and open the case of its thing. Raises Invalid, NotFound, AlreadyReported."""
    thing = await find_thing(tx, *body.thing)
    before = await CASES.get(tx, thing.case_id)
    after = (before or ModerationCase.of(thing, tx.now)).reported(thing, tx.now)
    member_id = caller.id if caller else ""
    id = after.report_id(member_id) if member_id else report_id
    if member_id and await REPORTS.get(tx, id):
        raise AlreadyReported(_("You have reported this already. The operators look at it."), field="about")
    if before is None:
        await CASES.insert(tx, after)
    else:
        after = await CASES.change(tx, before, after)
    if after.reports <= MOST_KEPT:
        report = ThingReport(
            id=id,
            case_id=after.id,
            round=after.round,
            cause=body.cause,
            text=body.text,
            email=None if caller else body.email,
            member_id=member_id,
            at=tx.now,
        )
        await REPORTS.insert(tx, report)
    await _note(tx, after, "reported", by=member_id)
    if after.reports == 1:
        tx.publish(received_event(after))
    return ReportReceipt(about=thing.url, title=thing.title, at=tx.now)


async def decide(
    tx: Transaction, id: str, body: DecisionBody, caller: Caller, version: ExpectedVersion
) -> ModerationCase:
    """Store the decision of an operator, carry it out here, and publish it. Raises NotAllowed, NotFound, Stale.

    A partner request belongs to matchmaking, which closes it when it gets the event. Raises NothingToDecide.
    """
    before = await _case(tx, id, caller)
    version.check(before.version)
    case = await CASES.change(tx, before, before.decided(body, caller.id, tx.now))
    if body.outcome == "taken_down":
        await _take_down(tx, case, body.reason, caller)
    await _note(tx, case, "decided", by=caller.id, outcome=body.outcome, words=body.reason)
    tx.publish(decided_event(case, body))
    for member_id in await reporters_of(tx, case, MOST_KEPT):
        tx.publish(
            ReportAnswered(
                member_id=member_id,
                case_id=case.id,
                version=case.version,
                title=case.title,
                outcome=body.outcome,
                url="/inbox" if body.outcome == "taken_down" else case.url,
            )
        )
    return case


async def object_to(
    tx: Transaction, id: str, body: ObjectionBody, caller: Caller, version: ExpectedVersion
) -> ModerationCase:
    """Store the objection of an editor, so that operators decide again. Raises NotFound, Stale, NothingToObject."""
    before = await CASES.get(tx, id)
    if before is None or not await is_editor(tx, before.organisation_id, caller):
        raise not_found(before, NO_CASE)
    version.check(before.version)
    case = await CASES.change(tx, before, before.objected(body, caller.id, tx.now))
    await _note(tx, case, "objected", by=caller.id, words=body.text)
    tx.publish(received_event(case))
    return case


async def visible_case(reader: Reader, id: str, caller: Caller) -> CaseView:
    """Return a case: all of it to operators, and the decision to the editors of its organisation. Raises NotFound."""
    case = await CASES.get(reader, id)
    if case and caller.operator:
        received = [ReportView(**each.model_dump()) for each in await reports_of(reader, case)]
        return CaseView(**case.model_dump(), received=received)
    if case and case.decision and await is_editor(reader, case.organisation_id, caller):
        own = case.replace(decision=case.decision.replace(by=""), reports=0)
        return CaseView(**own.model_dump())
    raise not_found(case, NO_CASE)


async def queue(reader: Reader, caller: Caller, paging: Paging) -> Page[ModerationCase]:
    """Return a page of the cases that wait, the oldest first. Raises NotAllowed, and Invalid for a wrong cursor."""
    caller.require_operator(ONLY_OPERATORS)
    after = behind("first_at", decode_time_cursor(paging.cursor))
    found = await waiting_cases(reader, WAITING, after, paging.limit + 1)
    return page_of(ModerationCase, found, paging.limit, "first_at")


async def record(reader: Reader, caller: Caller, paging: Paging) -> Page[ModerationEntry]:
    """Return a page of the record, the newest first. Raises NotAllowed, and Invalid for a wrong cursor."""
    caller.require_operator(ONLY_OPERATORS)
    before = decode_cursor(paging.cursor, 2)[1] if paging.cursor else None
    found = await entries_before(reader, before, paging.limit + 1)
    return page_of(ModerationEntry, found, paging.limit, "id")


def decided_event(case: ModerationCase, body: DecisionBody) -> ReportDecided:
    """Return the event about a decision on a case."""
    return ReportDecided(
        case_id=case.id,
        version=case.version,
        kind=case.kind,
        thing_id=case.thing_id,
        title=case.title,
        organisation_id=case.organisation_id,
        organisation_name=case.organisation_name,
        outcome=body.outcome,
        reason=body.reason,
        after_objection=case.objection is not None,
        objectable=case.can_object,
        url=case_path(case.id),
    )


def received_event(case: ModerationCase) -> ReportReceived:
    """Return the event that a case waits for a decision."""
    return ReportReceived(
        case_id=case.id,
        version=case.version,
        kind=case.kind,
        is_objection=case.objection is not None,
        url=case_path(case.id),
    )


def case_path(id: str) -> str:
    """Return the path of a case."""
    return f"/moderation/{id}"


async def _case(tx: Transaction, id: str, caller: Caller) -> ModerationCase:
    """Return a case for an operator. Raises NotAllowed, NotFound."""
    caller.require_operator(ONLY_OPERATORS)
    case = await CASES.get(tx, id)
    if case is None:
        raise NotFound(NO_CASE)
    return case


async def _take_down(tx: Transaction, case: ModerationCase, reason: str, caller: Caller) -> None:
    """Take down a thing of this service, if it is still public."""
    if case.kind == "post":
        await take_down_post(tx, case.thing_id)
    elif case.kind == "organisation":
        organisation = await ORGANISATIONS.get(tx, case.thing_id)
        if organisation and organisation.status is Status.PUBLISHED:
            await take_down(tx, case.thing_id, TakeDown(reasons=[reason]), caller, ANY_VERSION)


async def _note(
    tx: Transaction,
    case: ModerationCase,
    action: Literal["reported", "decided", "objected"],
    *,
    by: str,
    outcome: str = "",
    words: str = "",
) -> None:
    """Add an entry to the record."""
    entry = ModerationEntry(
        id=new_id(),
        case_id=case.id,
        version=case.version,
        action=action,
        outcome=outcome,
        words=words,
        title=case.title,
        by=by,
        at=tx.now,
    )
    await RECORD.insert(tx, entry)
