"""Each kind of invalid value has a message that says in a sentence what to send instead."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import AfterValidator, AwareDatetime, EmailStr, Field

from shared.field_errors import MESSAGES
from shared.http import problems
from shared.ids import Id
from shared.models import Body, Link, Moment
from shared.vocabulary import Country
from shared.web.i18n import translated


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def require_even(value: int) -> int:
    if value % 2:
        raise ValueError("The number must be even.")
    return value


class Everything(Body):
    """A field of each kind; all are optional except the first."""

    title: str = Field(min_length=3, max_length=10)
    id: Id = "x"
    colour: Colour = Colour.RED
    side: Literal["left", "right"] = "left"
    count: int = Field(1, ge=1, le=9)
    share: float = Field(0.5, gt=0, lt=1)
    public: bool = False
    day: date = date(2016, 5, 9)
    local: datetime | None = None
    at: AwareDatetime | None = None
    moment: Moment | None = None
    tags: list[str] = Field([], max_length=2)
    nested: dict[str, int] = Field({})
    pair: list[int] | None = Field(None, min_length=2)
    link: Link = ""
    email: EmailStr | None = None
    country: Country | None = None
    even: Annotated[int, AfterValidator(require_even)] = 2


app = FastAPI(exception_handlers=problems.HANDLERS)
app.state.translated = translated


@app.post("/things")
async def create_thing(body: Everything) -> str:
    return body.title


@app.get("/things")
async def list_things(limit: Annotated[int, Query(ge=1)] = 1) -> int:
    return limit


async def send(method: str, path: str, **request: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ccp.test") as http:
        return await http.request(method, path, **request)


async def errors_of(**values: Any) -> dict[str, str]:
    answer = await send("POST", "/things", json={"title": "Title", **values})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", 7, "Use a text."),
        ("title", "ab", "Use at least 3 characters."),
        ("title", "a" * 11, "Use at most 10 characters."),
        ("id", "$ne", "This value contains characters that are not allowed here, or its length is wrong."),
        ("colour", "green", "Use one of these values: 'red' or 'blue'."),
        ("side", "up", "Use one of these values: 'left' or 'right'."),
        ("count", "many", "Use a whole number, such as 3."),
        ("count", 1.5, "Use a whole number, such as 3."),
        ("count", [], "Use a whole number, such as 3."),
        ("count", 0, "Use 1 or more."),
        ("count", 10, "Use 9 or less."),
        ("share", "half", "Use a number, such as 2.5."),
        ("share", 0, "Use a value greater than 0.0."),
        ("share", 1, "Use a value less than 1.0."),
        ("public", "perhaps", "Use true or false."),
        ("day", "tomorrow", "Use a date, such as 2026-06-30."),
        ("local", "soon", MESSAGES["datetime_parsing"]),
        ("at", "2016-05-09T09:00:00", "Add the time zone, such as +02:00."),
        ("at", [], MESSAGES["datetime_type"]),
        ("moment", "1066-10-14T00:00:00Z", "The year must be between 1990 and 2100."),
        ("tags", "x", "Use a list."),
        ("tags", ["a", "b", "c"], "Give at most 2 items."),
        ("tags.1", ["a", 1], "Use a text."),
        ("nested", [], "Use an object with named fields."),
        ("nested.a", {"a": "b"}, "Use a whole number, such as 3."),
        ("pair", [1], "Give at least 2 items."),
        ("link", "javascript:alert(1)", MESSAGES["url_scheme"]),
        ("link", "nothing", MESSAGES["url_parsing"]),
        ("email", "anna", "Use a valid e-mail address, such as anna@example.org."),
        ("country", "XX", "Use a two-letter country code of ISO 3166-1, such as FR."),
        ("even", 3, "The number must be even."),
        ("shape", "round", "This field is not known here. Remove it."),
    ],
)
async def test_an_invalid_value_gets_a_plain_sentence(field: str, value: Any, message: str) -> None:
    assert await errors_of(**{field.partition(".")[0]: value}) == {field: message}


async def test_a_missing_field_is_named() -> None:
    answer = await send("POST", "/things", json={})
    assert answer.json()["errors"] == [{"field": "title", "message": "This field is required."}]
    assert answer.json()["detail"] == "Correct this field and send the request again: title."


async def test_several_fields_are_named_in_the_detail() -> None:
    answer = await send("POST", "/things", json={"title": "", "count": 0})
    assert answer.json()["detail"] == "Correct these fields and send the request again: title, count."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "The body is not valid JSON. Check its syntax."),
        (b"[]", "Use an object with named fields."),
        (b"", "This field is required."),
    ],
)
async def test_a_body_that_is_no_object_is_refused(body: bytes, message: str) -> None:
    answer = await send("POST", "/things", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["errors"] == [{"field": "body", "message": message}]


async def test_query_parameters_have_the_same_messages() -> None:
    answer = await send("GET", "/things", params={"limit": "0"})
    assert answer.json()["errors"] == [{"field": "limit", "message": "Use 1 or more."}]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/things", 405)])
async def test_errors_of_the_framework_are_sentences_too(method: str, path: str, status: int) -> None:
    answer = await send(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["title"] in {"Not found", "Method not allowed"}
