"""Pictures that people send: what is kept of them, and that no file crashes or fills the memory."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from services.profiles.pictures.domain import (
    JPEG,
    SIZES,
    WEBP,
    DescribedPicture,
    PictureDamaged,
    PictureTooLarge,
    PictureTypeRefused,
    TextAlternativeMissing,
)
from services.profiles.pictures.rendering import Rendered, rendered, webp_size
from shared.errors import Refusal
from tests.support.pictures import (
    BLUE,
    GPS,
    RED,
    encoded,
    halves,
    jpeg_header,
    logo,
    opened,
    photo,
    plain,
    png_header,
    webp_header,
)

PHOTO, LOGO, WEB = photo(), logo(), encoded(halves(), "WEBP", lossless=True)


def near(pixel: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=False))


def largest(content: bytes) -> Image.Image:
    return opened(rendered(content)[0].content)


@pytest.mark.parametrize("content", [PHOTO, LOGO, WEB], ids=["JPEG", "PNG", "WebP"])
def test_a_picture_is_written_anew_in_several_sizes_and_as_jpeg(content: bytes) -> None:
    made = rendered(content)
    assert [each.media_type for each in made] == [*[WEBP] * (len(made) - 1), JPEG]
    for each in made:
        image = opened(each.content)
        assert (image.width, image.height) == (each.width, each.height)
        assert Image.MIME[image.format or ""] == each.media_type


def test_a_large_picture_has_every_size_and_a_small_one_is_not_enlarged() -> None:
    made = rendered(encoded(plain(2400, 1200)))
    assert [(each.width, each.height) for each in made] == [(1600, 800), (640, 320), (160, 80), (1200, 600)]
    assert [max(each.width, each.height) for each in rendered(encoded(plain(40, 30)))] == [40, 40]
    assert max(SIZES) == 1600


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_camera_adds_stays(kind: str) -> None:
    source = opened(PHOTO)
    content = encoded(source, kind, exif=source.getexif(), xmp=b"<x:xmpmeta>home</x:xmpmeta>")
    assert opened(content).getexif().get_ifd(GPS), "the picture has a place at first"
    for each in rendered(content):
        image = opened(each.content)
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
        assert b"Quokka" not in each.content
        assert b"home" not in each.content


@pytest.mark.parametrize(("orientation", "top"), [(1, None), (6, RED), (8, BLUE), (3, None)])
def test_a_picture_is_upright(orientation: int, top: tuple[int, ...] | None) -> None:
    image = largest(photo(orientation=orientation)).convert("RGB")
    if top:
        assert image.width < image.height
        assert near(image.getpixel((image.width // 2, 3)), top)
    else:
        assert image.width > image.height
        assert near(image.getpixel((3, image.height // 2)), RED if orientation == 1 else BLUE)


def test_colours_of_another_profile_are_those_of_the_web() -> None:
    turned = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red_and_blue = (turned.index(b"rXYZ"), turned.index(b"bXYZ"))
    swapped = bytearray(turned)
    for at, name in zip(red_and_blue, (b"bXYZ", b"rXYZ"), strict=True):
        swapped[at : at + 4] = name
    other = largest(encoded(plain(colour=(220, 20, 20)), icc_profile=bytes(swapped))).convert("RGB").getpixel((5, 5))
    assert near(other, (20, 20, 220)), "in this profile red is the blue of the web"
    same = largest(encoded(plain(colour=(220, 20, 20)), icc_profile=turned)).convert("RGB").getpixel((5, 5))
    assert near(same, (220, 20, 20))
    broken = largest(encoded(plain(), icc_profile=b"no profile at all")).convert("RGB").getpixel((5, 5))
    assert near(broken, RED)


@pytest.mark.parametrize(
    "content",
    [
        encoded(plain(colour=(0, 255, 255, 0), mode="CMYK"), "JPEG"),
        encoded(plain(colour=200, mode="L")),
        encoded(plain(colour=(200, 255), mode="LA")),
        encoded(plain(colour=1, mode="1")),
        encoded(Image.new("I;16", (40, 30), 200 * 256)),
        encoded(halves().quantize(4)),
        encoded(halves(), transparency=BLUE),
    ],
    ids=["CMYK", "grey", "grey with alpha", "black and white", "16 bits", "palette", "a transparent colour"],
)
def test_every_mode_is_read(content: bytes) -> None:
    made = largest(content)
    assert made.mode in {"RGB", "RGBA"}
    assert max(made.convert("RGB").getpixel((5, 5))) > 150


def test_a_transparent_ground_stays_and_is_white_in_the_preview() -> None:
    made = rendered(LOGO)
    assert opened(made[0].content).getpixel((2, 2))[3] == 0
    assert near(opened(made[-1].content).getpixel((2, 2)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind: str) -> None:
    content = encoded(plain(), kind, save_all=True, append_images=[plain(colour=BLUE), plain(colour=(0, 99, 0))])
    assert getattr(opened(content), "n_frames", 1) == 3
    for each in rendered(content):
        image = opened(each.content)
        assert getattr(image, "n_frames", 1) == 1
        assert near(image.convert("RGB").getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'\xef\xbb\xbf <?xml version="1.0"?><svg/>',
        encoded(plain(), "GIF"),
        b"%PDF-1.7",
        b"",
    ],
)
def test_other_files_are_refused_with_words(content: bytes) -> None:
    with pytest.raises(PictureTypeRefused) as refusal:
        rendered(content)
    assert ("SVG" in refusal.value.detail) == (b"<svg" in content)
    assert "PNG" in refusal.value.detail


@pytest.mark.parametrize("header", [png_header, webp_header, jpeg_header])
@pytest.mark.parametrize("size", [(16_000, 16_000), (10_000, 8_000), (6_000, 4_001)])
def test_a_picture_with_too_many_pixels_is_refused_by_its_header(header: Any, size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge):
        rendered(header(*size))


@pytest.mark.parametrize("lossless", [True, False])
def test_the_size_in_the_header_of_a_webp_is_read(lossless: bool) -> None:
    assert webp_size(encoded(plain(300, 200), "WEBP", lossless=lossless)) == (300, 200)
    assert webp_size(encoded(plain(300, 200), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")) == (300, 200)
    assert webp_size(webp_header(16_383, 9_000)) == (16_383, 9_000)


def rendered_or_refused(content: bytes) -> list[Rendered] | None:
    refusal, made = None, None
    try:
        made = rendered(content)
    except Refusal as error:
        refusal = error
    assert refusal is None or (refusal.detail and refusal.field == "body")
    assert made is None or sum(len(each.content) for each in made) < 2_000_000
    return made


@given(st.binary(max_size=300), st.sampled_from([b"", PHOTO[:20], LOGO[:33], WEB[:30]]))
def test_no_bytes_crash(noise: bytes, start: bytes) -> None:
    rendered_or_refused(start + noise)


@given(st.sampled_from([PHOTO, LOGO, WEB]), st.integers(0, 10_000))
def test_a_file_that_breaks_off_is_refused(content: bytes, end: int) -> None:
    cut = content[: end % len(content)]
    made = rendered_or_refused(cut)
    assert made is None or len(cut) > len(content) - 30, "a part of the pixels is missing"


@settings(max_examples=150)
@given(
    st.sampled_from([PHOTO, LOGO, WEB]), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8)
)
def test_no_damage_crashes(content: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    rendered_or_refused(bytes(damaged))


def test_a_damaged_picture_is_refused_with_words() -> None:
    with pytest.raises(PictureDamaged, match="upload the new file"):
        rendered(PHOTO[: len(PHOTO) // 2])


@pytest.mark.parametrize(("alt", "decorative", "good"), [("A", False, True), ("", True, True), ("", False, False)])
def test_a_picture_says_what_it_shows_or_that_it_decorates(alt: str, decorative: bool, good: bool) -> None:
    described = DescribedPicture(alt=alt, decorative=decorative)
    if good:
        described.check()
    else:
        with pytest.raises(TextAlternativeMissing):
            described.check()
    with pytest.raises(TextAlternativeMissing):
        DescribedPicture(alt="A", decorative=True).check()
