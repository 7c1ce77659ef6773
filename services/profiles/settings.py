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
    operators_need_second_factor: bool = Field(
        True, description="Whether operators can act only after a log-in with a second factor; false: demos and tests"
    )
    token_minutes: int = Field(15, description="Minutes for which the access token of a program is valid")
    session_minutes: int = Field(60, description="Minutes for which a browser stays logged in, if not for two weeks")
    imprint_name: str = Field("", description="Name of the organisation that operates the platform, for its imprint")
    imprint_address: str = Field("", description="Its postal address on one line, parts separated by commas")
    imprint_email: str = Field("", description="Its e-mail address for questions of people")
