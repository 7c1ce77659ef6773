"""Days, amounts, lists, links and texts as foreign files write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.calls.imports.values import as_day, as_euros, as_time
from shared.imports.cleaning import clean_line, clean_text, comparable, is_damaged
from shared.imports.values import as_line, as_link, as_list, as_text
from shared.vocabulary import Country


@pytest.mark.parametrize(
    "written",
    [
        "2027-03-07",
        "2027-03-07T17:00:00+01:00",
        "2027-03-06T23:30:00Z",  # already the next day in Brussels
        "2027-03-07 00:00:00.000+0000",
        "20270307",
        "2027/03/07",
        "7/3/2027",
        "07.03.2027",
        "07-03-2027",
        "07/03/2027 17:00",
        "7 March 2027",
        "07 Mar 2027",
        "7-Mar-2027",
        "7th of March, 2027",
        "Sunday, 7 March 2027",
        "March 7, 2027",
        "Mar. 7 2027",
        "7 March 2027, 17:00 CET",
        "1804377600",
        1804377600,
        1804377600000,
        "46453",
        46453,
        46453.7,
        "7 March 2027 at 17:00",
        "Sat, 06 Mar 2027 23:30:00 GMT",
        "07/03/2027 17h00",
    ],
)
def test_a_day_is_read_as_it_is_written(written: object) -> None:
    assert as_day(written) == date(2027, 3, 7)


# A time that does not exist, or whose zone is unknown, would be read wrongly: the row is refused.
NO_TIMES = ["2027-03-07T25:00", "7 March 2027 99:00", "7/3/2027 24:30", "7/3/2027 13:00 pm", "7/3/2027 17:00 EST"]


@pytest.mark.parametrize(
    "written", [*NO_TIMES, "soon", "", "31/02/2027", "03/17/2027", "7 Foo 2027", True, None, [], "1e9", "²"]
)
def test_what_is_no_day_stays_as_it_is(written: object) -> None:
    assert as_day(written) == written


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2027-03-07", None),
        ("2027-03-07T00:00:00Z", None),
        ("2027-03-06T23:00:00Z", None),
        ("2027-03-07T11:30:00Z", "12:30"),
        ("2027-03-07 17:00", "17:00"),
        ("7/3/2027 9:05", "09:05"),
        ("7 March 2027, 12:00 CET", "12:00"),
        ("7 March 2027 24:00", "23:59"),
        ("2027-03-07 24:00:00", "23:59"),
        ("2027-03-07 17:00:00 UTC", "18:00"),
        ("Sun, 07 Mar 2027 16:00:00 GMT", "17:00"),
        ("7/3/2027 17:00 (Brussels time)", "17:00"),
        ("2027-03-07 17:00 Europe/Athens", "16:00"),
        ("2027-03-07 17:00 +0000", "18:00"),
        ("7 March 2027, 5:00 PM", "17:00"),
        ("7/3/2027 12:30 a.m.", "00:30"),
        ("7 July 2027 02:00", "02:00"),  # midnight in UTC, which is not what it says
        (1804377600000, None),
        (1804435200, "17:00"),
        (46453.5, "12:00"),
        ("46453.708333333", "17:00"),
    ],
)
def test_a_time_of_day_is_that_of_brussels(written: object, time: str | None) -> None:
    assert as_time(written) == time


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1 500 000", "1500000"),
        ("1\u00a0500\u202f000", "1500000"),
        ("1,500,000", "1500000"),
        ("1.500.000,00", "1500000"),
        ("1,500,000.00 €", "1500000"),
        ("EUR 1'500'000", "1500000"),
        ("€2.500", "2500"),
        ("1500000.0", "1500000"),
        ("12,00", "12"),
        ("-5", "-5"),
        (1500000.0, 1500000),
        (7, 7),
        ("n/a", None),
        ("", None),
        ("1.5", "1.5"),
        ("12,34,56", "12,34,56"),
        ("-1,000", "-1,000"),
        ("much", "much"),
        (2.5, 2.5),
    ],
)
def test_an_amount_is_read_without_currency_and_separators(written: object, amount: object) -> None:
    assert as_euros(written) == amount


@pytest.mark.parametrize(
    ("written", "items"),
    [
        ('["Ecosystem building","Public &amp; private"]', ["Ecosystem building", "Public & private"]),
        ("[]", []),
        ("[a, b]", ["a", "b"]),
        (["a", " b "], ["a", "b"]),
        ("a, b,, c", ["a", "b", "c"]),
        ("a; b", ["a", "b"]),
        ("['a', 'b']", ["a", "b"]),
        ("null", []),
        (["None", "a", "null", None, "NA"], ["a", "NA"]),
        (3, 3),
    ],
)
def test_a_list_inside_a_text_is_a_list(written: object, items: object) -> None:
    assert as_list(written) == items


def test_an_address_gets_its_scheme() -> None:
    assert as_link("portal.example/x") == "https://portal.example/x"
    assert as_link("http://portal.example") == "http://portal.example"
    assert as_link("no address") == "no address"
    assert as_link("https://portal.example/?a=1&amp;b=2") == "https://portal.example/?a=1&b=2"


@pytest.mark.parametrize(
    ("broken", "clean"),
    [
        ("beneficiariesâ€™ rights", "beneficiaries’ rights"),
        ("Ã‰nergie pour les citÃ©s", "Énergie pour les cités"),
        ("â‚¬ 5 Â  each", "€ 5 each"),
        ("Research &amp; innovation for Europe&#39;s regions", "Research & innovation for Europe's regions"),
        ("&lt;p&gt;Twice &amp;amp; escaped&lt;/p&gt;", "Twice & escaped"),
        ("One\u00a0thing  and\tanother", "One thing and another"),
        ("Zero\u200bwidth and soft\u00adhyphen", "Zerowidth and softhyphen"),
        ("<b>Bold</b> and <a href='x'>link</a>", "Bold and link"),
        ("less < than & more > than", "less < than & more > than"),
        ("R&D, M&section; <TRL 5>", "R&D, M&section; <TRL 5>"),
        ("SÃO TOMÉ, Ελλάδα, ΑΘΗΝΑ – “naïve”", "SÃO TOMÉ, Ελλάδα, ΑΘΗΝΑ – “naïve”"),
    ],
)
def test_a_text_loses_the_damage_of_its_way_and_nothing_else(broken: str, clean: str) -> None:
    assert clean_line(broken) == clean
    assert not is_damaged(clean)


def test_html_becomes_lines() -> None:
    html = "<style>p {}</style><p>Outcome:</p><ul><li>One&nbsp;thing</li><li>Two <em>things</em></li></ul>"
    assert clean_text(f"{html}<!-- x -->End<br/>.") == "Outcome:\n\n- One thing\n- Two things\nEnd\n."


def test_what_cannot_be_repaired_is_known_as_damaged() -> None:
    assert is_damaged("Caf\ufffd")
    assert not is_damaged("Café")
    assert comparable("The Farmers’ – grid") == comparable("the farmers' - grid")


@pytest.mark.parametrize(("code", "country"), [("EL", "GR"), ("uk", "GB"), ("GR", "GR"), (" gb", "GB"), ("fr", "FR")])
def test_the_codes_of_the_eu_are_read_as_those_of_iso(code: str, country: str) -> None:
    assert TypeAdapter(Country).validate_python(code.strip()) == country


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3),
)


@examples(deadline=None)
@given(anything)
def test_no_value_breaks_a_reader(value: object) -> None:
    for reader in (as_day, as_euros, as_list, as_link, as_line, as_text, as_time):
        reader(value)
