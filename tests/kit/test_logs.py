"""The log has the place of an error and no personal data."""

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from canais_app.kit import logs

SECRETS = ("frase secreta", "0000001-68.2026.8.11.0041", "maria@exemplo.invalid", "canais_sessao")


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What is written to standard error."""
    root = logging.getLogger()
    before, root.handlers[:] = root.handlers[:], []
    logs.configure_logging()
    yield lambda: "".join(capsys.readouterr())
    root.handlers[:] = before


def _fail(password: str) -> None:
    raise ValueError(f"não se lê {{'senha': '{password}', 'e-mail': 'maria@exemplo.invalid'}}")


def test_an_error_is_logged_with_its_place_and_without_input(written: Callable[[], str]) -> None:
    try:
        _fail("frase secreta")
    except ValueError as wrong:
        structlog.get_logger().error("event_failed", exc_info=wrong)
    said = written()
    assert "event_failed" in said
    assert "test_logs.py" in said
    assert "in _fail" in said
    assert "ValueError: não se lê …" in said
    assert not [secret for secret in SECRETS if secret in said]


def test_reflex_messages_are_logged_without_the_event(written: Callable[[], str]) -> None:
    logger = logging.getLogger("reflex_base.event.processor.event_processor")
    event = "Event(name='x', payload={'text': 'frase secreta'}, {'cookie': 'canais_sessao=abc'})"
    logger.error("Error processing event queue entry for %s", event, exc_info=KeyError(event))
    said = written()
    assert "Error processing event queue entry" in said
    assert "KeyError" in said
    assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("(sqlite3.OperationalError) no such table: unit\n[SQL: x]", None),
        ("Key (email)=(maria@exemplo.invalid) already exists", "Key (email)=([e-mail]) already…"),
        ("processo 0000001-68.2026.8.11.0041 inválido", "processo [processo] inválido"),
        ("", ""),
    ],
)
def test_messages_of_errors_are_redacted(words: str, bare: str | None) -> None:
    kept = logs.redact(words)
    assert kept.startswith((bare or words.partition("\n")[0]).rstrip("…"))
    assert not [secret for secret in SECRETS if secret in kept]


def test_of_equal_entries_some_are_written_and_the_rest_is_counted() -> None:
    sampler = logs.Sampler()
    written = sum(sampler.count("equal", now=moment / 100)[0] for moment in range(900))
    assert written == logs.SAMPLE
    assert sampler.count("equal", now=logs.SAMPLE_SECONDS) == (True, 900 - logs.SAMPLE)
    assert sampler.count("other", now=0.0) == (True, 0)
