"""Files of any common form: every row is a record or has its reason, and another kind of file is refused once."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from services.calls.imports.columns import read_mapping
from services.calls.imports.outcomes import Row, batches, first_mentions, refused_rows, repeated_rows, report
from services.calls.imports.reading import Line, Refused, read_lines
from services.calls.imports.record import HORIZON, PORTAL, Record
from shared.errors import Invalid
from shared.imports.reading import FileForm

HEADER = "code,name,open_date,close_date,budget_eur,link,section"
ROWS = [
    f"RIVER-2027-0{n},Rivières d'été {n},2027-02-01,2027-06-15,250000,https://river.example/{n},water"
    for n in (1, 2, 3)
]
TABLE = "\n".join([HEADER, *ROWS]) + "\n"
OBJECT = {
    "topicId": "RIVER-2027-01",
    "title": "Rivières d'été",
    "deadline": "2027-06-15",
    "callStatus": "open",
}


def read(body: str | bytes, **form: object) -> list[Line]:
    return read_lines(body.encode() if isinstance(body, str) else body, FileForm(**form), 10_000)


def ids(lines: list[Line]) -> list[tuple[int, str]]:
    return [(line, what.id if isinstance(what, Record) else what.reason.partition(":")[0]) for line, what in lines]


THREE = [(2, "RIVER-2027-01"), (3, "RIVER-2027-02"), (4, "RIVER-2027-03")]


@pytest.mark.parametrize(
    "file",
    [
        TABLE.encode(),
        TABLE.rstrip("\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-32"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", "|").encode(),
        TABLE.replace(HEADER, HEADER.upper()).encode(),
        TABLE.replace(HEADER, "Topic Code,Call name,Opening date,Closing date,Budget (EUR),URL,Section").encode(),
    ],
    ids=[
        *("lf", "no end", "cr", "crlf", "bom", "utf-16", "utf-16-be", "utf-16 without mark", "utf-32"),
        *("semicolon", "tab", "bar", "capitals", "others"),
    ],
)
def test_a_list_is_the_same_list_in_any_common_form(file: bytes) -> None:
    lines = read(file)
    assert ids(lines) == THREE
    first = lines[0][1]
    assert isinstance(first, Record)
    assert (first.source, first.title) == (HORIZON, "Rivières d'été 1")
    assert (str(first.opens_on), str(first.closes_on)) == ("2027-02-01", "2027-06-15")
    assert (first.budget.smallest, first.link) == (250_000, "https://river.example/1")


def test_a_first_line_may_declare_the_delimiter_and_empty_rows_are_skipped() -> None:
    text = "sep=;\n\n" + TABLE.replace(",", ";").replace("\n", "\n;;;;;;\n", 2)
    assert ids(read(text)) == [(5, "RIVER-2027-01"), (7, "RIVER-2027-02"), (8, "RIVER-2027-03")]


def test_columns_stand_in_any_order_and_unknown_ones_are_not_read() -> None:
    rows = [dict(zip(HEADER.split(","), row.split(","), strict=True)) | {"remark": "x"} for row in ROWS]
    out = io.StringIO()
    writer = csv.DictWriter(out, ["remark", *reversed(HEADER.split(","))])
    writer.writeheader()
    writer.writerows(rows)
    assert [what for _, what in read(out.getvalue())] == [what for _, what in read(TABLE)]


def test_a_declared_charset_is_obeyed_and_an_unknown_one_refused() -> None:
    body = TABLE.encode("cp1252")
    assert [what for _, what in read(body, charset="windows-1252")] == [what for _, what in read(TABLE)]
    assert [what.reason for _, what in read(body)] == [
        "line: The row is not UTF-8. Save the file as UTF-8, or state its charset."
    ] * 3
    for charset in ("klingon", "idna", "zip", "\0"):
        with pytest.raises(Invalid, match="is not a known charset"):
            read(body, charset=charset)


def test_an_open_quotation_mark_costs_one_row_wherever_it_stands() -> None:
    many = [row.replace("RIVER", f"RIVER{n}") for n in range(600) for row in ROWS]
    for place in (0, 900, len(many) - 1):
        rows = [*many]
        rows[place] = rows[place].replace("Rivières", '"Rivières')
        lines = read("\n".join([HEADER, *rows]))
        assert [line for line, _ in lines] == list(range(2, len(many) + 2))
        assert [line for line, what in lines if isinstance(what, Refused)] == [place + 2]


def test_an_open_quotation_mark_that_a_later_row_closes_swallows_no_row() -> None:
    rows = [ROWS[0].replace("Rivières", '"Rivières'), ROWS[1], ROWS[2].replace("été 3", 'été"')]
    lines = read("\n".join([HEADER, *rows]))
    assert [(line, type(what)) for line, what in lines] == [(2, Refused), (3, Record), (4, Record)]


def test_a_cell_of_several_lines_is_one_cell() -> None:
    lines = read("\n".join([HEADER, ROWS[0].replace("Rivières d'été 1", '"Rivières\nd\'été, ""un"""'), ROWS[1]]))
    assert ids(lines) == [(2, "RIVER-2027-01"), (4, "RIVER-2027-02")]
    assert lines[0][1].title == 'Rivières d\'été, "un"'


def test_a_harvest_with_other_names_is_read_from_json_and_from_csv() -> None:
    harvest = {
        "code": "RIVER-2027-01",
        "Name": "Rivers &amp; lakes",
        "openDate": "01/02/2027",
        "Closing date": "15 June 2027",
        "status": "Forthcoming",
        "budgetMin": "1.500.000",
    }
    text = ";".join(harvest) + "\n" + ";".join(f'"{value}"' for value in harvest.values())
    [(_, from_json)], [(_, from_csv)] = read(json.dumps(harvest)), read(text)
    assert from_json == from_csv
    assert (from_json.source, from_json.title, from_json.standing) == (PORTAL, "Rivers & lakes", "forthcoming")
    assert (str(from_json.opens_on), str(from_json.closes_on)) == ("2027-02-01", "2027-06-15")
    assert from_json.budget.smallest == 1_500_000


def test_a_list_with_other_columns_than_the_horizon_list_keeps_them_and_belongs_to_no_programme() -> None:
    header = "code,name,openDate,deadline,countries,about,description"
    rows = [
        "RIVER-2027-01,Rivers,2027-02-01,2027-06-15,EL; UK,BR,Clean rivers.",
        "RIVER-2027-02,Lakes,2027-02-01,2027-06-15,,,",
    ]
    [(_, record), (_, sparse)] = read("\n".join([header, *rows]))
    assert isinstance(record, Record)
    assert isinstance(sparse, Record)
    assert (record.countries, record.about, record.description) == (["GR", "GB"], ["BR"], "Clean rivers.")
    assert (record.programme, str(record.opens_on)) == ("", "2027-02-01")
    assert (sparse.source, sparse.programme) == (record.source, "")


def test_a_mapping_names_foreign_columns_and_an_unknown_field_is_refused() -> None:
    text = "Identifiant;Intitulé;Ouverture;Clôture\nRIVER-1;Rivières;01/02/2027;15/06/2027\n"
    with pytest.raises(Invalid, match="The header lacks code, name, close_date"):
        read(text)
    names = {"identifiant": "code", "Intitulé": "title", "Ouverture": "open_date", "Clôture": "deadline"}
    [(line, record)] = read(text, mapping=read_mapping(json.dumps(names)))
    assert (line, record.title, str(record.closes_on)) == (2, "Rivières", "2027-06-15")
    for bad in ('{"a": "nothing"}', '{"a": 1}', "[]", "{"):
        with pytest.raises(Invalid) as refused:
            read_mapping(bad)
        assert refused.value.field == "columns"


@pytest.mark.parametrize(
    "write",
    [
        lambda objects: "\n".join(map(json.dumps, objects)),
        lambda objects: "\r".join(map(json.dumps, objects)),
        lambda objects: "\ufeff" + "\n\n".join(f"\ufeff{json.dumps(each)}" for each in objects),
        json.dumps,
        lambda objects: json.dumps(objects, indent=2),
    ],
    ids=["lines", "cr", "marks", "array", "written array"],
)
def test_objects_are_read_one_a_line_or_from_an_array(write: Callable[[list[dict]], str]) -> None:
    objects = [OBJECT | {"topicId": f"RIVER-{n}"} for n in range(3)]
    for encoding in ("utf-8", "utf-16"):
        assert [what.id for _, what in read(write(objects).encode(encoding))] == ["RIVER-0", "RIVER-1", "RIVER-2"]


def test_an_element_of_an_array_has_its_line_and_its_reason() -> None:
    objects = [OBJECT, 3, OBJECT | {"deadline": "soon"}]
    assert ids(read("\n" + json.dumps(objects, indent=1))) == [(3, "RIVER-2027-01"), (9, "line"), (10, "deadline")]
    assert ids(read(json.dumps(objects))) == [(1, "RIVER-2027-01"), (2, "line"), (3, "deadline")]


def test_a_single_object_of_several_lines_is_one_row() -> None:
    assert ids(read("\n" + json.dumps(OBJECT, indent=2))) == [(2, "RIVER-2027-01")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n...", "a PDF file"),
        (b"PK\x03\x04..[Content_Types].xml..xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04..word/document.xml", "a Word document"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0....", "an old Office file"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "an iCalendar file"),
        ("\ufeffBEGIN:VCALENDAR".encode("utf-16"), "an iCalendar file"),
        (b"<!DOCTYPE html><p>", "a web page"),
        (b'<?xml version="1.0"?><rss/>', "an XML file"),
        (b"\x00\x01\x02\x03", "a binary file"),
    ],
)
def test_another_kind_of_file_is_refused_once_with_its_kind_and_what_is_taken(body: bytes, kind: str) -> None:
    for media_type in ("text/csv", "application/x-ndjson", ""):
        with pytest.raises(Invalid, match=f"seems to be {kind}.*Send JSON lines, a JSON array, or CSV"):
            read(body, media_type=media_type)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a,b\n1,2\n", "code,name\nx,y\n", "code,code,name,close_date\n", HEADER + ",name\n"]
)
def test_a_table_without_the_columns_is_refused_once(text: str) -> None:
    with pytest.raises(Invalid, match=r"header (lacks|names)"):
        read(text)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (json.dumps([{"code": "A", "name": "Textiles"}, {"code": "B", "name": "Tourism"}]), "no object has deadline"),
        (json.dumps({"results": [OBJECT]}), "no object has topicId, title, deadline; they have results"),
        (json.dumps({"type": "FeatureCollection", "features": []}, indent=1), "they have type, features"),
        (f"{json.dumps(OBJECT)},\n{json.dumps(OBJECT)},\n", "no JSON object that can be read"),
        ("{'topicId': 'A'}\n" * 143, "no JSON object that can be read"),
        (json.dumps([[1], [2]]), "no JSON object that can be read"),
    ],
)
def test_objects_of_another_kind_are_refused_once_with_what_is_missing(body: str, problem: str) -> None:
    with pytest.raises(Invalid, match=f"no list of calls.*{problem}.*Send JSON lines, a JSON array, or CSV"):
        read(body)


def test_bytes_that_are_no_text_are_refused_without_showing_them() -> None:
    with pytest.raises(Invalid, match="binary file, or a text in another charset"):
        read(b"BZh91AY&SY\x9f\x07\x81")


def test_a_cell_that_is_too_long_is_one_refused_row_with_its_reason() -> None:
    long = ROWS[1].replace("water", "x" * 5_000_000)
    lines = read("\n".join([HEADER, ROWS[0], long, ROWS[2]]))
    assert [line for line, what in lines if isinstance(what, Record)] == [2, 4]
    assert isinstance(lines[1][1], Refused)
    assert "more than 131,072 characters" in lines[1][1].reason


def test_half_a_character_is_left_out_of_every_text_and_name() -> None:
    half = "\\ud83d"  # what is left of an emoji in a text that a program cut
    body = json.dumps([OBJECT, OBJECT | {"topicId": "X"}]).replace('X"', f'{half}"').replace("title", f"tit{half}le")
    refused = read(body)[1][1]
    assert isinstance(refused, Refused)
    assert (ids(read(body)), refused.topic) == ([(1, "RIVER-2027-01"), (2, "topicId")], "")
    with pytest.raises(Invalid) as problem:
        read(f'[{{"{half}": 1}}]')
    assert "they have no names" in problem.value.detail


def test_null_in_a_text_is_no_value() -> None:
    nothing = {"openDate": "null", "budgetMin": "NaN", "portalUrl": "None", "keywords": "null", "description": "-"}
    [(_, record)] = read(json.dumps(OBJECT | nothing))
    assert isinstance(record, Record)
    assert (record.opens_on, record.budget, record.link, record.keywords) == (None, None, "", [])
    assert (record.summary, record.description) == ("", "")


def test_an_id_loses_what_cannot_be_seen() -> None:
    [(_, record)] = read(json.dumps(OBJECT | {"topicId": "\ufeffRIVER-2027-01\u200b "}))
    assert isinstance(record, Record)
    assert record.id == "RIVER-2027-01"


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12) | st.sampled_from(
    ['"', '""', 'a"b', '"a', ",", ""]
)
some_rows = st.lists(cells, min_size=7, max_size=7).map(",".join) | st.sampled_from(
    [*ROWS, ROWS[0].replace("R", '"R', 1)]
)


@examples(deadline=None)
@given(st.lists(some_rows, max_size=12), st.sampled_from(["\n", "\r", "\r\n"]))
def test_every_line_of_a_table_is_a_row_or_part_of_one(rows: list[str], end: str) -> None:
    lines = read(end.join([HEADER, *rows]))
    numbers = [line for line, _ in lines]
    assert numbers == sorted(set(numbers))
    good = [number for number, row in enumerate(rows, 2) if row in ROWS]
    records = [line for line, what in lines if isinstance(what, Record)]
    assert set(good) <= set(records)


@examples(deadline=None)
@given(
    st.lists(st.sampled_from([OBJECT, OBJECT | {"title": "Other"}, {"topicId": "river-2027-01"}, {}, 3]) | st.none())
)
def test_created_changed_unchanged_and_refused_add_up_to_the_rows(objects: list[object]) -> None:
    text = "\n".join("" if each is None else json.dumps(each) for each in [OBJECT, *objects])
    lines = read(text)
    records, repeats = first_mentions(lines)
    taken = [Row(line=n, topic=what.id, outcome="created") for batch in batches(records, 2) for n, what in batch]
    result = report([*taken, *repeated_rows(repeats, taken), *refused_rows(lines)], [], dry_run=False)
    expected = [number for number, line in enumerate(text.split("\n"), 1) if line]
    assert [row.line for row in result.rows] == expected
    assert sum(result.counts.values()) == len(expected)


def test_an_id_in_another_case_is_the_same_call() -> None:
    other = OBJECT | {"topicId": OBJECT["topicId"].lower()}
    records, [repeat] = first_mentions(read(json.dumps([OBJECT, other])))
    assert len(records) == 1
    assert (repeat.line, repeat.first[0], repeat.same) == (2, 1, True)
