"""Which files are accepted: those with a clean name and with content of the type that the name states."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.files.domain import (
    END_RECORD,
    FILE_TYPES,
    LONGEST_NAME,
    FileNameUnusable,
    FileTypeRefused,
    clean_name,
    file_type_of,
)
from tests.support.uploads import DOCX, GOOD, HTML, JPEG, OPEN_DOCUMENT, PDF, PNG, SVG, archive, office


def is_taken(name: str, content: bytes) -> bool:
    return file_type_of(name).matches(io.BytesIO(content))


@pytest.mark.parametrize(("name", "content"), GOOD.items(), ids=GOOD)
def test_files_of_each_type_are_accepted(name: str, content: bytes) -> None:
    assert is_taken(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.png", HTML),
        ("drawing.png", SVG),
        ("drawing.jpg", SVG),
        ("page.txt", HTML),
        ("page.csv", b"\xef\xbb\xbf \n " + SVG),
        ("photo.png", JPEG),
        ("photo.png", rb"\x89PNG" + HTML),
        ("photo.jpg", rb"\377\330\377" + HTML),
        ("photo.jpg", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
        ("guide.pdf", b"%PDX-"),
        ("photo.jpg", PNG),
        ("guide.pdf", b"MZ\x90\x00" + PDF),
        ("guide.pdf", HTML + PDF),
        ("guide.pdf", b""),
        ("notes.txt", b"caf\xe9"),
        ("notes.txt", "Zürich".encode()[:2]),
        ("notes.txt", b"a\x00b"),
        ("form.docx", office("xl/workbook.xml")),
        ("form.docx", archive(a=b"b")),
        ("form.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("form.docx", DOCX[:40]),
        ("form.docx", office("word/document.xml", *map(str, range(12_000)))),  # objects without end
        ("form.docx", DOCX[:-END_RECORD] + b"PK\x06\x07" + bytes(16) + DOCX[-END_RECORD:]),  # of 64 bits
        ("form.odt", archive(zipfile.ZIP_BZIP2, mimetype=OPEN_DOCUMENT)),  # nothing is unpacked to be looked at
        ("form.docx", HTML + DOCX),
        ("form.docx", b"PK\x03\x04" + HTML),
        ("form.odt", archive(mimetype=b"application/zip")),
        ("form.odt", DOCX),
    ],
)
def test_a_file_of_another_type_than_it_states_is_refused(name: str, content: bytes) -> None:
    assert not is_taken(name, content)


@pytest.mark.parametrize("name", ["run.exe", "guide.pdf.exe", "page.html", "drawing.svg", "form.docm", "all.zip"])
def test_other_types_are_refused_by_name(name: str) -> None:
    with pytest.raises(FileTypeRefused):
        file_type_of(clean_name(name))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/cron.d/guide.pdf", "guide.pdf"),
        ("C:\\Users\\anna\\guide.pdf", "guide.pdf"),
        ("C:guide.pdf", "guide.pdf"),
        ("  the   guide .pdf", "the guide.pdf"),
        ("gu\x00i\r\nde.pdf", "guide.pdf"),
        ("guide\u202efdp.exe", "guidefdp.exe"),
        ('a"b;c.pdf', "ab;c.pdf"),
        ("...hidden.pdf.", "hidden.pdf"),
        ("Zu\u0308rich €.pdf", "Zürich €.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@pytest.mark.parametrize("name", ["", "..", "/", ".pdf", "guide", "\u202e.pdf", "guide." + "x" * 40])
def test_a_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(FileNameUnusable):
        clean_name(name)


@given(st.text(max_size=600))
def test_any_accepted_name_is_valid(sent: str) -> None:
    try:
        kept = clean_name(sent)
    except FileNameUnusable:
        return
    assert kept == clean_name(kept), "cleaning again changes nothing"
    assert 0 < len(kept) <= LONGEST_NAME
    assert kept.isprintable()
    assert not {*'/\\:"<>|?*'} & {*kept}
    assert not kept.startswith(".")


@given(
    st.sampled_from([*FILE_TYPES]),
    st.binary(max_size=300) | st.sampled_from([*GOOD.values()]).map(lambda b: b[:-7] + b"x"),
)
def test_any_content_is_accepted_or_refused(extension: str, content: bytes) -> None:
    assert is_taken(f"a.{extension}", content) in {True, False}
