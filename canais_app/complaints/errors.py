"""Errors of complaints."""

from canais_app.kit.errors import ConflictError, NotFoundError


class ReportNotFoundError(NotFoundError):
    """No such protocol, or not with this secret: the answer does not tell which."""

    def __init__(self) -> None:
        message = "Não encontramos um relato com este protocolo e este código. Confira os dois."
        super().__init__(
            message, {"protocol": "Confira o protocolo.", "secret": "Confira o código."}
        )


class IllegalTransitionError(ConflictError):
    """The complaint's status does not allow this."""

    title = "Movimento não permitido"


class StaleComplaintError(ConflictError):
    """Somebody changed the complaint after this person read it; what they typed is kept."""

    title = "Outra pessoa mexeu antes"
