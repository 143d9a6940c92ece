"""Kinds of complaint: which channels each fits, and who has to act on its cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from canais_app.directory.channels import ChannelKind


class CauseGroup(StrEnum):
    """Who has to act: IT, the unit's people, whoever keeps the directory, the building."""

    TECHNICAL = "tecnica"
    ATTENDANCE = "atendimento"
    DIRECTORY = "cadastro"
    ACCESS = "acesso"


CAUSE_GROUP_NAMES = {
    CauseGroup.TECHNICAL: "Técnica",
    CauseGroup.ATTENDANCE: "Atendimento",
    CauseGroup.DIRECTORY: "Cadastro",
    CauseGroup.ACCESS: "Acesso",
}


class ComplaintKindCode(StrEnum):
    """The kind of failure, as it is stored. Each has a row in `COMPLAINT_KINDS`."""

    NO_ANSWER = "nao_atende"
    NOT_CONNECTED = "nao_completa"
    NO_REPLY = "sem_resposta"
    BOUNCED = "voltou"
    LINK_BROKEN = "link_nao_abre"
    NOBODY_JOINS = "ninguem_entra"
    DROPPED = "caiu_no_meio"
    QUEUE_STUCK = "fila_parada"
    NO_SLOTS = "agenda_sem_vagas"
    BOOKING_ERROR = "erro_ao_marcar"
    NOT_ATTENDED = "nao_fui_atendido"
    WRONG_CONTACT = "contato_errado"
    WRONG_HOURS = "horario_diferente"
    ACCESSIBILITY = "acessibilidade"
    OTHER = "outro"


@dataclass(frozen=True)
class ComplaintKind:
    """A kind of complaint. Without `channels` it fits each channel, and none in particular.

    The report form shows `hint` below the name and lists a kind of some channels under its cause
    group; the fields by channel are exceptions to this.
    """

    kind: ComplaintKindCode
    name: str
    icon: str  # of Lucide
    group: CauseGroup
    channels: frozenset[ChannelKind] = frozenset()
    hint: str = ""
    hint_by_channel: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    form_group_by_channel: Mapping[str, CauseGroup] = field(
        default_factory=dict[str, CauseGroup], hash=False
    )

    def fits(self, channel: str) -> bool:
        """Whether the kind may be reported of a channel; `channel` may be empty."""
        return not self.channels or channel in self.channels

    def hint_for(self, channel: str) -> str:
        """Return the explanation of the kind in the report form."""
        return self.hint_by_channel.get(channel, self.hint)

    def form_group(self, channel: str) -> CauseGroup | None:
        """Return the group that lists the kind in the report form; None: with the rest."""
        return self.form_group_by_channel.get(channel, self.group if self.channels else None)


def _kind(  # noqa: PLR0913 (a row of the table)
    kind: ComplaintKindCode,
    name: str,
    icon: str,
    group: CauseGroup,
    *channels: ChannelKind,
    hint: str = "",
    hint_by_channel: Mapping[str, str] | None = None,
    form_group_by_channel: Mapping[str, CauseGroup] | None = None,
) -> ComplaintKind:
    return ComplaintKind(
        kind,
        name,
        icon,
        group,
        frozenset(channels),
        hint,
        hint_by_channel or {},
        form_group_by_channel or {},
    )


_CODE, _CHANNEL, _GROUP = ComplaintKindCode, ChannelKind, CauseGroup
# The order of the report form.
COMPLAINT_KINDS = (
    _kind(
        _CODE.LINK_BROKEN,
        "O link não abre",
        "unlink",
        _GROUP.TECHNICAL,
        _CHANNEL.VIRTUAL_COUNTER,
        _CHANNEL.APPOINTMENT,
        hint="tela de erro, página em branco",
        hint_by_channel={_CHANNEL.APPOINTMENT: "o link da sala ou da agenda"},
    ),
    _kind(
        _CODE.DROPPED,
        "Caiu no meio",
        "monitor-x",
        _GROUP.TECHNICAL,
        _CHANNEL.VIRTUAL_COUNTER,
        _CHANNEL.PHONE,
        hint="entrou, mas o vídeo ou o som parou",
        hint_by_channel={_CHANNEL.PHONE: "atenderam, mas a ligação caiu"},
    ),
    _kind(
        _CODE.NOT_CONNECTED,
        "Ocupado ou não completa",
        "phone-off",
        _GROUP.TECHNICAL,
        _CHANNEL.PHONE,
        hint="sinal de ocupado, mensagem da operadora",
    ),
    _kind(
        _CODE.BOOKING_ERROR,
        "Deu erro ao marcar",
        "circle-alert",
        _GROUP.TECHNICAL,
        _CHANNEL.APPOINTMENT,
    ),
    _kind(
        _CODE.NO_ANSWER,
        "Toca e ninguém atende",
        "phone-missed",
        _GROUP.ATTENDANCE,
        _CHANNEL.PHONE,
        hint="chama até cair",
    ),
    _kind(
        _CODE.NOBODY_JOINS,
        "Abre e ninguém entra",
        "user-x",
        _GROUP.ATTENDANCE,
        _CHANNEL.VIRTUAL_COUNTER,
        hint="fiquei esperando na sala",
    ),
    _kind(
        _CODE.QUEUE_STUCK,
        "A fila não anda",
        "hourglass",
        _GROUP.ATTENDANCE,
        _CHANNEL.VIRTUAL_COUNTER,
    ),
    _kind(
        _CODE.NO_REPLY,
        "Sem resposta",
        "message-square-more",
        _GROUP.ATTENDANCE,
        _CHANNEL.WHATSAPP,
        _CHANNEL.EMAIL,
        hint="mandei e ninguém respondeu",
    ),
    _kind(
        _CODE.BOUNCED,
        "O e-mail voltou",
        "undo-2",
        _GROUP.DIRECTORY,
        _CHANNEL.EMAIL,
        hint="mensagem de erro ao enviar",
        form_group_by_channel={_CHANNEL.EMAIL: _GROUP.TECHNICAL},
    ),
    _kind(
        _CODE.NO_SLOTS,
        "Agenda sem vagas",
        "calendar-x",
        _GROUP.ATTENDANCE,
        _CHANNEL.APPOINTMENT,
        hint="nenhum horário livre",
    ),
    _kind(
        _CODE.NOT_ATTENDED,
        "Ninguém me atendeu no horário",
        "calendar-off",
        _GROUP.ATTENDANCE,
        _CHANNEL.APPOINTMENT,
        hint="esperei na sala ou no balcão",
    ),
    _kind(
        _CODE.WRONG_CONTACT,
        "Número ou endereço errado",
        "book-user",
        _GROUP.DIRECTORY,
        hint="é de outra pessoa, não existe",
        form_group_by_channel={
            _CHANNEL.PHONE: _GROUP.ATTENDANCE,
            _CHANNEL.WHATSAPP: _GROUP.TECHNICAL,
        },
    ),
    _kind(
        _CODE.WRONG_HOURS,
        "Horário diferente do publicado",
        "clock",
        _GROUP.DIRECTORY,
        hint="fechado na hora de atender",
        form_group_by_channel={_CHANNEL.VIRTUAL_COUNTER: _GROUP.ATTENDANCE},
    ),
    _kind(_CODE.ACCESSIBILITY, "Problema de acessibilidade", "accessibility", _GROUP.ACCESS),
    _kind(_CODE.OTHER, "Outro", "ellipsis", _GROUP.ATTENDANCE),
)
KIND_BY_CODE: Mapping[str, ComplaintKind] = {row.kind: row for row in COMPLAINT_KINDS}
COMPLAINT_KIND_NAMES = {row.kind: row.name for row in COMPLAINT_KINDS}


def kinds_of(channel: str) -> tuple[ComplaintKind, ...]:
    """Return the kinds that fit a channel, in the order of the form."""
    return tuple(row for row in COMPLAINT_KINDS if row.fits(channel))


def kinds_of_group(group: CauseGroup) -> tuple[ComplaintKindCode, ...]:
    """Return the kinds of a cause group."""
    return tuple(row.kind for row in COMPLAINT_KINDS if row.group == group)
