"""The events that notifications publishes: the key that verifies links in its e-mails."""

from shared.contracts.base import Event, Issuer, KeyId, PublicKey


class LinkKeyPublished(Event, type="notifications.key.published.v1", subject="key_id"):
    """A public key was published. The platform verifies links in e-mails with it (RFC 8037)."""

    key_id: KeyId
    issuer: Issuer
    public_jwk: PublicKey
