"""The declaration of a form, and its operation in the API."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import Request
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, TypeAdapter
from starlette.routing import BaseRoute

from shared.forms.fields import Field, Json, Words, fields_of, resolved

Choices = Callable[[Request], Awaitable[Sequence[tuple[str, str]]]]
# The options among very many: those that are chosen, and those whose names have words that begin like the text.
Finds = Callable[[Request, str, Sequence[str]], Awaitable[Sequence[tuple[str, str]]]]
NO_BODY: Json = {"properties": {}}


@dataclass(frozen=True)
class Form:
    """A form: the operation of the API that it sends, what it says, and where it leads.

    Paths have the parameters of the operation's path: `/calls/{id}`. Texts are marked for translation by `_`.
    """

    operation: str
    button: str
    title: str = ""
    intro: str = ""
    done: str = ""  # the notice after it
    at: str = ""  # path of a page that shows this form alone; without it, only templates of other pages draw it
    next: str = ""  # path that follows, with fields of the answer; without it, the new resource, or the form's page
    source: str = ""  # path of the API with the present values
    words: Mapping[str, Words] = field(
        default_factory=dict
    )  # by path or name of a field; "body" is the file that it sends
    sections: Sequence[tuple[str, Sequence[str]]] = ()  # heading and names of fields; the others follow
    leave: frozenset[str] = frozenset()  # paths of fields that it does not show
    choices: Mapping[str, Choices] = field(default_factory=dict)  # options that depend on the member
    finds: Mapping[str, Finds] = field(default_factory=dict)  # fields whose options are found by name
    schema: Callable[[Request], Awaitable[Json]] | None = None  # if the fields depend on the address
    media_types: Mapping[str, str] | None = None  # it sends a file: media types by ending, `""` for all others
    template: str = "form.html"  # of its own page; it gets the form as `view`, and the present values as `resource`
    answer: str = ""  # template that shows the API's answer as `resource`, if it can be read only now: a secret
    is_open: bool = False  # visitors may send it
    is_final: bool = False  # cannot be undone: the button looks like it


@dataclass(frozen=True)
class BoundForm:
    """A form with the method, path and body of its operation."""

    form: Form
    method: str
    path: str
    body: Json

    @property
    def takes_any_post(self) -> bool:
        """Whether a program may send it as a form that is not ours, such as the one-click unsubscribe of RFC 8058."""
        return self.form.is_open and self.method == "POST" and self.body == NO_BODY

    async def fields(self, request: Request) -> tuple[Field, ...]:
        """Return the fields for a request: its schema, its choices."""
        body = await self.form.schema(request) if self.form.schema else self.body
        fields = self.fields_of(body)
        options = {name: tuple(await choices(request)) for name, choices in self.form.choices.items()}
        return tuple(_with_options(each, options, "") for each in fields) if options else fields

    def fields_of(self, body: Json | None = None) -> tuple[Field, ...]:
        """Return the fields of a body, without those that the form leaves out."""
        return _without(fields_of(self.body if body is None else body, self.form.words), self.form.leave, "")


def _without(fields: Sequence[Field], leave: frozenset[str], prefix: str) -> tuple[Field, ...]:
    shown = [each for each in fields if f"{prefix}{each.name}" not in leave]
    return tuple(replace(each, fields=_without(each.fields, leave, f"{prefix}{each.name}.")) for each in shown)


def _with_options(field: Field, options: Mapping[str, tuple[tuple[str, str], ...]], prefix: str) -> Field:
    path = f"{prefix}{field.name}"
    inner = tuple(_with_options(each, options, f"{path}.") for each in field.fields)
    return replace(field, options=options.get(path, field.options), fields=inner)


def bind(forms: Sequence[Form], routes: Sequence[BaseRoute]) -> dict[str, BoundForm]:
    """Return the forms by their operations. Raises KeyError for an operation that the API does not have."""
    operations = {context.operation_id: context for context in iter_route_contexts(routes) if context.operation_id}
    return {form.operation: _bound(form, operations[form.operation]) for form in forms}


def _limited(annotation: Any, metadata: Sequence[Any]) -> Any:
    """Return the type of a parameter with the limits that its declaration sets, such as the length of a text."""
    limited = annotation
    for limit in metadata:
        limited = Annotated[limited, limit]
    return limited


def _query(parameters: Sequence[Any]) -> Json:
    """Return the schema of query parameters, which a form that sends a file asks for; the file has its own name."""
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    required: list[str] = []
    for parameter in parameters:
        annotation = parameter.field_info.annotation
        described = TypeAdapter(_limited(annotation, parameter.field_info.metadata)).json_schema()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            properties |= described["properties"]
            definitions |= described.get("$defs", {})
            required += described.get("required", ())
        elif parameter.field_info.is_required():
            properties[parameter.name] = described
            required.append(parameter.name)
        else:
            properties[parameter.name] = {"default": parameter.field_info.default, **described}
    properties.pop("name", None)
    return {"type": "object", "properties": properties, "required": required, "$defs": definitions}


def _bound(form: Form, route: Any) -> BoundForm:
    [method] = route.methods
    body = NO_BODY
    if form.media_types is not None:  # the file is the body
        body = _query(route.dependant.query_params)
    elif route.body_field is not None:
        described = TypeAdapter(route.body_field.field_info.annotation).json_schema()
        body = {**resolved(described, described.get("$defs", {}))[0], "$defs": described.get("$defs", {})}
    return BoundForm(form, method, route.path, body)
