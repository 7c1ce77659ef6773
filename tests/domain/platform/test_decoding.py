"""Files in the encodings of common programs: marks, declared charsets, UTF-16 without a mark."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decoding import UNDECODED, decode

TEXT = "naïve; Ελλάδα €\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_a_text_in_unicode_needs_no_declaration(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_a_declared_charset_counts_and_a_mark_counts_more() -> None:
    assert decode("naïve €".encode("cp1252"), "windows-1252") == "naïve €"
    assert decode(TEXT.encode("utf-8-sig"), "latin-1") == TEXT
    assert decode(TEXT.encode(), '"UTF-8"') == TEXT


def test_a_byte_of_another_encoding_is_found_again() -> None:
    assert UNDECODED.search(decode("naïve".encode("cp1252")))
    assert not UNDECODED.search(decode("\ufffd".encode()))


@given(st.binary(), st.none() | st.text())
def test_any_file_is_decoded_or_its_charset_refused(body: bytes, charset: str | None) -> None:
    with suppress(ValueError):
        assert isinstance(decode(body, charset), str)
