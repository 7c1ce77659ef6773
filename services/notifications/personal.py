"""What notifications holds of members, by collection, and what becomes of it when one is erased."""

from services.notifications.alerts.store import ORGANISATIONS
from services.notifications.inbox.store import ALERTS
from services.notifications.involvements.store import INVOLVEMENTS
from services.notifications.mailing.store import (
    ADDRESSEES,
    MAILS,
    WINDOWS,
    delete_mails_to_address,
    keep_last_address,
    to_addresses_of,
)
from services.notifications.preferences.store import MEMBERS, MEMBERSHIP_VERSIONS
from services.notifications.things.store import THINGS
from shared.contracts.notifications import ExportAnswered, MemberErased
from shared.mongo import Reader
from shared.personal import Holding, Person, PersonalData, of_member
from shared.sentences import _


async def person(reader: Reader, member_id: str) -> Person:
    """Return a member with their address and name."""
    member = await MEMBERS.get(reader, member_id)
    return Person(member_id, member.email, member.name) if member else Person(member_id)


PERSONAL = PersonalData(
    holdings=[
        Holding(ALERTS, _("alerts"), of_member()),
        Holding(ALERTS, _("alerts to others that name the person"), of_member("about"), shown=()),
        Holding(
            MAILS, _("e-mails in the ledger"), lambda person: {"member_id": person.id, "kind": {"$ne": "farewell"}}
        ),
        Holding(WINDOWS, _("limits of e-mails"), of_member("_id")),
        Holding(INVOLVEMENTS, _("follows and questions"), of_member()),
        Holding(
            ADDRESSEES,
            _("e-mails to the address"),
            to_addresses_of,
            before=delete_mails_to_address,
        ),
        Holding(MEMBERS, _("preferences, interests and address"), of_member("_id"), secret=frozenset({"anchors"})),
    ],
    nothing=[THINGS, ORGANISATIONS, MEMBERSHIP_VERSIONS],
    person=person,
    exported=ExportAnswered,
    answered=MemberErased,
    first=keep_last_address,
)
