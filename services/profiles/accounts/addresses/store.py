"""Storage of changes of addresses."""

from services.profiles.accounts.addresses.domain import AddressChange
from shared.mongo import Collection, index

DAYS_KEPT = 1  # as long as the link is valid
ADDRESS_CHANGES = Collection(
    "address_changes", AddressChange, [index("member_id"), index("at", ttl=DAYS_KEPT * 24 * 3600)]
)
