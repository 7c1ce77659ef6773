"""What calls holds of members, by collection, and what becomes of it when one is erased."""

from contextlib import suppress

from services.calls.audit.store import ENTRIES
from services.calls.catalogue.deadlines.store import CHANGES
from services.calls.catalogue.questions import QUESTIONS
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.updates import UPDATES
from services.calls.feeds.calendars.tokens import TOKENS
from services.calls.gatherings.registrations.domain import LIVE
from services.calls.gatherings.registrations.store import PLACES, REGISTRATIONS
from services.calls.gatherings.registrations.usecases import leave
from services.calls.gatherings.store import GATHERINGS
from services.calls.imports.store import RECORDS
from services.calls.ledger.store import LEDGERS
from services.calls.members.store import MEMBERS
from services.calls.organisations.store import MEMBERSHIP_VERSIONS, MEMBERSHIPS, ORGANISATIONS
from services.calls.selection.applications.store import APPLICATIONS, FORMS, SUBMISSIONS
from services.calls.selection.assessment.store import ASSESSMENTS, ROUNDS, STANDINGS
from services.calls.selection.claims.store import CLAIMS
from shared.contracts.calls import ExportAnswered, MemberErased
from shared.errors import Refusal
from shared.files.store import BYTES, ORPHANED
from shared.imports.runs import CONTENTS as IMPORTED
from shared.imports.runs import RUNS
from shared.mongo import Database, pages
from shared.personal import Holding, Person, PersonalData, by_id, of_member
from shared.sentences import _

AUDIT = _("the law asks for a log that no one can change; it names the person by a number only")
OF_THE_ORGANISATION = _("they belong to the organisation, and name the person by a number only")
WITHOUT_REASON = [{"$set": {"conflict": {"$cond": [{"$gt": ["$conflict", ""]}, "Conflict of interest", ""]}}}]


async def leave_gatherings(db: Database, person: Person) -> None:
    """Give up the places of a member in gatherings that are ahead, so that the next who wait get them."""
    registered = {"member_id": person.id, "state": {"$in": [*LIVE]}}
    async for page in pages(REGISTRATIONS, db, registered, 100):
        for registration in page:
            with suppress(Refusal):  # it is over, or was cancelled
                await db.transact(leave, registration.gathering_id, person.id)


PERSONAL = PersonalData(
    holdings=[
        Holding(TOKENS, _("addresses of the personal calendar"), of_member("_id"), secret=frozenset({"hash"})),
        Holding(MEMBERSHIPS, _("memberships"), of_member()),
        Holding(REGISTRATIONS, _("registrations for gatherings"), of_member(), before=leave_gatherings),
        Holding(QUESTIONS, _("unanswered questions"), lambda person: {"member_id": person.id, "answered_at": None}),
        Holding(
            QUESTIONS,
            _("answered questions"),
            lambda person: {"member_id": person.id, "answered_at": {"$ne": None}},
            kept_because=_("others rely on the answers; nothing tells who asked"),
            without={"$set": {"member_id": ""}},
        ),
        Holding(
            APPLICATIONS,
            _("applications"),
            of_member("by"),
            kept_because=OF_THE_ORGANISATION,
            shown=("id", "call_id", "call_title", "organisation_name", "made_at", "state"),
        ),
        Holding(
            CLAIMS,
            _("claims"),
            of_member("claimants"),
            kept_because=OF_THE_ORGANISATION,
            shown=("id", "call_title", "organisation_name", "made_at", "state"),
        ),
        Holding(
            ASSESSMENTS,
            _("assessments"),
            of_member("assessor_id"),
            kept_because=_("decisions rest on them; the reasons for a conflict of interest are erased"),
            without=WITHOUT_REASON,
        ),
        Holding(
            ROUNDS,
            _("rounds of assessment"),
            of_member("assessors"),
            kept_because=AUDIT,
            shown=("id", "call_id", "cut_off", "assess_by", "opened_at"),
        ),
        Holding(
            ENTRIES,
            _("entries of audit logs"),
            of_member("by"),
            kept_because=AUDIT,
            shown=("of", "number", "at", "what"),
        ),
        Holding(
            CHANGES,
            _("changes of deadlines"),
            of_member("by"),
            kept_because=AUDIT,
            shown=("call_id", "number", "at", "reason"),
        ),
        Holding(
            RUNS,
            _("imports of the last week"),
            of_member("by"),
            kept_because=OF_THE_ORGANISATION,
            shown=("id", "name", "at"),
        ),
        Holding(MEMBERS, _("name"), of_member("_id"), secret=frozenset({"words"})),
    ],
    nothing=[
        CALLS,
        UPDATES,
        RECORDS,
        IMPORTED,
        GATHERINGS,
        PLACES,
        ORGANISATIONS,
        MEMBERSHIP_VERSIONS,
        FORMS,
        SUBMISSIONS,
        LEDGERS,
        STANDINGS,
        ORPHANED,
        *BYTES.collections,
    ],
    person=by_id,
    exported=ExportAnswered,
    answered=MemberErased,
)
