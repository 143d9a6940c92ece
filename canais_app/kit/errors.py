"""Errors shown to people: one sentence in pt-BR and an HTTP status, in pages and in the API."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, Self

from pydantic import ValidationError


class AppError(Exception):
    """A request that is refused. `message` is the sentence shown; `errors` has one per field."""

    status = 400
    title = "Pedido recusado"
    message = ""

    def __init__(self, message: str = "", errors: Mapping[str, str] | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)
        self.errors: dict[str, str] = dict(errors or {})

    @classmethod
    def at(cls, field: str, sentence: str) -> Self:
        """Return this error with one sentence, shown above the form and at its field."""
        return cls(sentence, {field: sentence})


class InvalidError(AppError):
    """The input is malformed or violates a rule."""

    status = 422
    title = "Dados inválidos"


class NotFoundError(AppError):
    """It does not exist, or this person may not know that it does."""

    status = 404
    title = "Não encontrado"


class AuthenticationRequiredError(AppError):
    """Authentication required."""

    status = 401
    title = "Entre para continuar"


class PermissionDeniedError(AppError):
    """The signed-in person lacks the permission."""

    status = 403
    title = "Não permitido"


class ConflictError(AppError):
    """Another request was first, or the state no longer allows it."""

    status = 409
    title = "Já não está disponível"


class TooManyRequestsError(AppError):
    """Rate limit exceeded. `retry_after` is in seconds."""

    status = 429
    title = "Muitos pedidos"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(Exception):
    """The database did not answer in time; nothing was changed. `retry_after` is in seconds.

    Not an `AppError`: handlers of refusals (clear a page, redirect) must not handle this. The API
    answers 503, a page shows the sentence and keeps the input.
    """

    status = 503
    title = "Sistema ocupado"
    event = "database_busy"  # in the log
    retry_after = 5
    message = (
        "O sistema está muito ocupado agora. Tente de novo em alguns segundos; "
        "nada do que você preencheu se perdeu."
    )

    def __init__(self) -> None:
        super().__init__(self.message)


class DatabaseAwayError(BusyError):
    """The database cannot be reached, or its disk is full."""

    title = "Sistema fora do ar"
    event = "database_away"
    message = (
        "O sistema está fora do ar por instantes. Tente de novo em alguns segundos; "
        "nada do que você preencheu se perdeu."
    )


_MESSAGES = {
    "missing": "Preencha este campo.",
    "string_type": "Escreva um texto.",
    "int_type": "Escreva um número inteiro.",
    "int_parsing": "Escreva um número inteiro.",
    "bool_parsing": "Responda sim ou não.",
    "bool_type": "Responda sim ou não.",
    "enum": "Escolha uma das opções.",
    "literal_error": "Escolha uma das opções.",
    "date_from_datetime_parsing": "Escreva a data como dia/mês/ano.",
    "date_parsing": "Escreva a data como dia/mês/ano.",
    "time_parsing": "Escreva a hora como 13:00.",
    "datetime_parsing": "Escreva data e hora válidas.",
    "datetime_from_date_parsing": "Escreva data e hora válidas.",
    "timezone_aware": "Informe o fuso do horário.",
    "extra_forbidden": "Campo desconhecido.",
    "json_invalid": "O JSON não está bem formado.",
}


def _message(kind: str, text: str, context: Mapping[str, object]) -> str:
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    if kind == "string_too_long":
        return f"Use até {context['max_length']} letras."
    if kind == "string_too_short":
        least = context["min_length"]
        return "Preencha este campo." if least == 1 else f"Use pelo menos {least} letras."
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return "O valor está fora do permitido."
    return _MESSAGES.get(kind, "Confira este campo.")


def field_error(field: str, sentence: str) -> InvalidError:
    """Return the error of one field."""
    return InvalidError("Falta corrigir 1 campo.", {field: sentence})


def error_from_findings(findings: Sequence[Mapping[str, Any]]) -> InvalidError:
    """Convert pydantic's error list to one error with a pt-BR sentence per field."""
    errors: dict[str, str] = {}
    for finding in findings:
        # What follows a field's name: its place in a list, or which type of several was tried.
        names = takewhile(lambda part: str(part).isidentifier(), finding["loc"])
        field = ".".join(map(str, names)) or "geral"
        errors.setdefault(
            field, _message(finding["type"], str(finding["msg"]), finding.get("ctx", {}))
        )
    count = len(errors)
    message = "Falta corrigir 1 campo." if count == 1 else f"Falta corrigir {count} campos."
    return InvalidError(message, errors)


def error_from_validation(wrong: ValidationError) -> InvalidError:
    """Convert a ValidationError to one error with a pt-BR sentence per field."""
    return error_from_findings(wrong.errors())
