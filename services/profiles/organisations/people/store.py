"""Storage and queries of invitations and of the people of an organisation."""

from datetime import datetime

from services.profiles.organisations.domain import Membership
from services.profiles.organisations.people.domain import Invitation
from services.profiles.organisations.store import MEMBERSHIPS
from shared.mongo import Collection, Query, Reader, index
from shared.quota import Quota
from shared.sentences import _

DAYS_KEPT = 30  # an invitation is valid for 14 days
MOST_INVITATIONS = 50
MOST_PEOPLE = 1000

INVITATIONS = Collection(
    "invitations",
    Invitation,
    [index("organisation_id", "email", unique=True), index("email"), index("at", ttl=DAYS_KEPT * 24 * 3600)],
)
OPEN_INVITATIONS = Quota(
    _("open invitations"), INVITATIONS, MOST_INVITATIONS, _("Withdraw one, or wait until one is accepted.")
)
PEOPLE = Quota(_("people in the organisation"), MEMBERSHIPS, MOST_PEOPLE, _("Ask an administrator to remove some."))


async def people_after(reader: Reader, organisation_id: str, after: str, limit: int) -> list[Membership]:
    """Return memberships of an organisation in order of id; `after` is the last id seen."""
    query = {"organisation_id": organisation_id, "_id": {"$gt": after}}
    return await MEMBERSHIPS.find(reader, query, sort=[("_id", 1)], limit=limit)


async def has_other_administrator(reader: Reader, membership: Membership) -> bool:
    """Return whether an organisation has an administrator beside this member."""
    others = {"organisation_id": membership.organisation_id, "_id": {"$ne": membership.id}, "role": "administrator"}
    return await MEMBERSHIPS.first(reader, others) is not None


def open_at(organisation_id: str, now: datetime) -> Query:
    """Return the query for the invitations of an organisation that have not expired."""
    return {"organisation_id": organisation_id, "ends_at": {"$gt": now}}


async def open_invitations(reader: Reader, organisation_id: str, now: datetime) -> list[Invitation]:
    """Return the invitations of an organisation that have not expired, in order of address."""
    query = open_at(organisation_id, now)
    return await INVITATIONS.find(reader, query, sort=[("email", 1)], limit=MOST_INVITATIONS)
