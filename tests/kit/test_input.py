"""Input: forms, cursors, rate limits, settings."""

import pytest
from pydantic import BaseModel

from canais_app.kit import forms, limits, paging
from canais_app.kit.errors import InvalidError, TooManyRequestsError
from canais_app.settings import Settings, settings


class Card(BaseModel):
    name: forms.ShortText
    count: int


@pytest.mark.parametrize("sent", [None, "x", 3, [], [("name", "a")]])
def test_input_that_is_no_form_is_refused_in_one_sentence(sent: object) -> None:
    with pytest.raises(InvalidError, match="campos do formulário"):
        forms.parse_form(Card, sent)


def test_each_wrong_field_gets_its_own_sentence() -> None:
    with pytest.raises(InvalidError) as refused:
        forms.parse_form(Card, {"name": "a" * 1_000_000, "count": "muitos"})
    assert refused.value.errors == {
        "name": "Use até 200 letras.",
        "count": "Escreva um número inteiro.",
    }
    assert refused.value.message == "Falta corrigir 2 campos."


def test_a_cursor_round_trips() -> None:
    assert paging.decode_cursor(paging.encode_cursor(12, "sinop"), int, str) == [12, "sinop"]
    assert paging.decode_cursor("") == []
    assert paging.decode_offset(paging.encode_offset(40)) == 40
    assert paging.decode_offset("") == 0
    assert paging.encode_offset(0) == ""


@pytest.mark.parametrize("key", [("sinop",), (-1,), (1, 2)])
def test_an_offset_is_a_single_positive_number(key: tuple[str | int, ...]) -> None:
    with pytest.raises(InvalidError):
        paging.decode_offset(paging.encode_cursor(*key))


@pytest.mark.parametrize("cursor", ["%%%", "e30", "AAAA", "x" * 10_000, "W1tb" * 10_000])
def test_an_invalid_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError):
        paging.decode_cursor(cursor)


@pytest.mark.parametrize("key", [("12",), (True,), (1, 2), (), (2**63,)])
def test_a_cursor_of_another_key_is_refused(key: tuple[str | int, ...]) -> None:
    with pytest.raises(InvalidError):
        paging.decode_cursor(paging.encode_cursor(*key), int)


def test_a_rate_limit_says_when_to_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    on = Settings(rate_limits="on")
    monkeypatch.setattr(limits, "settings", lambda: on)
    for _ in range(3):
        limits.check_rate_limit("3/minute", "porta", "192.0.2.1")
    limits.check_rate_limit("3/minute", "porta", "192.0.2.2")
    with pytest.raises(TooManyRequestsError) as refused:
        limits.check_rate_limit("3/minute", "porta", "192.0.2.1")
    assert 1 <= refused.value.retry_after <= 61


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"workers": 2}, "CANAIS_DATABASE_URL"),
        ({"profile": "production"}, "CANAIS_SECRET_KEY"),
        (
            {"profile": "production", "secret_key": "x" * 64, "rate_limits": "on"},
            "CANAIS_PUBLIC_URL",
        ),
        ({"smtp_url": "http://x"}, "CANAIS_SMTP_URL"),
        ({"database_url": "mysql://x"}, "CANAIS_DATABASE_URL"),
        ({"oidc_issuer": "https://provedor.invalid"}, "CANAIS_OIDC_CLIENT_SECRET"),
        ({"oidc_role_map": "{"}, "CANAIS_OIDC_ROLE_MAP"),
    ],
)
def test_invalid_settings_say_what_to_set(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings(**wrong)  # pyright: ignore[reportArgumentType]


def test_the_start_stops_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANAIS_PORT", "muitos")
    settings.cache_clear()
    try:
        with pytest.raises(SystemExit, match="CANAIS_PORT"):
            settings()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
