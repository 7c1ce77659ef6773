"""Settings that only profiles reads."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProfilesSettings(BaseSettings):
    """Settings of profiles, from environment variables that begin with CCP_."""

    model_config = SettingsConfigDict(env_prefix="CCP_", env_ignore_empty=True, extra="ignore", frozen=True)

    operator_email: str | None = Field(
        None, description="E-mail address of the first operator, created at start if missing"
    )
    operator_password: SecretStr | None = Field(None, description="Password of the first operator")
    token_minutes: int = Field(60, description="Minutes for which an access token is valid")
