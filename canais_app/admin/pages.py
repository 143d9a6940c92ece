"""The pages of administration, as the composition root adds them."""

from canais_app import routes
from canais_app.admin.browsers.page import page as browsers
from canais_app.admin.browsers.state import Browsers
from canais_app.admin.calendar.page import page as calendar
from canais_app.admin.calendar.state import Days
from canais_app.admin.config.page import page as config
from canais_app.admin.config.state import Config
from canais_app.admin.importing.page import page as importing
from canais_app.admin.importing.state import Importing
from canais_app.admin.keys.page import page as keys
from canais_app.admin.keys.state import Keys
from canais_app.admin.letters.page import page as letters
from canais_app.admin.letters.state import Letters
from canais_app.admin.notices.page import page as notices
from canais_app.admin.notices.state import Notices
from canais_app.admin.people.page import page as people
from canais_app.admin.people.state import People
from canais_app.admin.synonyms.page import page as synonyms
from canais_app.admin.synonyms.state import Synonyms
from canais_app.admin.trail.page import page as trail
from canais_app.admin.trail.state import Trail
from canais_app.ui.pages import listed

_ALL = (
    (calendar, routes.ADMIN_CALENDAR, "Calendário", "Os dias do expediente.", Days.load),
    (notices, routes.ADMIN_NOTICES, "Avisos", "Avisos e fechamentos.", Notices.load),
    (people, routes.ADMIN_STAFF, "Pessoal", "Contas, perfis e convites.", People.load),
    (browsers, routes.ADMIN_SESSIONS, "Sessões", "Quem está conectado.", Browsers.load),
    (trail, routes.ADMIN_AUDIT, "Auditoria", "Quem fez o quê.", Trail.load),
    (keys, routes.ADMIN_TOKENS, "Chaves da API", "Chaves de programas.", Keys.load),
    (letters, routes.ADMIN_OUTBOX, "Mensagens", "A fila de mensagens.", Letters.load),
    (importing, routes.ADMIN_IMPORT, "Importação", "O diretório num arquivo.", Importing.load),
    (synonyms, routes.ADMIN_SYNONYMS, "Sinônimos", "O que a busca entende.", Synonyms.load),
    (config, routes.ADMIN_SETTINGS, "Configuração", "Valores em vigor.", Config.load),
)
PAGES = tuple(
    listed(page, route=route, title=title, description=about, on_load=load)
    for page, route, title, about, load in _ALL
)
