"""Pictures: their sizes, their text alternative, and what is refused (pure)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from shared.errors import Invalid, Refusal
from shared.fields import OneLine
from shared.ids import Id
from shared.models import Body, Model
from shared.sentences import _
from shared.text import mended_line

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000  # 96 MB while a picture is decoded
SIZES = (1600, 640, 160)  # pixels of the longest side
PREVIEW = 1200  # the same, of the JPEG for programs that show a preview of a link
WEBP, JPEG = "image/webp", "image/jpeg"


class PictureTypeRefused(Refusal):
    """Refusal of a file that is no JPEG, PNG or WebP picture."""

    status = 415
    title = _("Kind of picture not accepted")


class PictureTooLarge(Invalid):
    """Refusal of a picture with too many bytes or pixels."""


class PictureDamaged(Invalid):
    """Refusal of a picture that cannot be read to its end."""


class TextAlternativeMissing(Invalid):
    """Refusal of a picture that says neither what it shows nor that it is a decoration."""


class PictureFile(Body):
    """Name of the file of a picture, as forms send it."""

    name: Annotated[
        str, Field(max_length=500, description="Name of the file; it is not kept"), AfterValidator(mended_line)
    ] = ""


class DescribedPicture(PictureFile):
    """Name and description of a picture that is uploaded."""

    alt: Annotated[str, OneLine(300)] = Field(
        "", description="Text alternative: what the picture shows, for those who do not see it"
    )
    decorative: bool = Field(False, description="Whether the picture only decorates, and says nothing")

    def check(self) -> None:
        """Raise TextAlternativeMissing unless there is either a text alternative or the word that none is needed."""
        if not self.alt and not self.decorative:
            raise TextAlternativeMissing(
                _("Say what the picture shows, or that it only decorates the page."), field="alt"
            )
        if self.alt and self.decorative:
            raise TextAlternativeMissing(
                _("A picture that only decorates has no description. Delete the text, or untick the box."), field="alt"
            )


class Rendition(Model):
    """A picture in one size, as a file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str = Field(description="Path of the file; its content never changes")
    sha256: str = Field(description="SHA-256 of the file")
    media_type: str
    width: int = Field(description="Pixels")
    height: int = Field(description="Pixels")
    size: int = Field(description="Bytes")


class Picture(Model):
    """A picture in several sizes, the largest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Id
    alt: str = Field("", description="Text alternative; empty for a picture that only decorates")
    renditions: tuple[Rendition, ...] = Field(description="WebP files, the largest first, then a JPEG")

    @property
    def drawn(self) -> Sequence[Rendition]:
        """The files that pages show, the largest first."""
        return [each for each in self.renditions if each.media_type == WEBP]

    @property
    def preview(self) -> Rendition:
        """The file that programs show beside a link."""
        return next((each for each in self.renditions if each.media_type == JPEG), self.renditions[0])

    @property
    def largest(self) -> Rendition:
        """The file with the most pixels."""
        return self.renditions[0]

    def at_least(self, pixels: int) -> Rendition:
        """Return the smallest file whose longest side has this many pixels; the largest one if none has."""
        fitting = [each for each in self.drawn if max(each.width, each.height) >= pixels]
        return fitting[-1] if fitting else self.largest

    def rendition(self, sha256: str) -> Rendition | None:
        """Return the file with this hash."""
        return next((each for each in self.renditions if each.sha256 == sha256), None)

    def stored_as(self, rendition: Rendition) -> str:
        """Return the id under which the bytes of a file are stored."""
        return stored_id(self.id, rendition.sha256)

    @property
    def stored(self) -> list[str]:
        """The ids under which its bytes are stored."""
        return [self.stored_as(each) for each in self.renditions]


def stored_id(picture_id: str, sha256: str) -> str:
    """Return the id under which a file of a picture is stored."""
    return f"{picture_id}.{sha256[:16]}"
