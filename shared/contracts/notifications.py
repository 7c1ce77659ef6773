"""The events that notifications publishes: the key that verifies links in its e-mails."""

from shared.contracts.base import ErasureAnswered, Event, Issuer, KeyId, PublicKey, SealedPiece


class LinkKeyPublished(Event, type="notifications.key.published.v1", subject="key_id"):
    """A public key was published. The platform verifies links in e-mails with it (RFC 8037)."""

    key_id: KeyId
    issuer: Issuer
    public_jwk: PublicKey


class MemberErased(ErasureAnswered, type="notifications.member.erased.v1", subject="member_id"):
    """notifications erased what it held of a member; it tells what, and what it keeps without the person."""


class ExportAnswered(SealedPiece, type="notifications.export.answered.v1", subject="export_id"):
    """notifications answered to the request for a copy of a member's data with a sealed piece."""
