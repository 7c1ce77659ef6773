"""Settings that all services share. Each is a `CCP_` variable, documented in .env.example."""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CCP_", env_ignore_empty=True, extra="ignore", frozen=True)

    mongo_url: str | None = Field(None, description="URL of a MongoDB replica set; empty: an embedded mongod")
    broker_url: str | None = Field(None, description="URL of RabbitMQ; empty: the in-process bus")
    data_dir: Path = Field(Path("var"), description="Folder for the database and e-mails in embedded mode")
    public_url: str = Field("http://127.0.0.1:8080", description="Public address of the platform; used in links")
    host: str = Field("127.0.0.1", description="Address on which the HTTP server listens")
    port: int = Field(8080, description="Port of the HTTP server")
    clock: AwareDatetime | None = Field(None, description="Business time at start; empty: the real time")
    log_format: Literal["console", "json"] = Field("console", description="Format of log lines: console or json")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest log level: debug, info, warning or error"
    )
    traces_url: str | None = Field(None, description="OTLP/HTTP collector, like http://host:4318; empty: no traces")
    lease_seconds: float = Field(60, ge=1, description="Seconds until other processes take over a dead process's work")
    outbox_limit_seconds: int = Field(900, description="Age in seconds of an unsent event above which writes get a 503")
