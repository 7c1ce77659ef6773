"""What only profiles needs to know."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProfilesSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CCP_", env_ignore_empty=True, extra="ignore", frozen=True)

    operator_email: str | None = Field(None, description="The first operator, made at start if there is none")
    operator_password: SecretStr | None = Field(None, description="The first operator's password")
    token_minutes: int = Field(60, description="How long an access token is valid")
