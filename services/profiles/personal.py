"""What profiles holds of its members, by collection, and what becomes of it when one is erased."""

from services.profiles.accounts.addresses.store import ADDRESS_CHANGES
from services.profiles.accounts.factors.store import SECOND_FACTORS
from services.profiles.accounts.operators.store import ROLE_CHANGES
from services.profiles.accounts.sessions.store import SESSIONS
from services.profiles.accounts.store import MEMBERS, REGISTRATIONS
from services.profiles.accounts.tokens.store import API_TOKENS
from services.profiles.achievements.store import ACHIEVEMENTS
from services.profiles.countries.store import ANNOUNCED, COUNTRIES, EDITIONS
from services.profiles.home.store import CALLS, GATHERINGS
from services.profiles.moderation.store import CASES, RECORD, REPORTS
from services.profiles.organisations.affiliates.store import AFFILIATES
from services.profiles.organisations.imports.store import IMPORTED
from services.profiles.organisations.people.joining.store import JOIN_REQUESTS
from services.profiles.organisations.people.store import INVITATIONS
from services.profiles.organisations.store import DECISIONS, DIRECTORY, MEMBERSHIPS, ORGANISATIONS, ROSTERS
from services.profiles.posts.store import POSTS
from services.profiles.privacy.erasures.store import ERASURES
from services.profiles.privacy.exports.store import EXPORTS, PIECES
from services.profiles.showcase.store import PARTNERSHIPS, REQUESTS
from shared.contracts.profiles import ExportAnswered
from shared.files.store import BYTES, ORPHANED
from shared.imports.runs import CONTENTS, RUNS
from shared.mongo import Query, Reader
from shared.personal import Holding, Person, PersonalData, of_address, of_member
from shared.sentences import _


async def person(reader: Reader, member_id: str) -> Person:
    """Return a member with their address and name."""
    member = await MEMBERS.get(reader, member_id)
    return Person(member_id, member.email, member.name) if member else Person(member_id)


def of_member_or_address(person: Person) -> Query:
    """Return the query for what a member sent with a log-in, or as a visitor with their address."""
    return {"$or": [of_member()(person), of_address()(person)]}


PERSONAL = PersonalData(
    holdings=[
        Holding(SESSIONS, _("sessions"), of_member()),
        Holding(API_TOKENS, _("API tokens"), of_member()),
        Holding(ADDRESS_CHANGES, _("changes of the address"), of_member()),
        Holding(SECOND_FACTORS, _("second factor"), of_member("_id"), secret=frozenset({"secret", "recovery"})),
        Holding(JOIN_REQUESTS, _("requests to join an organisation"), of_member()),
        Holding(PIECES, _("pieces of the copy of the data"), of_member(), shown=()),
        Holding(EXPORTS, _("copy of the data"), of_member(), shown=("id", "requested_at")),
        Holding(MEMBERSHIPS, _("memberships"), of_member()),
        Holding(INVITATIONS, _("invitations to the address"), of_address()),
        Holding(REGISTRATIONS, _("registrations of the address"), of_address()),
        Holding(
            DECISIONS,
            _("decisions on profiles"),
            of_member("decided_by"),
            kept_because=_("the organisations rely on them, and they name the operator by a number only"),
            shown=("organisation_id", "outcome", "decided_at"),
        ),
        Holding(REPORTS, _("reports of what is wrong"), of_member_or_address),
        Holding(
            ROLE_CHANGES,
            _("changes of the role of an operator"),
            of_member(),
            shown=("given", "at"),
            kept_because=_("they tell who decided what, and name the person by a number only"),
        ),
        Holding(
            RECORD,
            _("entries of the record of moderation"),
            of_member("by"),
            kept_because=_("they tell who decided what, and name the person by a number only"),
        ),
        Holding(
            EDITIONS,
            _("editions of country pages"),
            of_member("written_by"),
            kept_because=_("they are public texts of the platform, and name the operator by a number only"),
        ),
        Holding(
            RUNS,
            _("imports of the last week"),
            of_member("by"),
            shown=("id", "name", "at", "counts"),
            kept_because=_("they belong to the organisation or the platform, and name the person by a number only"),
        ),
        Holding(MEMBERS, _("account"), of_member("_id"), secret=frozenset({"password_hash", "password_number"})),
    ],
    nothing=[
        ORGANISATIONS,
        DIRECTORY,
        ROSTERS,
        IMPORTED,
        AFFILIATES,
        CONTENTS,
        POSTS,
        ACHIEVEMENTS,
        COUNTRIES,
        ANNOUNCED,
        CASES,
        CALLS,
        GATHERINGS,
        REQUESTS,
        PARTNERSHIPS,
        ERASURES,
        ORPHANED,
        *BYTES.collections,
    ],
    person=person,
    exported=ExportAnswered,
)
