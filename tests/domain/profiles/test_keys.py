"""The key that signs access tokens: how long it is trusted after it was replaced."""

from datetime import UTC, datetime, timedelta

import pytest

from services.profiles.accounts.keys.domain import end_of_key
from services.profiles.accounts.tokens.domain import ApiToken, ApiTokenBody
from shared.auth import PublicKey
from shared.scopes import Scope

NOW = datetime(2026, 5, 9, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_key_that_is_replaced_outlasts_every_token_that_it_signed() -> None:
    body = ApiTokenBody(name="Backup", scope=Scope.READ, days=365)
    longest = ApiToken.made("t", "anna", body, NOW)
    assert end_of_key(NOW, at_once=False) > longest.ends_at


def test_a_key_that_leaked_ends_at_once() -> None:
    assert not PublicKey(id="k", issuer="profiles", jwk={}, ends_at=end_of_key(NOW, at_once=True)).is_trusted(NOW)


@pytest.mark.parametrize(("ends_at", "trusted"), [(None, True), (NOW + DAY, True), (NOW, False), (NOW - DAY, False)])
def test_a_key_is_trusted_until_its_end(ends_at: datetime | None, *, trusted: bool) -> None:
    assert PublicKey(id="k", issuer="profiles", jwk={}, ends_at=ends_at).is_trusted(NOW) is trusted
