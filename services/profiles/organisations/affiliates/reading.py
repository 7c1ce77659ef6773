"""From the body of an import to rows of member organisations (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.profiles.organisations.affiliates.domain import AffiliateBody, AffiliateRow
from services.profiles.organisations.imports.values import YES, as_country, as_region
from shared.imports.columns import Columns, Field, Names, folded
from shared.imports.reading import NOT_DECODED, FileForm, is_undecoded, read_raw
from shared.imports.reasons import reason_of
from shared.imports.values import as_id, as_line, as_link

FIELDS = [
    Field("key", "", "id number reference"),
    Field("name", "", "member organisation organization company"),
    Field("kind", "", "type category size"),
    Field("country", "", "countryCode"),
    Field("region", "", "nuts nuts2"),
    Field("city", "", "town place"),
    Field("website", "", "url web homepage link"),
    Field("public", "", "visible show"),
]
COLUMNS = Columns(FIELDS, ["name", "kind"], "member organisations", "name, kind, country and website")
KINDS = {
    **dict.fromkeys(("sme", "smes", "pme", "kmu", "small", "medium", "micro", "startup", "smallandmediumsized"), "sme"),
    **dict.fromkeys(("large", "largecompany", "largeenterprise", "grandeentreprise", "grossunternehmen"), "large"),
    **dict.fromkeys(("research", "university", "researchbody", "researchorganisation", "academia"), "research"),
    **dict.fromkeys(("other", "others", "public", "association", "ngo"), "other"),
}
NO = {"0", "n", "no", "false", "non", "faux", "nein", "falsch"}


@dataclass(frozen=True)
class Unread:
    """A row that cannot be imported."""

    reason: str
    name: str = ""


Line = tuple[int, AffiliateRow | Unread]


def read_lines(body: bytes, form: FileForm, most: int) -> list[Line]:
    """Return up to `most` rows. Raises Invalid once for a file that is no list of member organisations."""
    rows = read_raw(body, form, COLUMNS, most, lambda raw: isinstance(read_row(raw, form.mapping), AffiliateRow))
    return [(number, read_row(raw, form.mapping)) for number, raw in rows]


def read_row(raw: Mapping[str, Any] | str, mapping: Names) -> AffiliateRow | Unread:
    """Return what a row says, or the reason why it says nothing."""
    if isinstance(raw, str):
        return Unread(raw)
    found = COLUMNS.mapped(mapping).known_values(raw)
    if any(is_undecoded(value) for _, value in found.values()):
        return Unread(NOT_DECODED)
    names = {field.name: name for field, (name, _) in found.items()}
    values = _read({field.name: value for field, (_, value) in found.items()})
    key = values.pop("key", "")
    try:
        checked = AffiliateBody.model_validate(values)
        return AffiliateRow(key=key, body=checked, stated=frozenset(values))
    except ValidationError as error:
        return Unread(reason_of(error, names), str(values.get("name", ""))[:120])


def _read(values: dict[str, Any]) -> dict[str, Any]:
    readers = {"key": as_id, "name": as_line, "city": as_line, "website": as_link, "country": as_country}
    read = {name: readers[name](value) if name in readers else value for name, value in values.items()}
    if isinstance(read.get("kind"), str):
        read["kind"] = KINDS.get(folded(read["kind"]), read["kind"])
    if "region" in read and isinstance(read.get("country"), str):
        read["region"] = as_region(read["region"], read["country"])
    if "public" in read:
        word = str(read["public"]).strip().casefold()
        read["public"] = True if word in YES else False if word in NO else read["public"]
    return read
