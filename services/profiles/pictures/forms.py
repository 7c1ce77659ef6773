"""What forms say about pictures."""

from collections.abc import Mapping

from services.profiles.pictures.domain import JPEG, WEBP
from shared.forms.fields import Words
from shared.web.i18n import _

MEDIA_TYPES: Mapping[str, str] = {".jpg": JPEG, ".jpeg": JPEG, ".png": "image/png", ".webp": WEBP}
WORDS: Mapping[str, Words] = {
    "body": Words(_("Picture file"), _("A JPEG, PNG or WebP picture of at most 5 MB.")),
    "alt": Words(
        _("What the picture shows"),
        _("For people who do not see it, in one sentence. Empty only if the picture just decorates the page."),
    ),
    "decorative": Words(_("The picture only decorates the page"), " "),
}
