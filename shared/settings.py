"""Settings that every service shares; each is a `CCP_` variable, documented in .env.example."""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CCP_", env_ignore_empty=True, extra="ignore", frozen=True)

    mongo_url: str | None = Field(None, description="MongoDB replica set; empty: an embedded mongod")
    broker_url: str | None = Field(None, description="RabbitMQ; empty: the in-process bus")
    data_dir: Path = Field(Path("var"), description="Where embedded mode keeps its database and mail")
    public_url: str = Field("http://127.0.0.1:8080", description="How people reach the platform; used in links")
    host: str = Field("127.0.0.1", description="Address the HTTP server binds")
    port: int = Field(8080, description="Port of the HTTP server")
    clock: AwareDatetime | None = Field(None, description="Business time at start; empty: the real time")
    log_format: Literal["console", "json"] = Field("console", description="Form of the log lines")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe line logged")
    traces_url: str | None = Field(None, description="OTLP/HTTP collector, like http://host:4318; empty: no traces")
    lease_seconds: float = Field(60, ge=1, description="How long claimed work waits for a process that does not answer")
    outbox_limit_seconds: int = Field(900, description="Age of an unsent event past which writes answer 503")
