"""Validate input of forms and of the API."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError

from canais_app.kit.errors import InvalidError, error_from_validation


def _collapse_spaces(text: str) -> str:
    """Return the text with single spaces; refuse unprintable characters."""
    collapsed = " ".join(text.split())
    if not collapsed.isprintable():
        raise ValueError("Há caracteres que não se leem: escreva de novo.")
    return collapsed


M = TypeVar("M", bound=BaseModel)

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
SingleLineText = Annotated[
    str, StringConstraints(strip_whitespace=True), AfterValidator(_collapse_spaces)
]
RowId = Annotated[int, Field(ge=-(2**31), lt=2**31)]  # what both databases hold
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


def parse_id(sent: object) -> int:
    """Return the 32-bit id that a browser sent; 0, which no row has, for anything else."""
    if isinstance(sent, str) and sent.isascii() and sent.isdigit():
        sent = int(sent.lstrip("0")[:11] or 0)
    return sent if isinstance(sent, int) and 0 < sent < 2**31 else 0


def parse_form(model: type[M], data: object) -> M:
    """Validate input against a model.

    Raises:
        InvalidError: one pt-BR sentence per invalid field.
    """
    if not isinstance(data, dict):
        raise InvalidError("Envie os campos do formulário.")
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        raise error_from_validation(wrong) from None
