"""The events about accounts: keys, tokens, passwords, second factors, roles of operators."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Event, Issuer, KeyId, MemberId, PublicKey, Tag, Version


class KeyPublished(Event, type="profiles.key.published.v1", subject="key_id"):
    """A public key was published, or its end. Services verify access tokens with it until then (RFC 8037)."""

    key_id: KeyId
    issuer: Issuer
    public_jwk: PublicKey
    ends_at: AwareDatetime | None = Field(
        None,
        description="Time from which the key is no longer trusted; the earliest one counts, in any order of events",
    )


class TokenRevoked(Event, type="profiles.token.revoked.v1", subject="token_id"):
    """A member revoked an API token, or ended a log-in. Services refuse it, and may forget it after its end."""

    token_id: Tag = Field(description="Id of the token: `jti` in its claims (RFC 7519)")
    ends_at: AwareDatetime = Field(description="Time at which the token ends by itself")


class PasswordForgotten(Event, type="profiles.password.forgotten.v1", subject="member_id"):
    """A link that resets a password was requested, perhaps by a stranger. The member gets it by e-mail."""

    member_id: MemberId
    password_number: int = Field(ge=0, description="Number of the password; the link works until there is another one")


class PasswordChanged(Event, type="profiles.password.changed.v1", subject="member_id"):
    """The password of a member was changed. The member is told by e-mail."""

    member_id: MemberId


class AddressRequested(Event, type="profiles.address.requested.v1", subject="member_id"):
    """A member, who gave their password, wants another e-mail address. They are told at the present one."""

    member_id: MemberId


class OperatorAppointed(Event, type="profiles.operator.appointed.v1", subject="member_id"):
    """A member got the role of an operator. They are told by e-mail."""

    member_id: MemberId
    version: Version


class OperatorDismissed(Event, type="profiles.operator.dismissed.v1", subject="member_id"):
    """The role of an operator was taken from a member. They are told by e-mail."""

    member_id: MemberId
    version: Version


class FactorChanged(Event, type="profiles.factor.changed.v1", subject="member_id"):
    """The second factor of a member was switched on or off, or its recovery codes changed. The member is told."""

    member_id: MemberId
    change: Literal["switched_on", "switched_off", "recovery_code_used", "recovery_codes_replaced"] = Field(
        description="What changed"
    )
