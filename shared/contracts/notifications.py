"""What notifications announces: the key that verifies the links in its e-mails."""

from shared.contracts.base import Event, Tag


class LinkKeyPublished(Event, type="notifications.key.published.v1", subject="key_id"):
    """A public key with which links in e-mails can be verified (RFC 8037)."""

    key_id: Tag
    issuer: Tag
    public_jwk: dict[str, str]
