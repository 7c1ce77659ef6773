"""Any event that a contract allows, for property tests."""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

import pycountry
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from shared.contracts.base import Part
from shared.vocabulary import Country

YEARS = {"min_value": datetime(1990, 1, 1), "max_value": datetime(2100, 12, 31)}  # noqa: DTZ001
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
COUNTRIES = [country.alpha_2 for country in pycountry.countries]

st.register_type_strategy(AwareDatetime, st.datetimes(**YEARS, timezones=OFFSETS))
st.register_type_strategy(Country, st.sampled_from(COUNTRIES).map(Country))


def events(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Draw values for every field, including optional fields; the subject is never empty."""
    fields = {
        name: st.from_type(Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation)
        for name, field in model.model_fields.items()
    }
    if named := getattr(model, "subject_field", ""):
        fields[named] = fields[named].filter(bool)
    return st.builds(model, **fields)


for part in Part.__subclasses__():
    st.register_type_strategy(part, st.deferred(lambda part=part: events(part)))
