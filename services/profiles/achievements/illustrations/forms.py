"""The forms of pictures of achievements: upload one, remove it."""

from services.profiles.pictures.forms import MEDIA_TYPES, WORDS
from shared.forms.declaration import Form
from shared.web.i18n import _

EDITOR = "/achievements/{id}/change"
FORMS = [
    Form(
        operation="upload_achievement_picture",
        button=_("Upload the picture"),
        done=_("The picture is stored. If the achievement is public, an operator looks at it first."),
        next=EDITOR,
        media_types=MEDIA_TYPES,
        words=WORDS,
    ),
    Form(
        operation="delete_achievement_picture",
        button=_("Remove the picture"),
        done=_("The picture is removed."),
        next=EDITOR,
    ),
]
