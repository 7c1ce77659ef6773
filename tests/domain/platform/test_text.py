"""Lines, texts, lists, days, passwords and addresses: what clients may send, and what is mended once it is stored."""

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError

from shared.addresses import EmailAddress, mail_address
from shared.field_errors import message_of
from shared.fields import STORED, Distinct, GivenPassword, NewPassword, OneLine, Paragraphs
from shared.models import Day, Moment
from shared.text import checked_line, checked_text, is_visible, mended_line, mended_text

LINE = TypeAdapter(Annotated[str, OneLine(20, fewest=2)])
TEXT = TypeAdapter(Annotated[str, Paragraphs(20)])
LIST = TypeAdapter(Annotated[list[str], Distinct(3)])
CONTROLS = [chr(c) for c in range(0xA0) if unicodedata.category(chr(c)) == "Cc"]
# Texts in which the interesting characters are frequent.
INTERESTING = "".join(CONTROLS) + "\u2028\u2029\u200b\u200c\u200d\u202e\u2066\ufeff\u3164\u2800\ufdd0\uffff\u0301\u0323"
INTERESTING += "\ufe0f\u20e3\U000e0101\U0001d159\u0378\ue000\U000110bd1葛ب"
TEXTS = st.text(st.sampled_from(INTERESTING + "aé Ω\u0915\u094dنا👩🚀") | st.characters(), max_size=60)


def refusal(adapter: TypeAdapter[Any], value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        adapter.validate_python(value)
    return message_of(refused.value.errors()[0])


# --- lines and texts ----------------------------------------------------------------------------


@settings(deadline=None)
@given(TEXTS)
def test_a_line_that_passes_is_one_line_for_every_program(text: str) -> None:
    try:
        line = checked_line(text)
    except ValueError:
        return
    assert line == unicodedata.normalize("NFC", text)
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert checked_line(line) == line


@settings(deadline=None)
@given(TEXTS)
def test_a_text_that_passes_has_lines_where_mail_servers_have_them(text: str) -> None:
    try:
        passed = checked_text(text)
    except ValueError:
        return
    assert passed.splitlines() == passed.removesuffix("\n").split("\n") or not passed
    assert not [c for c in passed if c not in "\n\t" and unicodedata.category(c) in {"Cc", "Cs"}]
    assert checked_text(passed) == passed == unicodedata.normalize("NFC", passed)


@settings(deadline=None)
@given(TEXTS)
def test_whatever_is_mended_passes(text: str) -> None:
    assert checked_line(mended_line(text)) == mended_line(text)
    assert checked_text(mended_text(text)) == mended_text(text)


@settings(deadline=None)
@given(TEXTS)
def test_a_text_of_any_length_is_mended(text: str) -> None:
    for long in (text * 60, f"{'ب' * 1_100}{text}", f"{text}{'ب' * 1_100}\u200cب"):
        assert checked_line(mended_line(long)) == mended_line(long)
        assert checked_text(mended_text(long)) == mended_text(long)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_every_refusal_is_in_our_words(before: str, after: str) -> None:
    with pytest.raises(ValueError, match=r"^(Write one line|Use at most 30 accents)"):
        checked_line(f"{before}\u200b{'ب' * 1_100}\u200c{after}")


def test_a_joiner_is_judged_by_its_neighbours_in_a_text_of_any_length() -> None:
    joined = f"{'ب' * 1_100}\u200cب{'ب' * 1_100}"
    assert checked_line(joined) == mended_line(joined) == joined
    assert mended_line(f"{'ب' * 1_100}\u200ca") == f"{'ب' * 1_100}a"


@settings(deadline=None)
@given(TEXTS)
def test_whatever_is_stored_can_be_read_and_shown(text: str) -> None:
    for adapter in (LINE, TEXT):
        read = adapter.validate_python(text, context=STORED)
        assert adapter.validate_python(read, context=STORED) == read
        assert adapter.validate_python(read) == read


@pytest.mark.parametrize("character", [*CONTROLS, "\u2028", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u3164"])
def test_no_line_has_control_invisible_or_direction_characters(character: str) -> None:
    assert f"U+{ord(character):04X}" in refusal(LINE, f"An{character}na")


@pytest.mark.parametrize("character", ["\0", "\v", "\f", "\x1b", "\x1c", "\x9b", "\u202e", "\uffff"])
def test_no_text_has_control_characters(character: str) -> None:
    assert f"U+{ord(character):04X}" in refusal(TEXT, f"An{character}na")


def test_every_break_between_lines_becomes_a_line_feed() -> None:
    assert TEXT.validate_python("a\r\nb\rc\x85d\u2028e\u2029f\tg") == "a\nb\nc\nd\ne\nf\tg"


@pytest.mark.parametrize(
    "name",
    [
        *("José", "نامه‌ای", "क्‍ष", "👩‍🚀 Women in space", "葛󠄀城", "Ω-Cluster", "a\u00a0b"),
        *("❤️ of Europe", "1️⃣ call", "⁉️ Ask", "👩🏽‍🔬 Labs", "🙂‍↔️ no", "🫨 shakes", "𰻞 noodles", "神︀社"),
    ],
)
def test_names_of_every_script_pass(name: str) -> None:
    assert LINE.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("\u0301\u0301", "\u200b\u200b", "\u3164\u3164", "\u200d\u200d", "a\u200db", "\u2800a"),
        *(
            "A\ufe0fdmin",
            "admin\U000e0101",
            "\ufe0fab",
            "C+\ufe0f+",
            "1\ufe0fst",
            "葛\ufe0f城",
            "👩\U000e0101",
        ),  # selectors
        *("\U0001d159\U0001d159", "a\U0001d159", "a\U00016fe4", "a\ufffc"),  # without a shape
        *(
            "\u0378\u0378",
            "a\u0378",
            "a\ue000",
            "a\U0010fffd",
            "a\U000110bd",
            "a\U00013430",
        ),  # unassigned, private, formats
    ],
)
def test_a_name_has_visible_characters_only(name: str) -> None:
    refusal(LINE, name)


def test_texts_are_normalised_before_they_are_measured() -> None:
    assert LINE.validate_python("e\u0301" * 20) == "é" * 20
    assert refusal(LINE, "\U0001d160" * 10) == "Use at most 20 characters."  # three characters each, in NFC
    assert "accents" in refusal(LINE, "a" + "\u0301\u0323" * 20)
    assert LINE.validate_python(unicodedata.normalize("NFD", "ᾷ" * 20)) == "ᾷ" * 20


@pytest.mark.parametrize(
    "adapter",
    [LINE, TEXT, TypeAdapter(NewPassword), TypeAdapter(GivenPassword)],
    ids=["line", "text", "new password", "given password"],
)
@pytest.mark.parametrize(
    "text",
    ["\u0323\u0301" * 350_000, "a\u0323\u0301" * 250_000, "e\u0301\n" * 250_000],
    ids=["marks", "letters", "lines"],
)
def test_a_text_that_is_far_too_long_is_refused_before_it_is_read(
    adapter: TypeAdapter[Any], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.text.unicodedata", None)
    assert refusal(adapter, text).startswith("Use at most")


def test_only_letters_digits_and_signs_are_visible() -> None:
    assert not is_visible(" \u0301\u00a0")
    assert not is_visible("\u0378\ue000\U0001d159\ufe0f")
    assert is_visible("\u0301a")


# --- lists and days -----------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc")))
def test_a_list_has_each_item_once(items: list[str]) -> None:
    assert LIST.validate_python(items[:3], context=STORED) == [*dict.fromkeys(items[:3])]
    if len(set(items)) == len(items):
        assert LIST.validate_python(items) == items
    else:
        refusal(LIST, items)


def test_the_refusal_names_what_stands_twice() -> None:
    assert refusal(LIST, ["FR", "DE", "FR"]) == "Give each item once: FR repeats an earlier one."
    assert refusal(LIST, ["a", "b", "c", "d"]) == "Give at most 3 items."


@settings(deadline=None)
@given(st.datetimes(timezones=st.timezones()))
def test_every_day_and_moment_is_of_our_time_or_refused(when: datetime) -> None:
    for adapter, value in ((TypeAdapter(Day), when.date()), (TypeAdapter(Moment), when)):
        stored = adapter.validate_python(value, context=STORED)
        assert 1990 <= stored.year <= 2100
        try:
            assert adapter.validate_python(value) == stored
        except ValidationError:
            assert not 1991 <= value.year <= 2099


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"])
def test_the_year_1_is_no_day_of_ours(day: str) -> None:
    assert refusal(TypeAdapter(Day), day) == "The year must be between 1990 and 2100."
    assert TypeAdapter(Day).validate_python(day, context=STORED).year in {1990, 2100}
    assert TypeAdapter(Day).dump_python(date(2016, 6, 30)) == "2016-06-30"


# --- passwords and addresses --------------------------------------------------------------------


def password(text: str, type_: Any = NewPassword) -> str:
    secret: SecretStr = TypeAdapter(type_).validate_python(text)
    return secret.get_secret_value()


def test_one_password_has_one_form_on_every_keyboard() -> None:
    assert password("e\u0301cole\u00a0primaire") == password("école primaire") == "école primaire"
    assert password("e\u0301cole", GivenPassword) == "école"
    assert password("with\0control", GivenPassword) == "with\0control"  # matches no password, and is not refused


@pytest.mark.parametrize("text", ["with\0control", "with\nlines in it", "zero\u200bwidth", "\u202eturned round"])
def test_no_password_has_control_characters(text: str) -> None:
    assert refusal(TypeAdapter(NewPassword), text).startswith("Use letters, digits")


def test_a_refused_password_is_measured_in_characters() -> None:
    assert refusal(TypeAdapter(NewPassword), "short") == "Use at least 10 characters."
    assert refusal(TypeAdapter(NewPassword), "x" * 201) == "Use at most 200 characters."


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Anna@Straße.de", "anna@xn--strae-oqa.de"),
        ("anna@XN--STRAE-OQA.de", "anna@xn--strae-oqa.de"),
        ("anna@strasse.de", "anna@strasse.de"),
        ("anna@σας.gr", "anna@xn--mxa8ab.gr"),
        ("anna@BÜCHER.example", "anna@xn--bcher-kva.example"),
        ("anna@bu\u0308cher。example", "anna@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_stored_with_the_domain_that_browsers_look_up(written: str, stored: str) -> None:
    assert mail_address(written) == mail_address(stored) == stored
    assert TypeAdapter(EmailAddress).validate_python(written) == stored


@settings(deadline=None)
@given(st.text(max_size=300) | st.emails())
def test_an_address_can_be_written_to_mail_servers_or_is_refused(text: str) -> None:
    try:
        address = mail_address(text)
    except ValueError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert len(address) <= 254
    assert mail_address(address) == address
