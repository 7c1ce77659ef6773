"""Settings that only notifications reads."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.addresses import mail_address


class NotificationsSettings(BaseSettings):
    """Settings of notifications, from environment variables that begin with CCP_."""

    model_config = SettingsConfigDict(env_prefix="CCP_", env_ignore_empty=True, extra="ignore", frozen=True)

    mail_url: str | None = Field(
        None, description="smtp://[user:password@]host:port; empty: write files to <data>/mail"
    )
    mail_from: Annotated[str, AfterValidator(mail_address)] = Field(
        "alerts@ccp.example", description="Sender of every e-mail"
    )
    mail_unsubscribe: Annotated[str, AfterValidator(mail_address)] | None = Field(
        None, description="Address of a mailbox that is read, for mail programs that stop e-mails by an e-mail"
    )
    mail_settle_seconds: float = Field(
        1.0, description="Seconds to wait before sending, to combine e-mails about one call"
    )
