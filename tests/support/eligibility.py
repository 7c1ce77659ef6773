"""Any applicant and any rules of eligibility, for property tests."""

from hypothesis import strategies as st

from services.calls.catalogue.eligibility.domain import Candidate, Consortium, Eligibility, Requirements
from services.calls.organisations.domain import Applicant

COUNTRIES, KINDS, ECOSYSTEMS = ["SE", "FR", "JP"], ["company", "science_park"], ["digital", "textiles"]

whos = st.builds(
    Requirements,
    countries=st.lists(st.sampled_from(COUNTRIES), unique=True),
    kinds=st.lists(st.sampled_from(KINDS), unique=True),
    ecosystems=st.lists(st.sampled_from(ECOSYSTEMS), unique=True),
)

applicants = st.builds(
    Applicant,
    name=st.just("Publisher"),
    country=st.none() | st.sampled_from(COUNTRIES),
    kind=st.none() | st.sampled_from(KINDS),
    ecosystems=st.none() | st.lists(st.sampled_from(ECOSYSTEMS), unique=True),
)

applications = st.builds(
    Candidate,
    applicant=applicants,
    role=st.sampled_from([None, "coordinator", "partner"]),
    partners=st.none() | st.lists(applicants, max_size=3),
)

rules = st.builds(
    Eligibility,
    applicant=whos,
    coordinator=whos,
    consortium=st.integers(1, 4).map(lambda n: Consortium(organisations=n, countries=n)),
)
