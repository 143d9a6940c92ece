"""The pages of the admin package, for the app to add."""

from canais_app import routes
from canais_app.accounts.frame.page import staff_entry
from canais_app.admin.answer_templates.page import page as templates
from canais_app.admin.answer_templates.state import TemplatesState
from canais_app.admin.audit.page import page as audit
from canais_app.admin.audit.state import AuditState
from canais_app.admin.calendar.page import page as calendar
from canais_app.admin.calendar.state import CourtCalendarState
from canais_app.admin.config.page import page as config
from canais_app.admin.config.state import ConfigState
from canais_app.admin.importing.page import page as importing
from canais_app.admin.importing.state import ImportState
from canais_app.admin.keys.page import page as keys
from canais_app.admin.keys.state import ApiKeysState
from canais_app.admin.letters.page import page as letters
from canais_app.admin.letters.state import OutboxState
from canais_app.admin.notices.page import page as notices
from canais_app.admin.notices.state import NoticesState
from canais_app.admin.people.page import page as people
from canais_app.admin.people.state import StaffListState
from canais_app.admin.sessions.page import page as sessions
from canais_app.admin.sessions.state import SessionsState
from canais_app.admin.synonyms.page import page as synonyms
from canais_app.admin.synonyms.state import SynonymsState
from canais_app.admin.webhooks.page import page as webhooks
from canais_app.admin.webhooks.state import WebhooksState

_ALL = (
    (
        calendar,
        routes.ADMIN_CALENDAR,
        "Calendário",
        "Os dias do expediente.",
        CourtCalendarState.load,
    ),
    (notices, routes.ADMIN_NOTICES, "Avisos", "Avisos e fechamentos.", NoticesState.load),
    (people, routes.ADMIN_STAFF, "Pessoal", "Contas, perfis e convites.", StaffListState.load),
    (sessions, routes.ADMIN_SESSIONS, "Sessões", "Quem está conectado.", SessionsState.load),
    (audit, routes.ADMIN_AUDIT, "Auditoria", "Quem fez o quê.", AuditState.load),
    (keys, routes.ADMIN_TOKENS, "Chaves da API", "Chaves de programas.", ApiKeysState.load),
    (letters, routes.ADMIN_OUTBOX, "Mensagens", "A fila de mensagens.", OutboxState.load),
    (importing, routes.ADMIN_IMPORT, "Importação", "O diretório num arquivo.", ImportState.load),
    (synonyms, routes.ADMIN_SYNONYMS, "Sinônimos", "O que a busca entende.", SynonymsState.load),
    (templates, routes.ADMIN_TEMPLATES, "Modelos", "Textos de respostas.", TemplatesState.load),
    (
        webhooks,
        routes.ADMIN_WEBHOOKS,
        "Outros sistemas",
        "Endereços avisados e os últimos envios.",
        WebhooksState.load,
    ),
    (config, routes.ADMIN_SETTINGS, "Configuração", "Valores em vigor.", ConfigState.load),
)
PAGES = tuple(
    staff_entry(page, route=route, title=title, description=about, on_load=load)
    for page, route, title, about, load in _ALL
)
