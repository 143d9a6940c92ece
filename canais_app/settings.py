"""The operator's settings, read once from the environment (prefix `CANAIS_`)."""

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "demonstracao-nao-serve-em-producao"  # noqa: S105 (refused in production)


class Settings(BaseSettings):
    """The settings in force, frozen after the start."""

    model_config = SettingsConfigDict(env_prefix="CANAIS_", frozen=True, extra="ignore")

    profile: Literal["demo", "production"] = "demo"
    database_url: str = ""
    redis_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    public_url: str = ""
    port: int = Field(default=3000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    worker: Literal["auto", "off"] = "auto"
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scope: str = "openid email profile"
    oidc_roles_claim: str = "roles"
    # JSON: value of the claim → role, or role@unit-slug (read by accounts/oidc_accounts.py).
    oidc_role_map: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict)
    second_step_required: Literal["on", "off"] = "off"
    metrics_token: SecretStr = SecretStr("")
    rate_limits: Literal["on", "off"] = "on"
    holds_per_address: int = Field(default=5, ge=1, le=1000)  # that wait for their form or e-mail
    bookings_per_address: int = Field(default=10, ge=1, le=10_000)  # of one agenda, in 24 hours
    appointment_retention_days: int = Field(default=180, ge=1)
    complaint_retention_days: int = Field(default=180, ge=1)
    unit_answer_days: int = Field(default=20, ge=1, le=29)  # a unit's term within the final one
    webhooks_private: bool = False  # allow webhooks to private addresses, for tests
    # Separated by commas: origins of the court's network that calendars may be read from.
    calendar_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    var_dir: Path = ROOT / "var"

    @field_validator("public_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("CANAIS_PUBLIC_URL precisa começar por http:// ou https://.")
        return url.rstrip("/")

    @field_validator("calendar_origins", mode="before")
    @classmethod
    def _origins(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        origins = [one.strip().lower().rstrip("/") for one in written.split(",") if one.strip()]
        for origin in origins:
            parts = urlsplit(origin)
            if (
                parts.scheme not in {"http", "https"}
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError(
                    "CANAIS_CALENDAR_ORIGINS precisa ser de origens como https://agenda.exemplo, "
                    "separadas por vírgulas."
                )
        return origins

    @field_validator("database_url")
    @classmethod
    def _psycopg(cls, url: str) -> str:
        if not url:
            return f"sqlite:///{ROOT / 'var' / 'canais.db'}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        if not url.startswith(("sqlite://", "postgresql+psycopg://")):
            raise ValueError("CANAIS_DATABASE_URL precisa ser sqlite:/// ou postgresql://.")
        return url

    @field_validator("oidc_role_map", mode="before")
    @classmethod
    def _json(cls, written: object) -> object:
        try:
            return json.loads(written or "{}") if isinstance(written, str) else written
        except ValueError:
            raise ValueError(
                'CANAIS_OIDC_ROLE_MAP precisa ser JSON, como {"grupo": "leitura"}.'
            ) from None

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(
            ("smtp://", "smtps://")
        ):
            raise ValueError("CANAIS_SMTP_URL precisa começar por smtp:// ou smtps://.")
        return url

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        if self.workers > 1 and self.is_sqlite:
            raise ValueError(
                "Com CANAIS_WORKERS acima de 1, defina CANAIS_DATABASE_URL para um PostgreSQL: "
                "no SQLite as atualizações ao vivo não chegariam a todos os processos."
            )
        self._check_provider()
        if self.is_production:
            if (
                self.secret_key.get_secret_value() == DEMO_SECRET
                or len(self.secret_key.get_secret_value()) < 32  # noqa: PLR2004 (256 bits in hex)
            ):
                raise ValueError(
                    "Em produção, defina CANAIS_SECRET_KEY com pelo menos 32 caracteres ao acaso."
                )
            if self.rate_limits == "off":
                raise ValueError("Em produção, CANAIS_RATE_LIMITS não pode ser off.")
            if self.webhooks_private:
                raise ValueError("Em produção, CANAIS_WEBHOOKS_PRIVATE não pode ser on.")
            if not self.public_url:
                raise ValueError("Em produção, defina CANAIS_PUBLIC_URL (o endereço do portal).")
        return self

    def _check_provider(self) -> None:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret.get_secret_value())
        if any(given) and not all(given):
            raise ValueError(
                "Para entrar pelo provedor, defina os três: CANAIS_OIDC_ISSUER, "
                "CANAIS_OIDC_CLIENT_ID e CANAIS_OIDC_CLIENT_SECRET."
            )
        if self.is_production and self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            raise ValueError("Em produção, CANAIS_OIDC_ISSUER precisa começar por https://.")

    @property
    def has_provider(self) -> bool:
        """Whether staff may sign in through an OpenID provider."""
        return bool(self.oidc_issuer)

    @property
    def is_production(self) -> bool:
        """Whether the profile is production: demonstration data and shortcuts are refused."""
        return self.profile == "production"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the default single-machine SQLite."""
        return self.database_url.startswith("sqlite")

    @property
    def base_url(self) -> str:
        """The portal's address, without a trailing slash."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def mail_domain(self) -> str:
        """The domain of our senders, Message-IDs and event UIDs; `canais.invalid` on a bare IP."""
        host = urlsplit(self.base_url).hostname or ""
        return host if host.rpartition(".")[2].isalpha() and "." in host else "canais.invalid"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings in force; stop the program with one sentence when they are wrong."""
    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        said = str(first["msg"]).removeprefix("Value error, ")
        field = ".".join(str(part) for part in first["loc"])
        sys.exit(said if not field or "CANAIS_" in said else f"CANAIS_{field.upper()}: {said}")
