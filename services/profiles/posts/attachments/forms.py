"""The forms of files and pictures of posts."""

from services.profiles.pictures.forms import MEDIA_TYPES, WORDS
from shared.files.domain import FILE_TYPES
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.web.i18n import _

PAGE = "/posts/{id}/attachments"
FORMS = [
    Form(
        operation="upload_post_picture",
        button=_("Upload the picture"),
        done=_("The picture is part of the post."),
        next=PAGE,
        media_types=MEDIA_TYPES,
        words=WORDS,
    ),
    Form(
        operation="delete_post_picture",
        button=_("Delete the picture"),
        done=_("The picture is deleted."),
        next=PAGE,
    ),
    Form(
        operation="upload_post_file",
        button=_("Upload the file"),
        done=_("The file is part of the post."),
        next=PAGE,
        media_types={f".{ending}": kind.media_type for ending, kind in FILE_TYPES.items()},
        words={
            "body": Words(_("File"), _("PDF, picture, text, CSV, Office or OpenDocument file of at most 10 MB.")),
            "title": Words(_("Title"), _("What readers see. Empty: the name of the file.")),
        },
    ),
    Form(operation="delete_post_file", button=_("Delete the file"), done=_("The file is deleted."), next=PAGE),
]
