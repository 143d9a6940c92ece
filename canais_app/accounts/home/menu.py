"""The pages of staff, with the permission that each needs."""

from dataclasses import dataclass

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission


@dataclass(frozen=True)
class MenuEntry:
    """A link of the staff home page; without `permission`, for every signed-in person."""

    permission: Permission | None
    path: str
    title: str
    about: str
    icon: str
    group: str


MENU = (
    MenuEntry(
        Permission.SEE_DASHBOARD,
        routes.CORREGEDORIA,
        "Painel da Corregedoria",
        "Relatos por unidade, ao vivo.",
        "chart-column",
        "Trabalho",
    ),
    MenuEntry(
        Permission.TRIAGE_COMPLAINTS,
        routes.CORREGEDORIA_COMPLAINTS,
        "Reclamações",
        "Os relatos por trás dos números.",
        "inbox",
        "Trabalho",
    ),
    MenuEntry(
        Permission.SEE_AGENDA_DESK,
        routes.CHAMBERS,
        "Gabinete",
        "Os atendimentos de hoje e da semana.",
        "calendar-days",
        "Trabalho",
    ),
    MenuEntry(
        Permission.EDIT_AGENDA,
        routes.CHAMBERS_RULES,
        "Regras da agenda",
        "Quando e como o gabinete recebe; publicar, substituir.",
        "calendar-cog",
        "Trabalho",
    ),
    MenuEntry(
        Permission.EDIT_DIRECTORY,
        routes.ADMIN_NOTICES,
        "Avisos",
        "Fechamentos, mudanças no atendimento, manutenção.",
        "megaphone",
        "Trabalho",
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_IMPORT,
        "Importação",
        "O diretório inteiro num arquivo, para fora e de volta.",
        "file-spreadsheet",
        "Administração",
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_SYNONYMS,
        "Sinônimos",
        "O que as pessoas dizem, e o que a busca entende.",
        "languages",
        "Administração",
    ),
    MenuEntry(
        Permission.EDIT_CALENDAR,
        routes.ADMIN_CALENDAR,
        "Calendário",
        "Feriados, recesso, prazos suspensos; o ano que vem.",
        "calendar-cog",
        "Administração",
    ),
    MenuEntry(
        Permission.EDIT_DIRECTORY,
        routes.MANAGEMENT,
        "Unidades e correções",
        "Contatos das suas unidades; o que o público avisou.",
        "badge-check",
        "Trabalho",
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_UNITS,
        "Unidades",
        "Editar, criar, mover e extinguir unidades.",
        "building-2",
        "Administração",
    ),
    MenuEntry(
        Permission.SHAPE_DIRECTORY,
        routes.ADMIN_CONTACTS,
        "Contatos",
        "Há quanto tempo foram verificados.",
        "clock",
        "Administração",
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_STAFF,
        "Pessoal",
        "Convidar, dar perfis, suspender.",
        "users",
        "Administração",
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_SESSIONS,
        "Sessões",
        "Quem está conectado; encerrar uma sessão.",
        "monitor",
        "Administração",
    ),
    MenuEntry(
        Permission.MANAGE_STAFF,
        routes.ADMIN_TOKENS,
        "Chaves da API",
        "Criar e revogar chaves de programas.",
        "key-round",
        "Administração",
    ),
    MenuEntry(
        Permission.SEE_AUDIT,
        routes.ADMIN_AUDIT,
        "Auditoria",
        "Quem fez o quê, quando e por onde.",
        "scroll-text",
        "Administração",
    ),
    MenuEntry(
        Permission.SEE_OUTBOX,
        routes.ADMIN_OUTBOX,
        "Mensagens",
        "O que espera, o que saiu, o que falhou.",
        "mail",
        "Administração",
    ),
    MenuEntry(
        Permission.SEE_SETTINGS,
        routes.ADMIN_SETTINGS,
        "Configuração",
        "Os valores em vigor, sem segredos.",
        "settings",
        "Administração",
    ),
    MenuEntry(
        None,
        routes.ACCOUNT,
        "Minha conta",
        "Senha, segunda etapa e sessões abertas.",
        "user-round",
        "Conta",
    ),
)


ICONS = tuple(dict.fromkeys(entry.icon for entry in MENU))


def menu_for(actor: Actor) -> list[MenuEntry]:
    """Return the entries that this person may open."""
    if actor.staff_id is None:
        return []
    return [entry for entry in MENU if entry.permission is None or actor.can(entry.permission)]
