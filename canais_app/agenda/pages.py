"""The agenda's pages, for the composition root to add."""

from canais_app import routes
from canais_app.accounts.frame.page import staff_entry
from canais_app.agenda.appointment.page import page as appointment
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.desk.page import page as chambers
from canais_app.agenda.desk.state import ChambersDeskState
from canais_app.agenda.listing.page import page as agendas
from canais_app.agenda.listing.state import ListingState
from canais_app.agenda.manual.page import page as manual
from canais_app.agenda.manual.state import ManualState
from canais_app.agenda.move.page import page as move
from canais_app.agenda.move.state import MoveState
from canais_app.agenda.my_appointments.page import opened_page as my_appointments
from canais_app.agenda.my_appointments.page import request_page as my_appointments_request
from canais_app.agenda.my_appointments.state import MyAppointmentsLinkState, MyAppointmentsState
from canais_app.agenda.oversight.page import page as oversight
from canais_app.agenda.oversight.state import OversightState
from canais_app.agenda.picker.page import page as picker
from canais_app.agenda.picker.state import PickerState
from canais_app.agenda.rules_editor.page import page as rules
from canais_app.agenda.rules_editor.state import RulesPageState
from canais_app.agenda.waitlist.page import page as waitlist
from canais_app.agenda.waitlist.state import WaitlistFormState
from canais_app.agenda.waitlist_status.page import page as waitlist_status
from canais_app.agenda.waitlist_status.state import WaitlistStatusState
from canais_app.ui.pages import page_entry

PRIVATE = [{"name": "robots", "content": "noindex"}, {"name": "referrer", "content": "no-referrer"}]
PAGES = (
    staff_entry(
        oversight,
        route=routes.CORREGEDORIA_APPOINTMENTS,
        title="Atendimentos marcados",
        description="Pedidos sem resposta no prazo e divergências sobre o atendimento.",
        on_load=OversightState.load,
    ),
    page_entry(
        agendas,
        route=routes.AGENDAS,
        title="Agendar com magistrado",
        description="Agendas publicadas pelos gabinetes, com o próximo horário livre de cada uma.",
        on_load=ListingState.load,
    ),
    page_entry(
        picker,
        route=routes.AGENDA,
        title="Escolher horário · Agendar com magistrado",
        description="Horários livres para atendimento a advogadas e advogados.",
        on_load=PickerState.load,
    ),
    page_entry(
        appointment,
        route=routes.APPOINTMENT,
        title="Seu agendamento",
        description="Ver, mudar ou cancelar um atendimento marcado.",
        meta=PRIVATE,
        on_load=AppointmentState.load,
    ),
    page_entry(
        move,
        route=routes.MOVE,
        title="Mudar horário",
        description="Escolher outro horário livre para um atendimento marcado.",
        meta=PRIVATE,
        on_load=MoveState.load,
    ),
    page_entry(
        waitlist,
        route=routes.WAITLIST,
        title="Entrar na fila de espera · Agendar com magistrado",
        description="Deixe o contato e receba o primeiro horário que vagar.",
        on_load=WaitlistFormState.load,
    ),
    page_entry(
        waitlist_status,
        route=routes.WAITLIST_STATUS,
        title="Seu lugar na fila de espera",
        description="Ver o lugar, aceitar um horário ou sair da fila.",
        meta=PRIVATE,
        on_load=WaitlistStatusState.load,
    ),
    page_entry(
        my_appointments_request,
        route=routes.MY_APPOINTMENTS,
        title="Meus agendamentos",
        description="Um link, enviado ao seu e-mail, lista os horários que você marcou.",
        on_load=MyAppointmentsLinkState.load,
    ),
    page_entry(
        my_appointments,
        route=routes.MY_APPOINTMENTS_LINK,
        title="Meus agendamentos",
        description="Os horários marcados com o seu e-mail.",
        meta=PRIVATE,
        on_load=MyAppointmentsState.load,
    ),
    staff_entry(
        chambers,
        route=routes.CHAMBERS,
        title="Mesa do gabinete",
        description="Atendimentos de hoje e da semana.",
        on_load=ChambersDeskState.load,
    ),
    staff_entry(
        manual,
        route=routes.CHAMBERS_MANUAL,
        title="Manual dos gabinetes",
        description="O que cada regra da agenda faz, com exemplos.",
        on_load=ManualState.load,
    ),
    staff_entry(
        rules,
        route=routes.CHAMBERS_RULES,
        title="Regras da agenda",
        description="Quando e como o gabinete recebe, com a prévia de quatro semanas.",
        on_load=RulesPageState.load,
    ),
)
