"""The forms of logos: upload one, remove it."""

from services.profiles.pictures.forms import MEDIA_TYPES
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.web.i18n import _

EDITOR = "/organisations/{id}/edit"
FORMS = [
    Form(
        operation="upload_logo",
        button=_("Upload the logo"),
        done=_("The logo is stored. That of a public profile is shown after a review."),
        next=EDITOR,
        media_types=MEDIA_TYPES,
        words={"body": Words(_("Picture file"), _("A JPEG, PNG or WebP picture of at most 5 MB."))},
    ),
    Form(
        operation="delete_logo",
        button=_("Remove the logo"),
        done=_("The logo is removed."),
        next=EDITOR,
    ),
]
