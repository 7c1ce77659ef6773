"""The confirmation of an address: its body as JSON or as a form, and the fields of the page with their errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pycountry
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from services.profiles.accounts.domain import Confirmation, ConfirmationRequest, PendingRegistration
from shared.field_errors import field_of, message_of
from shared.http.negotiation import wants_html
from shared.vocabulary import country_name

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def _body(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of a body that is sent as JSON or as a form."""
    schema = model.model_json_schema()
    return {"required": True, "content": {media_type: {"schema": schema} for media_type in (JSON, FORM)}}


CONFIRMATION_BODY = _body(Confirmation)
CONFIRMATION_REQUEST = _body(ConfirmationRequest)
COUNTRIES = sorted((country_name(country.alpha_2), country.alpha_2) for country in pycountry.countries)


@dataclass(frozen=True)
class ConfirmationForm:
    """The values that the page shows in its fields, and the error of each field that is not valid."""

    name: str
    country: str
    errors: Mapping[str, str] = field(default_factory=dict)
    countries = COUNTRIES


@dataclass(frozen=True)
class SentConfirmation:
    """The values that were sent, and the confirmation that they make, or the error of each field."""

    values: Any
    body: Confirmation | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def confirmation_form(registration: PendingRegistration, sent: SentConfirmation | None = None) -> ConfirmationForm:
    """Return the form with the registered name and country, or as it was sent; the password must be typed again."""
    typed = sent.values if sent and isinstance(sent.values, dict) else {}
    name, country = [str(typed.get(key, getattr(registration, key))) for key in ("name", "country")]
    return ConfirmationForm(name, country, sent.errors if sent else {})


async def sent_confirmation(request: Request) -> SentConfirmation:
    """Return what was sent, as JSON or as a form. A program that sent something else gets a problem document."""
    values = await _values(request)
    try:
        return SentConfirmation(values, Confirmation.model_validate(values))
    except ValidationError as error:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        if not wants_html(request):
            raise RequestValidationError(errors) from error
        return SentConfirmation(values, errors={field_of(each): message_of(each) for each in errors})


async def sent_request(request: Request) -> ConfirmationRequest:
    """Return the address that was sent, as JSON or as a form. Raises RequestValidationError."""
    try:
        return ConfirmationRequest.model_validate(await _values(request))
    except ValidationError as error:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(errors) from error


async def _values(request: Request) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        return dict(await request.form())
    try:
        return from_json(await request.body())
    except ValueError as error:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",)}]) from error
