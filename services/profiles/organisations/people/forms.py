"""The forms of an organisation's people: invite, accept, change a role, remove, leave, appoint."""

from collections.abc import Sequence

from fastapi import Request

from services.profiles.accounts.store import MEMBERS
from services.profiles.organisations.people.store import MOST_PEOPLE, people_after
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.caller import caller_of
from shared.web.i18n import _

ROLES = {
    "member": _("Member: reads"),
    "editor": _("Editor: writes and acts in its name"),
    "administrator": _("Administrator: also decides who belongs to it"),
}
OFFERED = tuple((role, words) for role, words in ROLES.items() if role != "member")


async def successors(request: Request) -> Sequence[tuple[str, str]]:
    """Return the other people of the organisation on the page, by name."""
    db = request.app.state.runtimes["profiles"].db
    caller = await caller_of(request, "profiles")
    memberships = await people_after(db, request.path_params.get("id", ""), "", MOST_PEOPLE)
    ids = [each.member_id for each in memberships if each.member_id != caller.id]
    members = await MEMBERS.find(db, {"_id": {"$in": ids}}, limit=MOST_PEOPLE)
    return sorted(((each.id, f"{each.name} ({each.email})") for each in members), key=lambda option: option[1])


FORMS = [
    Form(
        operation="invite_person",
        button=_("Send the invitation"),
        next="/organisations/{id}/people",
        done=_("The invitation is on its way. The link in the e-mail is valid for 14 days."),
        words={
            "email": Words(_("E-mail address"), _("The person needs an account with this address."), Kind.EMAIL),
            "role": Words(_("Role"), " ", options=OFFERED),
        },
    ),
    Form(
        operation="withdraw_invitation",
        button=_("Withdraw"),
        next="/organisations/{id}/people",
        done=_("The invitation is withdrawn. Its link no longer works."),
    ),
    Form(
        operation="accept_invitation",
        at="/invitations/{token}",
        source="/invitations/{token}",
        template="invitation.html",
        title=_("Join an organisation"),
        button=_("Accept the invitation"),
        next="/me/organisations",
        done=_("You belong to this organisation now."),
    ),
    Form(
        operation="change_role",
        button=_("Change the role"),
        next="/organisations/{id}/people",
        done=_("The role is changed."),
        words={"role": Words(_("Role"), " ", options=tuple(ROLES.items()))},
    ),
    Form(
        operation="remove_person",
        button=_("Remove"),
        next="/organisations/{id}/people",
        done=_("The person no longer belongs to the organisation."),
        is_final=True,
    ),
    Form(
        operation="leave_organisation",
        button=_("Leave the organisation"),
        next="/me/organisations",
        done=_("You no longer belong to the organisation."),
        words={
            "successor": Words(
                _("Successor"), _("An administrator can hand over: this person becomes one."), Kind.CHOICE
            )
        },
        choices={"successor": successors},
        is_final=True,
    ),
    Form(
        operation="appoint_administrator",
        button=_("Appoint an administrator"),
        next="/organisations/{id}/people",
        done=_("The member is an administrator now."),
        words={"email": Words(_("E-mail address"), _("Of a member of the platform."), Kind.EMAIL)},
    ),
]
