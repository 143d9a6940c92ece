"""Pages of complaints, for the composition root."""

from canais_app import routes
from canais_app.accounts.frame.page import staff_entry
from canais_app.complaints.analysis.page import page as analysis
from canais_app.complaints.analysis.state import AnalysisState
from canais_app.complaints.detail.page import page as complaint
from canais_app.complaints.detail.state import ComplaintState
from canais_app.complaints.dossier.page import page as dossier
from canais_app.complaints.dossier.state import DossierState
from canais_app.complaints.inbox.page import page as inbox
from canais_app.complaints.inbox.state import InboxState
from canais_app.complaints.intake.page import page as report
from canais_app.complaints.open_data.page import page as open_data
from canais_app.complaints.queue.page import page as queue
from canais_app.complaints.queue.state import QueueState
from canais_app.complaints.scope_bar.state import ScopeState
from canais_app.complaints.situations.desk.page import page as situations
from canais_app.complaints.situations.desk.state import SituationsState
from canais_app.complaints.situations.duty.page import page as duty
from canais_app.complaints.situations.duty.state import DutyState
from canais_app.complaints.situations.incident_desk.page import list_page as incidents
from canais_app.complaints.situations.incident_desk.page import page as incident
from canais_app.complaints.situations.incident_desk.state import IncidentsState
from canais_app.complaints.situations.method.page import page as method
from canais_app.complaints.situations.method.state import MethodState
from canais_app.complaints.status.page import page as situation
from canais_app.complaints.status.state import PublicStatusState
from canais_app.directory.management.state import ManagementState
from canais_app.ui.pages import page_entry

_SITUATIONS = {
    "title": "Situações",
    "description": "O que está acima do normal agora, quem cuida disso e o que já foi feito.",
    "on_load": [SituationsState.load, ScopeState.load],
}
PAGES = (
    staff_entry(situations, route=routes.CORREGEDORIA_SITUATIONS, **_SITUATIONS),
    staff_entry(situations, route=routes.CORREGEDORIA_SITUATION, **_SITUATIONS),
    staff_entry(
        incidents,
        route=routes.CORREGEDORIA_INCIDENTS,
        title="Incidentes",
        description="Falhas de muitas unidades e manutenções, abertas, programadas e encerradas.",
        on_load=[IncidentsState.load, ScopeState.load],
    ),
    staff_entry(
        incident,
        route=routes.CORREGEDORIA_INCIDENT,
        title="Incidente",
        description="Um incidente: unidades, quem agendou, notícias e o que muda depois.",
        on_load=[IncidentsState.load, ScopeState.load],
    ),
    staff_entry(
        duty,
        route=routes.CORREGEDORIA_DUTY,
        title="Plantão",
        description="Quem é avisado dos alarmes por e-mail.",
        on_load=DutyState.load,
    ),
    staff_entry(
        method,
        route=routes.CORREGEDORIA_METHOD,
        title="Como calculamos",
        description="O método dos alarmes, com os números da última calibração.",
        on_load=[MethodState.load, ScopeState.load],
    ),
    staff_entry(
        analysis,
        route=routes.CORREGEDORIA_ANALYSIS,
        title="Análise",
        description="Relatos por unidade, canal e tipo, com o esperado, ao vivo.",
        on_load=[AnalysisState.load, ScopeState.load],
    ),
    staff_entry(
        dossier,
        route=routes.CORREGEDORIA_DOSSIERS,
        title="Dossiês",
        description="Uma unidade inteira: série, tipos, incidentes, prazos e contatos.",
        on_load=[DossierState.load, ScopeState.load],
    ),
    page_entry(
        report,
        route=routes.REPORT,
        title="Relatar falha de atendimento",
        description="Avise em três toques quando um canal de atendimento do Judiciário falha.",
    ),
    page_entry(
        report,
        route=routes.TRACK,
        title="Acompanhar relato",
        description="Veja o andamento de um relato de falha com o protocolo e o código secreto.",
    ),
    page_entry(
        situation,
        route=routes.STATUS,
        title="Situação dos canais",
        description="O que falha agora, o que funciona, o que fechou e o que está programado.",
        on_load=PublicStatusState.load,
    ),
    page_entry(
        open_data,
        route=routes.OPEN_DATA,
        title="Dados abertos e API · Canais de Atendimento do TJMT",
        description="Unidades, situação e relatos para programas e planilhas.",
    ),
    staff_entry(
        queue,
        route=routes.CORREGEDORIA_COMPLAINTS,
        title="Reclamações",
        description="Triagem das reclamações: visões, busca, respostas, encaminhamento.",
        on_load=[QueueState.load, ScopeState.load],
    ),
    staff_entry(
        inbox,
        route=routes.MANAGEMENT,
        title="Minha unidade",
        description="Reclamações a responder, contatos a confirmar e correções a resolver.",
        on_load=[InboxState.load, ManagementState.load],
    ),
    staff_entry(
        complaint,
        route=routes.CORREGEDORIA_COMPLAINT,
        title="Reclamação",
        description="Uma reclamação na mesa da Corregedoria.",
        on_load=ComplaintState.load,
    ),
)
