"""Whatever text a client sends, a parser reads it or refuses it: no text is an internal error."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.imports.reading import Refused, read_lines
from services.profiles.accounts.domain import normal_email
from shared.auth import KeyRing, verify
from shared.errors import Invalid, NotAuthenticated
from shared.http.conditional import is_fresh
from shared.http.negotiation import wants_html
from shared.http.paging import decode_cursor, decode_number_cursor, decode_score_cursor, decode_time_cursor
from shared.http.preconditions import expected_version
from shared.imports.reading import FileForm

DEEP, DEEP_OBJECT = "[" * 100_000, '{"a":' * 100_000
NOW = datetime(2016, 5, 9, tzinfo=UTC)


def encoded(text: str) -> str:
    """Return a text as the platform encodes its cursors."""
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def asking(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": raw})


def shortened(text: str) -> str:
    return repr(text[:30])


CURSORS: dict[str, Callable[[str], Any]] = {
    "two texts": lambda cursor: decode_cursor(cursor, 2),
    "time": decode_time_cursor,
    "number": decode_number_cursor,
    "score": decode_score_cursor,
}
HEADERS: dict[str, Callable[[str], Any]] = {
    "if-modified-since": lambda text: is_fresh(asking(if_modified_since=text), '"tag"', NOW),
    "if-none-match": lambda text: is_fresh(asking(if_none_match=text), '"tag"', NOW),
    "accept": lambda text: wants_html(asking(accept=text)),
    "if-match": expected_version,
}
keys = st.lists(st.text() | st.datetimes().map(str) | st.floats().map(str), min_size=1, max_size=2)
times = st.builds(
    "{}, {} {} {} {}:{}:00 {}{:04}".format, *[st.text() | st.integers()] * 6, st.sampled_from("+-"), st.integers()
)


@pytest.mark.parametrize("kind", CURSORS)
@given(cursor=st.text() | st.text().map(encoded) | keys.map(json.dumps).map(encoded))
def test_any_cursor_is_read_or_refused(kind: str, cursor: str) -> None:
    with suppress(Invalid):
        CURSORS[kind](cursor)


@pytest.mark.parametrize("kind", CURSORS)
@pytest.mark.parametrize(
    "text", [DEEP, DEEP_OBJECT, '["\\ud800", "x"]', "[[], []]", "[1, 2]", "null", "", "\x00"], ids=shortened
)
def test_a_cursor_of_another_form_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        CURSORS[kind](encoded(text))
    assert refusal.value.field == "cursor"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "12"])
def test_a_time_that_no_page_ends_with_is_refused(time: str) -> None:
    with pytest.raises(Invalid):
        decode_time_cursor(encoded(json.dumps([time, "id"])))


@pytest.mark.parametrize("name", HEADERS)
@given(text=st.text() | times)
def test_any_header_is_read_or_refused(name: str, text: str) -> None:
    with suppress(Invalid):
        HEADERS[name](text)


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 09 May 2016 00:00:00 +99999999999999999999",
        "Mon, 09 May 99999999999999999999 00:00:00 GMT",
        "Mon, 99 May 2016 00:00:00 GMT",
        "Sat, 01 Jan 0001 00:00:00 +2359",
        "(" * 100_000,
        "",
    ],
    ids=shortened,
)
def test_a_date_that_cannot_be_read_is_no_condition(date: str) -> None:
    assert not is_fresh(asking(if_modified_since=date), '"tag"', datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "header", [DEEP, '{"kid": [1]}', '{"kid": "\\ud800", "alg": "EdDSA"}', "{}", '{"kid": 1e999}'], ids=shortened
)
async def test_a_token_with_a_broken_header_is_refused(header: str) -> None:
    nowhere = cast(KeyRing, None)  # the key is not looked up
    with pytest.raises(NotAuthenticated):
        await verify(nowhere, f"{encoded(header)}.e30.c2ln", "access", "profiles")


@given(st.text(), st.sampled_from(["Europe/Brussels", "Pacific/Kiritimati", "Etc/GMT+12"]))
def test_any_deadline_is_read_or_refused(deadline: str, zone: str) -> None:
    with suppress(ValueError):
        CutOff.model_validate({"deadline": deadline, "timezone": zone})


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("deadline", ["0001-01-01T00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", 10**400])
def test_a_deadline_at_the_end_of_time_is_refused(deadline: Any, zone: str) -> None:
    with pytest.raises(ValueError, match="deadline"):
        CutOff.model_validate({"deadline": deadline, "timezone": zone})


@given(st.binary() | st.text().map(str.encode), st.sampled_from(["text/csv", "application/x-ndjson"]))
def test_any_file_is_imported_or_refused(body: bytes, media_type: str) -> None:
    with suppress(Invalid):
        read_lines(body, FileForm(media_type), 10)


@pytest.mark.parametrize(
    "line", [DEEP_OBJECT, '{"a": ' + "1" * 10_000, '{"topicId": "\\ud800"}', '{"expectedGrants": 1e400}'], ids=shortened
)
def test_an_odd_line_is_refused_with_a_reason(line: str) -> None:
    good = '{"topicId": "T-1", "title": "A call", "deadline": "2016-06-30T17:00:00Z"}'
    [_, (number, refused)] = read_lines(f"{good}\n{line}".encode(), FileForm(), 10)
    assert number == 2
    assert isinstance(refused, Refused)


@pytest.mark.parametrize("file", [DEEP, "1" * 10_000, "", "[", "[{}", '[{}] and "more"'], ids=shortened)
def test_an_odd_file_is_refused_once(file: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_lines(file.encode(), FileForm("application/json"), 10)
    assert refused.value.field == "body"


@given(st.text(max_size=254))
def test_any_address_has_a_form_for_comparison(address: str) -> None:
    assert normal_email(address) == normal_email(address)
