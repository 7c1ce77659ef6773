"""A form on a page: its fields as they are drawn, filled with what is stored or with what was sent and refused."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request

from shared.forms.controls import Control, Filling, controls
from shared.forms.declaration import BoundForm, Form
from shared.forms.fields import Field
from shared.forms.reading import BRUSSELS
from shared.ids import new_id

STALE = 412
OF_A_VIEW = {"fields", "values", "version", "zone", "next", "rows", "hide"}


@dataclass(frozen=True)
class Refused:
    """A form that was sent and is shown again: what was typed, and why the API refused it, if it did."""

    operation: str
    action: str
    values: Mapping[str, Any]
    rows: Mapping[str, int]
    errors: Mapping[str, str]
    title: str = ""
    detail: str = ""
    status: int = 200
    key: str = ""
    prefix: str = ""  # of the ids of its fields
    sought: Mapping[str, str] = field(default_factory=dict)  # beginnings of names, by the fields that look for them
    more: str = ""  # path of the list that got another group
    labels: Mapping[str, str] = field(default_factory=dict)  # of the fields that have errors


@dataclass(frozen=True)
class Section:
    """Fields under a heading."""

    title: str
    controls: Sequence[Control]


@dataclass(frozen=True)
class FormView:
    """A form as templates draw it."""

    form: Form
    action: str
    page: str
    next: str
    key: str
    version: int | str | None
    zone: str
    controls: Sequence[Control]
    prefix: str = ""
    refused: Refused | None = None

    @property
    def hidden(self) -> list[Control]:
        """The fields that are sent as they are, and not shown."""
        return [control for control in self.controls if control.hidden]

    @property
    def sends_file(self) -> bool:
        """Whether the form sends a file."""
        return self.form.media_types is not None

    @property
    def endings(self) -> str:
        """The endings of files that it takes, as a browser's field for files has them."""
        return ",".join(ending for ending in self.form.media_types or () if ending)

    @property
    def asks_zone(self) -> bool:
        """Whether one of its fields is a time zone."""
        return any(control.field.name == "timezone" for control in _all(self.controls))

    @property
    def differing(self) -> list[Control]:
        """The fields in which something else was stored meanwhile."""
        return [control for control in _all(self.controls) if control.stored is not None and not control.hidden]

    def without(self, *names: str) -> "FormView":
        """Return the form without some of its fields."""
        return replace(self, controls=[each for each in self.controls if each.field.name not in names])

    @property
    def sections(self) -> list[Section]:
        """The fields by section; those that no section names come last, without a heading."""
        by_name = {control.field.name: control for control in self.controls if not control.hidden}
        made = [
            Section(title, [by_name.pop(name) for name in names if name in by_name])
            for title, names in self.form.sections
        ]
        return [section for section in [*made, Section("", [*by_name.values()])] if section.controls]


def _all(controls: Sequence[Control]) -> Iterator[Control]:
    """Yield controls with those inside them."""
    for control in controls:
        yield control
        yield from _all(control.parts)
        for row in control.rows:
            yield from _all(row)


def refused_form(request: Request) -> Refused | None:
    """Return the form that was sent and is shown again."""
    found: Refused | None = getattr(request.state, "refused_form", None)
    return found


async def form_view(request: Request, operation: str, **details: Any) -> FormView:
    """Return a form for a page; `details` are those of `drawn`."""
    bound: BoundForm = request.app.state.forms[operation]
    fields = await bound.fields(request)
    refused = _refused_here(request, bound, details)
    values = refused.values if refused else details.get("values") or {}
    found = {name: await _found(request, bound, name, values, refused) for name in bound.form.finds}
    return drawn(request, operation, fields=[replace(each, **found.get(each.name, {})) for each in fields], **details)


async def _found(
    request: Request, bound: BoundForm, name: str, values: Mapping[str, Any], refused: Refused | None
) -> dict[str, Any]:
    """Return the options of a field that are found by name, and the text by which they were sought."""
    value = values.get(name)
    chosen = [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
    sought = refused.sought.get(name, "") if refused else ""
    return {"options": tuple(await bound.form.finds[name](request, sought, chosen)), "sought": sought}


def _refused_here(request: Request, bound: BoundForm, details: Mapping[str, Any]) -> Refused | None:
    """Return what was sent, if it was this form to the same address."""
    refused = refused_form(request)
    given = {name: value for name, value in details.items() if name not in OF_A_VIEW}
    action = bound.path.format(**request.path_params | given)
    return refused if refused and (refused.operation, refused.action) == (bound.form.operation, action) else None


def _filling(refused: Refused | None, stored: Filling) -> Filling:
    """Return what a form is filled with: what was sent and refused, or else what is stored."""
    if refused is None:
        return stored
    changed = stored.values if refused.status == STALE else {}
    return Filling(refused.values, refused.errors, refused.rows, stored.zone, changed, stored.prefix)


def _address(request: Request) -> str:
    """Return path and query of a request."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def drawn(
    request: Request,
    operation: str,
    *,
    fields: Sequence[Field] | None = None,
    values: Mapping[str, Any] | None = None,
    version: int | str | None = None,
    zone: str = BRUSSELS,
    next: str = "",
    prefix: str = "",
    rows: Mapping[str, int] | None = None,
    hide: Collection[str] = (),
    **parameters: str,
) -> FormView:
    """Return a form: `values` are stored ones, `parameters` those of the operation's path.

    `prefix`: that of the ids of its fields, if the page has several such forms.
    `rows`: how many groups a list offers, if not one more than it has. `hide`: fields that are sent as they are.
    """
    bound: BoundForm = request.app.state.forms[operation]
    action = bound.path.format(**request.path_params | parameters)
    refused = _refused_here(request, bound, parameters)
    filling = _filling(refused, Filling(values or {}, {}, rows or {}, zone, prefix=prefix))
    return FormView(
        form=bound.form,
        action=action,
        page=_address(request),
        next=next,
        key=refused.key if refused else new_id(),
        version=version,
        zone=zone,
        prefix=prefix,
        controls=[
            replace(control, hidden=control.field.name in hide)
            for control in controls(bound.fields_of() if fields is None else fields, filling)
        ],
        refused=refused,
    )
