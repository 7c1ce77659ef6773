"""From the body of an import to rows of organisations (pure): each is a row, or has its reason and the rest goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.profiles.organisations.imports.columns import COLUMNS
from services.profiles.organisations.imports.domain import OrganisationRow
from services.profiles.organisations.imports.values import READERS, as_region
from services.profiles.organisations.profile import OrganisationProfile
from shared.imports.columns import Names
from shared.imports.reading import NOT_DECODED, FileForm, is_undecoded, read_raw
from shared.imports.reasons import reason_of
from shared.vocabulary import OrganisationKind

MEMBERS = {"members_sme": "sme", "members_large": "large", "members_research": "research", "members_other": "other"}
POINT = {"latitude", "longitude"}
OF_THE_ROW = {"key", "programme", "administrator", "organisation_id", "is_new"}


@dataclass(frozen=True)
class Refused:
    """A row that cannot be imported."""

    reason: str
    key: str = ""
    name: str = ""


Line = tuple[int, OrganisationRow | Refused]  # the number of the line, from 1, and what it says


def read_lines(body: bytes, form: FileForm, most: int) -> list[Line]:
    """Return up to `most` rows. Raises Invalid once for a file that is no list of organisations."""
    rows = read_raw(body, form, COLUMNS, most, lambda raw: isinstance(read_row(raw, form.mapping), OrganisationRow))
    return [(number, read_row(raw, form.mapping)) for number, raw in rows]


def read_row(raw: Mapping[str, Any] | str, mapping: Names) -> OrganisationRow | Refused:
    """Return what a row says, or the reason why it says nothing."""
    if isinstance(raw, str):
        return Refused(raw)
    found = COLUMNS.mapped(mapping).known_values(raw)
    if any(is_undecoded(value) for _, value in found.values()):
        return Refused(NOT_DECODED)
    names = {field.name: name for field, (name, _) in found.items()}
    values = {field.name: READERS.get(field.name, str)(value) for field, (_, value) in found.items()}
    key, name = (str(values.get(each, ""))[:120] for each in ("key", "name"))
    if isinstance(values.get("country"), str) and "region" in values:
        values["region"] = as_region(values["region"], values["country"])
    try:
        return _row(values)
    except ValidationError as error:
        return Refused(reason_of(error, _by_field(names)), key, name)


def _row(values: Mapping[str, Any]) -> OrganisationRow:
    """Return the row of values. Raises ValidationError."""
    profile: dict[str, Any] = {"kind": OrganisationKind.CLUSTER_ORGANISATION}
    profile |= {name: value for name, value in values.items() if name in OrganisationProfile.model_fields}
    stated = {*profile} & {*values}
    if numbers := {ours: values[name] for name, ours in MEMBERS.items() if name in values}:
        profile["members"] = numbers
        stated.add("members")
    if point := {name: values[name] for name in POINT if name in values}:
        profile["point"] = point
        stated.add("point")
    own = {name: value for name, value in values.items() if name in OF_THE_ROW}
    checked = OrganisationProfile.model_validate(profile)
    return OrganisationRow.model_validate({**own, "profile": checked, "stated": stated})


def _by_field(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names in the file by the paths of our fields."""
    paths = {f"members.{ours}": names[name] for name, ours in MEMBERS.items() if name in names}
    return {**names, **paths, **{f"point.{name}": names.get(name, name) for name in POINT}}
