"""The agenda's errors, with the sentences that people read."""

from collections.abc import Mapping
from datetime import datetime

from canais_app.kit import clock, text
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, TooManyRequestsError


class SlotTakenError(ConflictError):
    """Another person has the slot."""

    message = "Este horário acabou de ser reservado por outra pessoa."


class SlotReservedError(SlotTakenError):
    """Nobody has the slot, or not yet: the sentence says what it waits for."""


class AlreadyBookedError(SlotTakenError):
    """The same person has the slot already."""

    message = "Este horário já é seu: o link está no e-mail de confirmação."


class SlotNotOfferedError(InvalidError):
    """The agenda does not offer the slot: past, too near, too far, closed, or off the grid."""

    def __init__(self, message: str) -> None:
        super().__init__(message, {"start": message})


class RegistrationLimitError(InvalidError):
    """The limit of a registration is reached; a stranger may have used it."""

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        hint = " Não foi você quem marcou? Use “Não fui eu”: avisamos quem marcou e o gabinete."
        super().__init__(message + hint, errors)


class TooManyBookingsError(TooManyRequestsError):
    """One address holds, or has booked, as many slots as it may."""


class IdempotencyKeyReusedError(ConflictError):
    """The Idempotency-Key was used with another request."""

    message = "Esta Idempotency-Key já foi usada com outro pedido."


class StaleRulesError(ConflictError):
    """Another person published the agenda after this one began to edit it."""

    def __init__(self, who: str, when: datetime) -> None:
        by = f" por {who}" if who else ""
        day = text.format_date(clock.to_local_day(when))
        super().__init__(
            f"Esta agenda foi publicada{by} em {day}, às {text.format_hour(when)}, depois que você "
            "começou. O que você digitou continua aqui: veja o que mudou."
        )


class AgendaNotFoundError(NotFoundError):
    """No published agenda has this name."""

    message = "Não encontramos esta agenda. Veja as agendas publicadas."


class AppointmentNotFoundError(NotFoundError):
    """No appointment has this link, or its data have been anonymised."""

    message = "Não encontramos este agendamento. Confira o link do e-mail."


class OfferExpiredError(ConflictError):
    """An offer or unconfirmed booking has expired."""


class AlreadyOnWaitlistError(ConflictError):
    """This registration has an entry in the agenda's waiting list already."""

    message = (
        "Esta inscrição já está na fila desta agenda. O link do e-mail mostra o lugar e permite "
        "sair."
    )


class WaitlistEntryNotFoundError(NotFoundError):
    """No waitlist entry has this link, or its data have been anonymised."""

    message = "Não encontramos este lugar na fila. Confira o link do e-mail."


class AppointmentNotAccessibleError(NotFoundError):
    """The appointment is in no agenda that this person works today."""

    message = "Não encontramos este atendimento."
