"""The places of staff, and who may go there: the desk and the header show no others."""

from dataclasses import dataclass

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission


@dataclass(frozen=True)
class MenuEntry:
    """A place of work: its link, its words, an icon."""

    path: str
    title: str
    about: str
    icon: str
    group: str


MENU: tuple[tuple[Permission | None, MenuEntry], ...] = (
    (
        Permission.SEE_DASHBOARD,
        MenuEntry(
            routes.CORREGEDORIA,
            "Painel da Corregedoria",
            "Relatos por unidade, ao vivo.",
            "chart-column",
            "Trabalho",
        ),
    ),
    (
        Permission.TRIAGE_COMPLAINTS,
        MenuEntry(
            routes.CORREGEDORIA_COMPLAINTS,
            "Reclamações",
            "Os relatos por trás dos números.",
            "inbox",
            "Trabalho",
        ),
    ),
    (
        Permission.SEE_AGENDA_DESK,
        MenuEntry(
            routes.CHAMBERS,
            "Gabinete",
            "Os atendimentos de hoje e da semana.",
            "calendar-days",
            "Trabalho",
        ),
    ),
    (
        Permission.EDIT_AGENDA,
        MenuEntry(
            routes.CHAMBERS_RULES,
            "Regras da agenda",
            "Quando e como o gabinete recebe; publicar, substituir.",
            "calendar-cog",
            "Trabalho",
        ),
    ),
    (
        Permission.EDIT_DIRECTORY,
        MenuEntry(
            routes.ADMIN_NOTICES,
            "Avisos",
            "Fechamentos, mudanças no atendimento, manutenção.",
            "megaphone",
            "Trabalho",
        ),
    ),
    (
        Permission.SHAPE_DIRECTORY,
        MenuEntry(
            routes.ADMIN_IMPORT,
            "Importação",
            "O diretório inteiro num arquivo, para fora e de volta.",
            "file-spreadsheet",
            "Administração",
        ),
    ),
    (
        Permission.SHAPE_DIRECTORY,
        MenuEntry(
            routes.ADMIN_SYNONYMS,
            "Sinônimos",
            "O que as pessoas dizem, e o que a busca entende.",
            "languages",
            "Administração",
        ),
    ),
    (
        Permission.EDIT_CALENDAR,
        MenuEntry(
            routes.ADMIN_CALENDAR,
            "Calendário",
            "Feriados, recesso, prazos suspensos; o ano que vem.",
            "calendar-cog",
            "Administração",
        ),
    ),
    (
        Permission.EDIT_DIRECTORY,
        MenuEntry(
            routes.MANAGEMENT,
            "Unidades e correções",
            "Contatos das suas unidades; o que o público avisou.",
            "badge-check",
            "Trabalho",
        ),
    ),
    (
        Permission.SHAPE_DIRECTORY,
        MenuEntry(
            routes.ADMIN_UNITS,
            "Unidades",
            "Editar, criar, mover e extinguir unidades.",
            "building-2",
            "Administração",
        ),
    ),
    (
        Permission.SHAPE_DIRECTORY,
        MenuEntry(
            routes.ADMIN_CONTACTS,
            "Contatos",
            "Há quanto tempo foram verificados.",
            "clock",
            "Administração",
        ),
    ),
    (
        Permission.MANAGE_STAFF,
        MenuEntry(
            routes.ADMIN_STAFF,
            "Pessoal",
            "Convidar, dar perfis, suspender.",
            "users",
            "Administração",
        ),
    ),
    (
        Permission.MANAGE_STAFF,
        MenuEntry(
            routes.ADMIN_SESSIONS,
            "Sessões",
            "Quem está conectado; encerrar uma sessão.",
            "monitor",
            "Administração",
        ),
    ),
    (
        Permission.MANAGE_STAFF,
        MenuEntry(
            routes.ADMIN_TOKENS,
            "Chaves da API",
            "Criar e revogar chaves de programas.",
            "key-round",
            "Administração",
        ),
    ),
    (
        Permission.SEE_AUDIT,
        MenuEntry(
            routes.ADMIN_AUDIT,
            "Auditoria",
            "Quem fez o quê, quando e por onde.",
            "scroll-text",
            "Administração",
        ),
    ),
    (
        Permission.SEE_OUTBOX,
        MenuEntry(
            routes.ADMIN_OUTBOX,
            "Mensagens",
            "O que espera, o que saiu, o que falhou.",
            "mail",
            "Administração",
        ),
    ),
    (
        Permission.SEE_SETTINGS,
        MenuEntry(
            routes.ADMIN_SETTINGS,
            "Configuração",
            "Os valores em vigor, sem segredos.",
            "settings",
            "Administração",
        ),
    ),
    (
        None,
        MenuEntry(
            routes.ACCOUNT,
            "Minha conta",
            "Senha, segunda etapa e sessões abertas.",
            "user-round",
            "Conta",
        ),
    ),
)


def menu_for(actor: Actor) -> list[MenuEntry]:
    """Return where this person may go."""
    if actor.staff_id is None:
        return []
    return [place for needed, place in MENU if needed is None or actor.can(needed)]


ICONS = tuple(dict.fromkeys(place.icon for _, place in MENU))
