"""The pages of the room `complaints`, as the composition root adds them."""

from canais_app import routes
from canais_app.complaints.dashboard.page import page as dashboard
from canais_app.complaints.dashboard.state import DashboardState
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
from canais_app.ui.pages import listed

PAGES = (
    listed(
        dashboard,
        route=routes.CORREGEDORIA,
        title="Painel da Corregedoria",
        description="Volume de relatos por unidade, alarmes e prazos, ao vivo.",
        on_load=DashboardState.load,
    ),
    listed(
        report,
        route=routes.REPORT,
        title="Relatar falha de atendimento",
        description="Avise em três toques quando um canal de atendimento do Judiciário falha.",
        on_load=Intake.load,
    ),
    listed(
        track,
        route=routes.TRACK,
        title="Acompanhar relato",
        description="Veja o andamento de um relato de falha com o protocolo e o código secreto.",
        on_load=Tracking.load,
    ),
    listed(
        situation,
        route=routes.STATUS,
        title="Situação dos canais",
        description="Fechamentos, avisos e relatos de falha das últimas 24 horas, por comarca.",
        on_load=Situation.load,
    ),
    listed(
        queue,
        route=routes.CORREGEDORIA_COMPLAINTS,
        title="Reclamações",
        description="As reclamações por trás de cada número do painel.",
        on_load=Queue.load,
    ),
    listed(
        complaint,
        route=routes.CORREGEDORIA_COMPLAINT,
        title="Reclamação",
        description="Uma reclamação na mesa da Corregedoria.",
        on_load=ComplaintDesk.load,
    ),
)
