"""Lists of organisations: messy files, every row accounted for, and what a repeated import changes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.organisations.imports.columns import COLUMNS
from services.profiles.organisations.imports.domain import OrganisationRow, empty_values, merged
from services.profiles.organisations.imports.outcomes import (
    ImportedRow,
    counts_of,
    doubles,
    first_mentions,
    repeated,
    report,
    unread,
)
from services.profiles.organisations.imports.reading import Refused, read_lines
from services.profiles.organisations.profile import OrganisationProfile
from shared.errors import Invalid
from shared.imports.reading import FileForm

MESSY = """\ufeffsep=;
Nr;Nom;Pays;Site;PME;Laboratoires;ETP;Région;Secteurs;Programme;Contact
P-1;"Optitec ; photonique";France;www.optitec.com;1 120;35;"6,5";Provence-Alpes-Côte d’Azur;26.1;pôles de compétitivité;
P-2;Minalogic;FR;https://www.minalogic.com;290;;12;Rhône-Alpes;C26;Pôles de compétitivité;anne@minalogic.example
;Sans numéro;FR;;;;;;;;
P-4;Aerospace Valley;Atlantis;;;;;;;;
P-5;Cosmetic Valley;FR;not a link at all;;;;;;;
P-2;Minalogic;FR;https://www.minalogic.com;290;;12;Rhône-Alpes;C26;Pôles de compétitivité;anne@minalogic.example
P-6;"never closed;FR;;;;;;;;
P-7;Short;FR
"""
NAMES = {
    "Nr": "key",
    "Nom": "name",
    "Pays": "country",
    "Site": "website",
    "PME": "members_sme",
    "Laboratoires": "members_research",
    "ETP": "staff",
    "Région": "region",
    "Secteurs": "sectors",
    "Contact": "administrator",
}


def read(text: str, **form: Any) -> dict[int, Any]:
    return dict(read_lines(text.encode(), FileForm(**form), 100))


def messy() -> dict[int, Any]:
    return read(MESSY, mapping=COLUMNS.read_mapping(json.dumps(NAMES)))


def test_a_french_list_is_read_with_its_own_names_numbers_and_regions() -> None:
    rows = messy()
    first, second = rows[3], rows[4]
    assert first.profile.name == "Optitec ; photonique"
    assert first.profile.website == "https://www.optitec.com/"
    assert (first.profile.country, first.profile.region, first.profile.staff) == ("FR", "FRL0", 6.5)
    assert first.profile.members.model_dump() == {"sme": 1120, "large": 0, "research": 35, "other": 0}
    assert (first.profile.sectors, second.profile.sectors) == (["26"], ["26"])
    assert (first.programme, first.administrator) == ("Pôles de compétitivité", None)
    assert second.administrator == "anne@minalogic.example"
    assert second.stated == {"name", "country", "website", "members", "staff", "region", "sectors"}


def test_each_bad_row_has_its_line_and_a_reason() -> None:
    rows = messy()
    assert rows[5].reason == "key: This field is required."
    assert rows[6].reason.startswith("Pays: ")
    assert rows[7].reason.startswith("Site: ")
    assert "does not close" in rows[9].reason
    assert rows[10].reason == "line: The row has 3 cells; it must have 11."
    assert all(isinstance(rows[line], Refused) for line in (5, 6, 7, 9, 10))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,country\nA,FR\n", "The header lacks key"),
        ('[{"name": "Alpha"}]', "no object has key, country"),
        ("%PDF-1.4 ...", "seems to be a PDF file"),
        ("", "The header lacks key, name, country"),
    ],
)
def test_a_file_of_another_kind_is_refused_once(text: str, problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        read(text)


def accounted(body: bytes) -> None:
    """Account for every row of a file as the import does, without a database."""
    try:
        lines = read_lines(body, FileForm(), 1000)
    except Invalid:
        return
    first, repeats = first_mentions(lines)
    double = doubles(first, "list", set())
    left = {row.line for row in double}
    made = [
        ImportedRow(line=line, outcome="created", key=row.key, name=row.profile.name)
        for line, row in first
        if line not in left
    ]
    rows = [*double, *made]
    found = report([*rows, *repeated(repeats, rows), *unread(lines)], dry_run=True)
    assert sum(found.counts.values()) == len(found.rows) == len(lines)
    assert sorted(row.line for row in found.rows) == sorted(line for line, _ in lines)
    assert all(row.reason for row in found.rows if row.outcome == "refused")
    assert found.model_dump_json().encode()


def test_a_missing_half_of_a_point_is_told_by_its_column() -> None:
    ((_, what),) = read_lines(b"key,name,country,latitude\n1,Alpha,FR,48.8\n", FileForm(), 10)
    assert what == Refused("longitude: This field is required.", "1", "Alpha")


@pytest.mark.parametrize(
    ("name", "code"),
    [("Turkey", "TR"), ("The Netherlands", "NL"), ("Scotland", "GB"), ("République tchèque", "CZ"), ("EL", "GR")],
)
def test_a_country_has_the_names_that_lists_give_it(name: str, code: str) -> None:
    ((_, what),) = read_lines(f"key,name,country\n1,Alpha,{name}\n".encode(), FileForm(), 10)
    assert isinstance(what, OrganisationRow)
    assert what.profile.country == code


HALF = "\\ud83d"  # what is left of an emoji in a text that a program cut


@pytest.mark.parametrize(
    "values",
    [
        {"key": f'"{HALF}"'},
        {"name": f'"Alpha {HALF}"'},
        {f"na{HALF}me": "1"},
        {"country": f'"{HALF}"', "organisation_id": f'"{HALF}"'},
        {"countries_of_interest": '[["FR"]]', "technologies": '[{"a": 1}]', "sectors": "[[1]]", "labels": "[null]"},
    ],
)
def test_an_object_with_values_that_no_program_should_write_is_one_row_with_its_reason(values: dict[str, str]) -> None:
    known = {"key": '"A-1"', "name": '"Alpha"', "country": '"FR"'} | values
    other = '{"key": "B-2", "name": "Beta", "country": "FR"}'
    text = "{" + ", ".join(f'"{name}": {value}' for name, value in known.items()) + "}"
    for body in (f"[{text},\n{other}]", f"{text}\n{other}"):
        accounted(body.encode())
        assert isinstance(read_lines(body.encode(), FileForm(), 10)[-1][1], OrganisationRow)


def test_a_header_in_another_charset_is_named_in_the_reason_without_what_was_not_decoded() -> None:
    (line,) = read_lines("key,name\xa0,country\n1,A,FR\n".encode("latin-1"), FileForm(), 10)
    assert line == (2, Refused("name: Use at least 2 characters.", "1", "A"))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_accounted_for(body: bytes) -> None:
    accounted(body)
    accounted(b"key,name,country,website,staff\n" + body)


CELLS = st.one_of(
    st.sampled_from(["1", "2", "Alpha", "alpha", "FR", "Germany", "", "https://alpha.example", "3,5", "yes", '"', "é"]),
    st.text(max_size=12),
)


@given(st.lists(st.lists(CELLS, min_size=4, max_size=7), max_size=12))
def test_rows_of_a_table_add_up(rows: list[list[str]]) -> None:
    body = "\n".join([",".join(["key", "name", "country", "website", "staff"]), *map(",".join, rows)])
    accounted(body.encode(errors="surrogatepass"))


def row(key: str = "1", **profile: Any) -> OrganisationRow:
    values = {"name": "Alpha Cluster", "kind": "cluster_organisation", "country": "FR"} | profile
    return OrganisationRow(key=key, profile=OrganisationProfile(**values), stated=frozenset(values))


def test_rows_that_look_like_an_earlier_one_are_refused_unless_they_say_that_they_are_new() -> None:
    rows = [(2, row("1")), (3, row("2")), (4, row("3").replace(is_new=True)), (5, row("4", name="Other"))]
    [refused] = doubles(rows, "list", set())
    assert (refused.line, "Line 2 (Alpha Cluster)" in (refused.reason or "")) == (3, True)


VALUES = st.fixed_dictionaries({"city": st.sampled_from(["", "Lyon", "Nice"]), "staff": st.sampled_from([0, 1, 2])})


@given(new=VALUES, imported=VALUES, present=VALUES)
def test_what_people_changed_is_never_overwritten(new: dict, imported: dict, present: dict) -> None:
    found = merged(new, imported, present)
    for name, value in new.items():
        own = present[name] not in (imported[name], value)
        assert (name in found.kept) == own
        assert (name in found.changes) == (not own and value != present[name])
    after = present | found.changes
    again = merged(new, found.values, after)
    assert again.changes == {}
    assert again.kept == found.kept


def test_a_present_organisation_without_an_import_only_gets_what_it_lacks() -> None:
    present = {**empty_values(), "name": "Alpha", "city": "Lyon"}
    found = merged({"city": "Nice", "staff": 3.0}, {}, present)
    assert (found.changes, found.kept) == ({"staff": 3.0}, ["city"])


def test_counts_name_every_outcome() -> None:
    assert counts_of([]) == {"created": 0, "changed": 0, "unchanged": 0, "refused": 0}
