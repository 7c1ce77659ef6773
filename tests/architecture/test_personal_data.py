"""Every collection says what it holds of members, so that an erasure and an export miss none."""

import pytest

from services.__main__ import available, load
from services.profiles.privacy.erasures.usecases import EXPECTED
from shared.personal import MESSAGES, NAMELESS
from shared.service import KERNEL, Service
from shared.settings import Settings

SERVICES = load(available(), Settings(), {})


def missing(service: Service) -> set[str]:
    """Return the collections of a service that its table of personal data does not name."""
    personal = service.personal
    assert personal is not None
    named = [*(holding.collection for holding in personal.holdings), *personal.nothing]
    return {each.name for each in service.collections} - {each.name for each in named}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_collection_of_a_service_is_in_its_table(service: Service) -> None:
    assert missing(service) == set()


def test_every_collection_of_the_kernel_is_searched_or_nameless() -> None:
    assert {each.name for each in KERNEL} == {each.name for each in (*MESSAGES, *NAMELESS)}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_collection_is_in_both_tables(service: Service) -> None:
    assert service.personal
    holding = {each.collection.name for each in service.personal.holdings}
    assert holding & {each.name for each in service.personal.nothing} == set()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_kind_of_data_has_its_own_words(service: Service) -> None:
    """A copy has a list for each kind, by its words: of two kinds with the same words it would have one."""
    assert service.personal
    words = [holding.what for holding in service.personal.holdings]
    assert [each for each in words if words.count(each) > 1] == []


def test_every_service_but_profiles_answers_to_an_erasure() -> None:
    assert [each.name for each in SERVICES if each.personal and each.personal.answered] == EXPECTED
    assert {each.name for each in SERVICES} == {*EXPECTED, "profiles"}
