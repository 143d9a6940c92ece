"""What the agenda refuses, in its own words."""

from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError


class SlotTakenError(ConflictError):
    """Somebody else was first."""

    def __init__(self) -> None:
        super().__init__("Este horário acabou de ser reservado por outra pessoa.")


class SlotUnavailableError(InvalidError):
    """The time is not on the agenda: past, too near, too far, closed, or off the grid."""

    def __init__(self, message: str) -> None:
        super().__init__(message, {"start": message})


class KeyReusedError(ConflictError):
    """The same Idempotency-Key came with another request."""

    def __init__(self) -> None:
        super().__init__("Esta Idempotency-Key já foi usada com outro pedido.")


class NoSuchAgendaError(NotFoundError):
    """No published agenda has this name."""

    def __init__(self) -> None:
        super().__init__("Não encontramos esta agenda. Veja as agendas publicadas.")


class NoSuchAppointmentError(NotFoundError):
    """The link leads nowhere (or its data were anonymised)."""

    def __init__(self) -> None:
        super().__init__("Não encontramos este agendamento. Confira o link do e-mail.")
