"""What may be set from outside: environment variables `FIRSTLINE_…`, read and checked once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent.parent


def _by_comma(value: object) -> object:
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


Names = Annotated[list[str], NoDecode, BeforeValidator(_by_comma)]


class Environment(BaseSettings):
    """Settings of the installation; settings of the organisation live in core/preferences."""

    model_config = SettingsConfigDict(env_prefix="FIRSTLINE_", env_file=None, extra="ignore")

    data: Path = Field(default=ROOT / "data", description="The folder that holds everything this desk keeps.")
    database: str = Field(default="", description="sqlite:///PATH or postgresql://…; empty: SQLite in the data folder.")
    debug: bool = Field(default=False, description="Show errors in the browser. Never in production.")
    secret_key: str = Field(default="", description="Empty: made at first start and kept in the data folder.")
    base_url: str = Field(default="http://127.0.0.1:8000", description="The address people reach this desk at.")
    hosts: Names = Field(default_factory=list, description="Further host names to answer to.")
    outbound_allowed: Names = Field(
        default_factory=list, description="Inner hosts our HTTP client may ask: name or name:port, separated by commas."
    )
    trusted_proxies: int = Field(default=0, description="How many proxies stand in front and may be believed.")
    threads: int = Field(default=3, ge=1, le=64, description="How many pages one web process computes at a time.")
    demo: bool = Field(default=False, description="Run as the demo: shows logins, keeps outgoing mail on a page.")
    smtp: str = Field(default="", description="smtp://user:password@host:587; empty: outgoing mail stays on a page.")
    mail_address: str = Field(default="help@firstline.example", description="The address people write to.")
    mail_name: str = Field(default="Help desk", description="The name our mails come from.")
    mail_aliases: Annotated[list[str], NoDecode] = Field(default_factory=list, description="Further addresses of ours.")
    mail_trusted_server: str = Field(
        default="", description="The name our mail server signs its Authentication-Results with."
    )
    smtp_port: int = Field(default=2525, description="The port our own mail listener answers on.")
    smtp_bind: str = Field(default="127.0.0.1", description="The address our own mail listener answers on.")
    log_level: str = Field(default="INFO")


environment = Environment()
