"""The forms of requests to join: ask, withdraw, accept, decline."""

from services.profiles.organisations.people.forms import ROLES
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web.i18n import _

FORMS = [
    Form(
        operation="ask_to_join",
        button=_("Send the request"),
        next="/me/organisations",
        done=_("The request is sent. You are told when an administrator has answered it."),
        words={
            "message": Words(
                _("Message"), _("Who you are, and why you want to join. Its administrators read it."), Kind.TEXT
            )
        },
    ),
    Form(
        operation="withdraw_join_request",
        button=_("Withdraw the request"),
        next="/me/organisations",
        done=_("The request is withdrawn."),
    ),
    Form(
        operation="accept_join_request",
        button=_("Accept the request"),
        next="/organisations/{id}/people",
        done=_("The person belongs to the organisation now, and is told."),
        words={"role": Words(_("Role"), " ", options=tuple(ROLES.items()))},
    ),
    Form(
        operation="decline_join_request",
        button=_("Decline the request"),
        next="/organisations/{id}/people",
        done=_("The request is declined, and the person is told."),
        words={"reason": Words(_("Reason"), _("The person who asked reads it."), Kind.TEXT)},
    ),
]
