"""The settings in force, as administrators read them."""

from datetime import datetime

import pytest
from sqlmodel import Session

from canais_app.admin import settings_view
from tests.factories import accounts as factory
from tests.people import ADMIN


def test_settings_are_shown_without_secrets(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from canais_app.settings import Settings

    hidden = "segredo-muito-bem-guardado-mesmo"
    made = Settings(
        secret_key=hidden,  # type: ignore[arg-type]
        smtp_url=f"smtp://ana:{hidden}@correio.invalid",  # type: ignore[arg-type]
        database_url=f"postgresql://ana:{hidden}@banco.invalid/canais",
        redis_url=f"redis://:{hidden}@redis.invalid",
    )
    monkeypatch.setattr(settings_view, "settings", lambda: made)
    rows = settings_view.list_settings(actor=factory.make_actor(session, ADMIN, now=now))
    assert hidden not in str(rows)
    assert ("CANAIS_PROFILE", "demo") in [(row.name, row.value) for row in rows]
