"""Refusals of this room."""

from canais_app.kit.errors import ConflictError, NotFoundError


class ReportNotFoundError(NotFoundError):
    """Protocol and secret do not belong together, or there is no such protocol: one answer."""

    def __init__(self) -> None:
        said = "Não encontramos um relato com este protocolo e este código. Confira os dois."
        super().__init__(said, {"protocol": "Confira o protocolo.", "secret": "Confira o código."})


class IllegalTransitionError(ConflictError):
    """The complaint stands elsewhere, perhaps since a moment ago."""

    title = "Movimento não permitido"
