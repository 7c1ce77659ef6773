"""Settings that all services share. Each is a `CCP_` variable, documented in .env.example."""

from pathlib import Path
from typing import Annotated, Literal

import limits
from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Limit = Literal[
    "log_ins_by_client",
    "log_ins_to_account",
    "log_ins_by_client_to_account",
    "registrations_by_client",
    "reports_by_client",
    "mails_to_address",
    "uploads_by_member",
    "publications_by_member",
    "searches_for_members",
]


def _rate(text: str) -> str:
    limits.parse(text)
    return text


def _without_slash(url: str) -> str:
    return url.rstrip("/")


Rate = Annotated[str, AfterValidator(_rate)]
SiteUrl = Annotated[str, AfterValidator(_without_slash)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CCP_", env_ignore_empty=True, extra="ignore", frozen=True)

    mongo_url: str | None = Field(None, description="URL of a MongoDB replica set; empty: an embedded mongod")
    broker_url: str | None = Field(None, description="URL of RabbitMQ; empty: the in-process bus")
    data_dir: Path = Field(Path("var"), description="Folder for the database and e-mails in embedded mode")
    public_url: SiteUrl = Field("http://127.0.0.1:8080", description="Public address of the platform; used in links")
    host: str = Field("127.0.0.1", description="Address on which the HTTP server listens")
    port: int = Field(8080, ge=1, le=65535, description="Port of the HTTP server")
    clock: AwareDatetime | None = Field(None, description="Business time at start; empty: the real time")
    log_format: Literal["console", "json"] = Field("console", description="Format of log lines: console or json")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest log level: debug, info, warning or error"
    )
    traces_url: str | None = Field(None, description="OTLP/HTTP collector, like http://host:4318; empty: no traces")
    lease_seconds: float = Field(60, ge=1, description="Seconds until other processes take over a dead process's work")
    outbox_limit_seconds: int = Field(900, description="Age in seconds of an unsent event above which writes get a 503")
    trusted_proxies: str = Field(
        "", description="Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas"
    )
    most_connections: int = Field(1000, ge=1, description="Connections that the HTTP server keeps open at a time")
    header_seconds: float = Field(10, gt=0, description="Seconds until the header of a request must be complete")
    body_seconds: float = Field(30, gt=0, description="Seconds until the next 16 KiB of a body must have arrived")
    idle_seconds: float = Field(75, gt=0, description="Seconds until an idle connection is closed")
    write_seconds: float = Field(60, gt=0, description="Seconds for which a client may read nothing of an answer")
    limit_log_ins_by_client: Rate = Field(
        "100 per 15 minutes", description="Log-ins with a wrong password from one network address"
    )
    limit_log_ins_to_account: Rate = Field(
        "50 per 15 minutes", description="The same to one account, from addresses that did not log in to it before"
    )
    limit_log_ins_by_client_to_account: Rate = Field(
        "10 per 15 minutes", description="The same from one network address to one account"
    )
    limit_registrations_by_client: Rate = Field("200 per hour", description="Registrations from one network address")
    limit_reports_by_client: Rate = Field(
        "30 per hour", description="Reports of things that are wrong, from one network address"
    )
    limit_mails_to_address: Rate = Field(
        "5 per hour",
        description="E-mails to one address that registrations and invitations can cause; no more are sent",
    )
    limit_uploads_by_member: Rate = Field("120 per hour", description="Uploads of one member; not for operators")
    limit_publications_by_member: Rate = Field(
        "300 per hour", description="Changes of one member that notify others; not for operators"
    )
    limit_searches_for_members: Rate = Field(
        "60 per hour", description="Searches of one member for other members by name; not for operators"
    )
