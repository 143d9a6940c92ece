"""The composition root: pages, the API and the loops become one app."""

import reflex as rx
import structlog

from canais_app import routes
from canais_app.accounts.account.page import page as account
from canais_app.accounts.account.state import Account
from canais_app.accounts.desk.page import page as desk
from canais_app.accounts.desk.state import Desk
from canais_app.accounts.login.page import page as login
from canais_app.accounts.login.state import Login
from canais_app.accounts.new_password.page import page as new_password
from canais_app.accounts.new_password.state import NewPassword
from canais_app.accounts.recovery.page import page as recovery
from canais_app.accounts.recovery.state import Recovery
from canais_app.accounts.second_step.page import page as second_step
from canais_app.accounts.second_step.state import SecondStep
from canais_app.admin.pages import PAGES as ADMIN_PAGES
from canais_app.agenda.appointment.page import page as appointment
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.desk.page import page as chambers
from canais_app.agenda.desk.state import ChambersState
from canais_app.agenda.listing.page import page as agendas
from canais_app.agenda.listing.state import ListingState
from canais_app.agenda.picker.page import page as picker
from canais_app.agenda.picker.state import PickerState
from canais_app.api import app as api
from canais_app.api import headers, ops
from canais_app.complaints.dashboard.page import page as dashboard
from canais_app.complaints.dashboard.state import DashboardState, keep_fresh
from canais_app.complaints.detail.page import page as complaint
from canais_app.complaints.detail.state import ComplaintDesk
from canais_app.complaints.intake.page import page as report
from canais_app.complaints.intake.state import Intake
from canais_app.complaints.queue.page import page as queue
from canais_app.complaints.queue.state import Queue
from canais_app.complaints.status.page import page as situation
from canais_app.complaints.status.state import Situation
from canais_app.complaints.tracking.page import page as track
from canais_app.complaints.tracking.state import Tracking
from canais_app.directory.about import page as about
from canais_app.directory.az.page import page as comarcas
from canais_app.directory.finder.page import page as finder
from canais_app.directory.finder.state import Finder
from canais_app.directory.unit.page import page as unit
from canais_app.directory.unit.state import UnitView
from canais_app.jobs import loops
from canais_app.kit import live
from canais_app.ui import theme
from canais_app.ui.not_found import page as not_found

log = structlog.get_logger()


def note_failure(exception: Exception):  # noqa: ANN201 (Reflex reads the annotation at start)
    """Write our own failure to the log; Reflex's answer is a toast that the CSP would refuse."""
    log.error("event_failed", exc_info=exception)


app = rx.App(
    html_lang="pt-BR",
    stylesheets=["/canais.css"],
    head_components=theme.head(),
    toaster=None,
    backend_exception_handler=note_failure,
    api_transformer=[api.make(), headers.Protect, ops.Measure],
)
app.app_wraps = {order: wrap for order, wrap in app.app_wraps.items() if order[1] != "Overlay"}
live.hub.app = app
app.register_lifespan_task(live.hub.run)
app.register_lifespan_task(loops.run)
app.register_lifespan_task(keep_fresh)

app.add_page(not_found, route="404", title="Página não encontrada")
for admin_page in ADMIN_PAGES:
    app.add_page(**admin_page)

app.add_page(
    finder,
    route=routes.HOME,
    title="Canais de Atendimento do Poder Judiciário de Mato Grosso",
    description="Ache a unidade certa e o canal que atende agora: telefone, e-mail, WhatsApp, "
    "Balcão Virtual e agendamento.",
    on_load=Finder.load,
)
app.add_page(
    comarcas,
    route=routes.COMARCAS,
    title="Comarcas de A a Z · Canais de Atendimento do TJMT",
    description="As 79 comarcas de Mato Grosso e os municípios que cada uma atende.",
)
app.add_page(
    unit,
    route=routes.UNIT,
    title=UnitView.title,
    description="Canais, horários e setores de uma unidade do TJMT.",
    on_load=UnitView.load,
)
app.add_page(
    about.about,
    route=routes.ABOUT,
    title="Sobre o portal · Canais de Atendimento do TJMT",
    description="O que é o portal, o Balcão Virtual, o plantão e a Ouvidoria.",
)
app.add_page(
    about.accessibility,
    route=routes.ACCESSIBILITY,
    title="Acessibilidade · Canais de Atendimento do TJMT",
    description="Como o portal atende a todas as pessoas, e como avisar de uma barreira.",
)
app.add_page(
    about.privacy,
    route=routes.PRIVACY,
    title="Privacidade · Canais de Atendimento do TJMT",
    description="O que o portal guarda, por quanto tempo, e o que nunca guarda.",
)
app.add_page(
    about.open_data,
    route=routes.OPEN_DATA,
    title="Dados abertos e API · Canais de Atendimento do TJMT",
    description="Unidades, situação e relatos para programas e planilhas.",
)

app.add_page(
    desk,
    route=routes.DESK,
    title="Sua mesa",
    description="O lugar de trabalho de quem atende.",
    on_load=Desk.load,
)
app.add_page(
    login,
    route=routes.SIGN_IN,
    title="Entrar",
    description="Acesso de servidores, magistrados e equipes do Tribunal.",
    on_load=Login.load,
)

app.add_page(
    agendas,
    route=routes.AGENDAS,
    title="Agendar com magistrado",
    description="Agendas publicadas pelos gabinetes, com o próximo horário livre de cada uma.",
    on_load=ListingState.load,
)
app.add_page(
    picker,
    route=routes.AGENDA,
    title="Escolher horário · Agendar com magistrado",
    description="Horários livres para atendimento a advogadas e advogados.",
    on_load=PickerState.load,
)
app.add_page(
    appointment,
    route=routes.APPOINTMENT,
    title="Seu agendamento",
    description="Ver, mudar ou cancelar um atendimento marcado.",
    meta=[
        {"name": "robots", "content": "noindex"},
        {"name": "referrer", "content": "no-referrer"},
    ],
    on_load=AppointmentState.load,
)
app.add_page(
    dashboard,
    route=routes.CORREGEDORIA,
    title="Painel da Corregedoria",
    description="Volume de relatos por unidade, alarmes e prazos, ao vivo.",
    on_load=DashboardState.load,
)
app.add_page(
    second_step,
    route=routes.SECOND_STEP,
    title="Segunda etapa",
    description="O código que completa a entrada.",
    on_load=SecondStep.load,
)
app.add_page(
    recovery,
    route=routes.RECOVER,
    title="Criar nova senha",
    description="Recuperar o acesso por e-mail.",
    on_load=Recovery.load,
)
app.add_page(
    new_password,
    route=routes.SET_PASSWORD,
    title="Criar a senha",
    description="A página do convite e da recuperação.",
    on_load=NewPassword.load,
)
app.add_page(
    account,
    route=routes.ACCOUNT,
    title="Minha conta",
    description="Senha, segunda etapa e sessões abertas.",
    on_load=Account.load,
)

app.add_page(
    chambers,
    route=routes.CHAMBERS,
    title="Mesa do gabinete",
    description="Atendimentos de hoje e da semana.",
    on_load=ChambersState.load,
)
app.add_page(
    report,
    route=routes.REPORT,
    title="Relatar falha de atendimento",
    description="Avise em três toques quando um canal de atendimento do Judiciário falha.",
    on_load=Intake.load,
)
app.add_page(
    track,
    route=routes.TRACK,
    title="Acompanhar relato",
    description="Veja o andamento de um relato de falha com o protocolo e o código secreto.",
    on_load=Tracking.load,
)
app.add_page(
    situation,
    route=routes.STATUS,
    title="Situação dos canais",
    description="Fechamentos, avisos e relatos de falha das últimas 24 horas, por comarca.",
    on_load=Situation.load,
)
app.add_page(
    queue,
    route=routes.CORREGEDORIA_COMPLAINTS,
    title="Reclamações",
    description="As reclamações por trás de cada número do painel.",
    on_load=Queue.load,
)
app.add_page(
    complaint,
    route=routes.CORREGEDORIA_COMPLAINT,
    title="Reclamação",
    description="Uma reclamação na mesa da Corregedoria.",
    on_load=ComplaintDesk.load,
)
