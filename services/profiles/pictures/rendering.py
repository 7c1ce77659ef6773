"""Decode a picture that people sent and write it anew: upright, in sRGB, in a few sizes, without anything else (pure).

A picture that is too large is refused by its header, before its pixels take memory.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from services.profiles.pictures.domain import (
    JPEG,
    MOST_PIXELS,
    PREVIEW,
    SIZES,
    WEBP,
    PictureDamaged,
    PictureTooLarge,
    PictureTypeRefused,
)
from shared.sentences import _

FORMATS = ("JPEG", "PNG", "WEBP")
OF_16_BITS = {"I", "I;16", "I;16B", "I;16L", "I;16N"}
WITH_ALPHA = {"LA", "PA", "RGBA"}
FEW_COLOURS = 4096  # drawings such as logos have fewer, and stay sharp without loss
WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Rendered:
    """A picture in one size, encoded."""

    media_type: str
    width: int
    height: int
    content: bytes


def rendered(content: bytes) -> list[Rendered]:
    """Return a picture in all sizes, the largest first. Of a moving picture only the first frame is kept.

    Raises PictureTypeRefused, PictureTooLarge, PictureDamaged.
    """
    if size := webp_size(content):
        check_pixels(*size)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            check_pixels(*image.size)
            upright = _bare(_in_srgb(_upright(_reduced(image))))
        return [*_renditions(upright)]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise _refused(content) from error
    except PictureTooLarge:
        raise
    except Exception as error:  # decoders raise a dozen different errors for broken files
        raise PictureDamaged(
            _("The picture cannot be read to its end. Export it again, and upload the new file."), field="body"
        ) from error


def check_pixels(width: int, height: int) -> None:
    """Raise PictureTooLarge for a picture with more pixels than are decoded."""
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()


def webp_size(content: bytes) -> tuple[int, int] | None:
    """Return the size that the header of a WebP file states: its decoder takes the memory for it at once.

    The three kinds of header are described in Google's WebP Container Specification and in RFC 6386, section 9.1.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            width, height = content[26:28], content[28:30]
            return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF


def _too_many_pixels() -> PictureTooLarge:
    return PictureTooLarge(
        _(
            "The picture has more than {millions} million pixels. Make it smaller: 1,600 pixels in width are enough.",
            millions=MOST_PIXELS // 1_000_000,
        ),
        field="body",
    )


def _refused(content: bytes) -> PictureTypeRefused:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")):
        detail = _("An SVG drawing can contain programs, and is not accepted. Export it as a PNG picture.")
    else:
        detail = _("The file is no JPEG, PNG or WebP picture. Export it as one of these.")
    return PictureTypeRefused(detail, field="body")


def _reduced(image: Image.Image) -> Image.Image:
    """Return the picture, decoded, with at most the pixels of the largest size, in a mode that can be scaled."""
    made = image
    if image.mode in OF_16_BITS:
        made = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in WITH_ALPHA - {"RGBA"} or "transparency" in image.info:
        made = image.convert("RGBA")
    elif image.mode in {"P", "1"}:
        made = image.convert("RGB" if image.mode == "P" else "L")
    made.thumbnail((SIZES[0], SIZES[0]), Image.Resampling.LANCZOS, reducing_gap=3.0)
    made.load()
    return made


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as its camera was held; as it is, if what the camera wrote cannot be read."""
    with suppress(Exception):
        return ImageOps.exif_transpose(image)
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in the colours that browsers show without a profile."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    opaque = image.convert("RGB") if alpha else image
    made = opaque
    if profile := image.info.get("icc_profile"):
        with suppress(Exception):  # a profile of another mode, or a broken one: the numbers stay as they are
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            made = ImageCms.profileToProfile(opaque, source, target, outputMode="RGB") or opaque
    made = made.convert("RGB")
    if alpha:
        made.putalpha(alpha)
    return made


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone: no camera, no place, no comment, no profile."""
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _renditions(image: Image.Image) -> Iterator[Rendered]:
    longest = max(image.size)
    for side in sorted({min(longest, SIZES[0]), *(each for each in SIZES if each < longest)}, reverse=True):
        yield _encoded(_scaled(image, side), WEBP)
    yield _encoded(_on_white(_scaled(image, PREVIEW)), JPEG)


def _scaled(image: Image.Image, side: int) -> Image.Image:
    made = image.copy()
    made.thumbnail((side, side), Image.Resampling.LANCZOS)
    return made


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, WHITE)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image, media_type: str) -> Rendered:
    written = BytesIO()
    if media_type == WEBP:
        image.save(written, "WEBP", quality=82, method=4, lossless=image.getcolors(FEW_COLOURS) is not None)
    else:
        image.save(written, "JPEG", quality=85, optimize=True, progressive=True)
    return Rendered(media_type, image.width, image.height, written.getvalue())
