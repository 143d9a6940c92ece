"""The menu of staff: the pages of each area, with the permission that each needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, Role

CORREGEDORIA = "Corregedoria"
QUEUES = "Minhas filas"
UNIT = "Unidade"
CHAMBERS = "Gabinete"
ADMINISTRATION = "Administração"
ACCOUNT = "Conta"
PHONE_ENTRIES = 2  # beside Mesa and the person


@dataclass(frozen=True)
class MenuEntry:
    """A link of the menu; without `permission`, for every signed-in person.

    `count` names its number (`counts.py`). `tone` is how a number above zero looks: plain, `due`
    (a deadline) or `hot` (an alarm). On a phone's bar stand the first entries `on_phone`.
    """

    permission: Permission | None
    path: str
    title: str
    about: str
    icon: str
    group: str
    count: str = ""
    tone: str = ""
    on_phone: bool = False


# In the order of the menu, which no number changes.
MENU = (
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA_SITUATIONS,
        "Situações",
        "O que está acima do normal agora, e quem cuida disso.",
        "triangle-alert",
        CORREGEDORIA,
        count="situations",
        tone="hot",
        on_phone=True,
    ),
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA_ANALYSIS,
        "Análise",
        "Relatos por unidade, ao vivo.",
        "chart-column",
        CORREGEDORIA,
    ),
    MenuEntry(
        Permission.TRIAGE_COMPLAINTS,
        routes.CORREGEDORIA_COMPLAINTS,
        "Reclamações",
        "Os relatos por trás dos números.",
        "inbox",
        CORREGEDORIA,
        count="complaints",
        on_phone=True,
    ),
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA_INCIDENTS,
        "Incidentes",
        "Falhas de muitas unidades e manutenções: notícias, quem foi avisado, análise.",
        "zap",
        CORREGEDORIA,
        count="incidents",
    ),
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA_DOSSIERS,
        "Dossiês",
        "Uma unidade inteira, numa página e em PDF.",
        "file-text",
        CORREGEDORIA,
    ),
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA_APPOINTMENTS,
        "Atendimentos marcados",
        "Pedidos sem resposta no prazo; o que advogado e gabinete dizem diferente.",
        "calendar-clock",
        CORREGEDORIA,
    ),
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA_DUTY,
        "Plantão",
        "Quem recebe os alarmes por e-mail: por comarca, canal e gravidade.",
        "bell",
        CORREGEDORIA,
    ),
    MenuEntry(
        Permission.TRIAGE_COMPLAINTS,
        f"{routes.CORREGEDORIA_COMPLAINTS}?view=comigo",
        "Comigo",
        "As reclamações de que você cuida.",
        "user-round",
        QUEUES,
        count="mine",
    ),
    MenuEntry(
        Permission.TRIAGE_COMPLAINTS,
        f"{routes.CORREGEDORIA_COMPLAINTS}?view=hoje",
        "Vencem hoje",
        "O prazo acaba hoje.",
        "clock",
        QUEUES,
        count="due_today",
        tone="due",
    ),
    MenuEntry(
        Permission.TRIAGE_COMPLAINTS,
        f"{routes.CORREGEDORIA_COMPLAINTS}?view=nova",
        "Resposta nova",
        "Quem relatou escreveu, e ninguém leu.",
        "message-square",
        QUEUES,
        count="unread",
    ),
    MenuEntry(
        Permission.EDIT_DIRECTORY,
        routes.MANAGEMENT,
        "Minha unidade",
        "Reclamações a responder; contatos a confirmar; o que o público avisou.",
        "badge-check",
        UNIT,
        count="unit_work",
        tone="due",
        on_phone=True,
    ),
    MenuEntry(
        Permission.EDIT_DIRECTORY,
        routes.ADMIN_NOTICES,
        "Avisos",
        "Fechamentos, mudanças no atendimento, manutenção.",
        "megaphone",
        UNIT,
        on_phone=True,
    ),
    MenuEntry(
        Permission.SEE_AGENDA_DESK,
        routes.CHAMBERS,
        "Atendimentos",
        "Os atendimentos de hoje e da semana.",
        "calendar-days",
        CHAMBERS,
        on_phone=True,
    ),
    MenuEntry(
        Permission.EDIT_AGENDA,
        routes.CHAMBERS_RULES,
        "Regras da agenda",
        "Quando e como o gabinete recebe; publicar, substituir.",
        "calendar-cog",
        CHAMBERS,
        on_phone=True,
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_UNITS,
        "Unidades",
        "Editar, criar, mover e extinguir unidades.",
        "building-2",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_CONTACTS,
        "Contatos",
        "Há quanto tempo foram verificados.",
        "phone",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_IMPORT,
        "Importação",
        "O diretório inteiro num arquivo, para fora e de volta.",
        "file-spreadsheet",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_SYNONYMS,
        "Sinônimos",
        "O que as pessoas dizem, e o que a busca entende.",
        "languages",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.EDIT_TEMPLATES,
        routes.ADMIN_TEMPLATES,
        "Modelos de resposta",
        "Textos prontos para responder reclamações.",
        "message-square-text",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.EDIT_CALENDAR,
        routes.ADMIN_CALENDAR,
        "Calendário",
        "Feriados, recesso, prazos suspensos; o ano que vem.",
        "calendar-cog",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_STAFF,
        "Pessoal",
        "Convidar, dar perfis, suspender.",
        "users",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_SESSIONS,
        "Sessões",
        "Quem está conectado; encerrar uma sessão.",
        "monitor",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_TOKENS,
        "Chaves da API",
        "Criar e revogar chaves de programas.",
        "key-round",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.SEE_AUDIT,
        routes.ADMIN_AUDIT,
        "Auditoria",
        "Quem fez o quê, quando e por onde.",
        "scroll-text",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.SEE_OUTBOX,
        routes.ADMIN_OUTBOX,
        "Mensagens",
        "O que espera, o que saiu, o que falhou.",
        "mail",
        ADMINISTRATION,
        count="failed_messages",
        tone="due",
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_WEBHOOKS,
        "Outros sistemas",
        "Endereços avisados de situações e incidentes; os últimos envios.",
        "webhook",
        ADMINISTRATION,
    ),
    MenuEntry(
        Permission.SEE_SETTINGS,
        routes.ADMIN_SETTINGS,
        "Configuração",
        "Os valores em vigor, sem segredos.",
        "settings",
        ADMINISTRATION,
    ),
    MenuEntry(
        None,
        routes.ACCOUNT,
        "Minha conta",
        "Senha, segunda etapa e sessões abertas.",
        "user-round",
        ACCOUNT,
    ),
)
ICONS = tuple(dict.fromkeys(entry.icon for entry in MENU))


def menu_for(actor: Actor) -> list[MenuEntry]:
    """Return the entries that this person may open."""
    if actor.staff_id is None:
        return []
    return [entry for entry in MENU if entry.permission is None or actor.can(entry.permission)]


def phone_entries(menu: Sequence[MenuEntry]) -> list[MenuEntry]:
    """Return the entries of a phone's bar."""
    wanted = [entry for entry in menu if entry.on_phone and "?" not in entry.path]
    rest = [entry for entry in menu if entry not in wanted and entry.group != ACCOUNT]
    return [*wanted, *rest][:PHONE_ENTRIES]


def office_of(actor: Actor) -> str:
    """Return the office that stands under the portal's name."""
    held = {grant.role for grant in actor.grants}
    return "Corregedoria-Geral" if Role.CORREGEDORIA in held else "Poder Judiciário de MT"
