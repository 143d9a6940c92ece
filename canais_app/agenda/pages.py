"""The pages of the room `agenda`, as the composition root adds them."""

from canais_app import routes
from canais_app.agenda.appointment.page import page as appointment
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.desk.page import page as chambers
from canais_app.agenda.desk.state import ChambersState
from canais_app.agenda.listing.page import page as agendas
from canais_app.agenda.listing.state import ListingState
from canais_app.agenda.mine.page import ask as ask_mine
from canais_app.agenda.mine.page import opened as my_appointments
from canais_app.agenda.mine.state import AskMine, MyAppointments
from canais_app.agenda.picker.page import page as picker
from canais_app.agenda.picker.state import PickerState
from canais_app.agenda.place.page import page as place
from canais_app.agenda.place.state import PlaceState
from canais_app.agenda.rules_editor.page import page as rules
from canais_app.agenda.rules_editor.state import RulesState
from canais_app.agenda.waitlist.page import page as waitlist
from canais_app.agenda.waitlist.state import WaitlistState
from canais_app.ui.pages import listed

PRIVATE = [
    {"name": "robots", "content": "noindex"},
    {"name": "referrer", "content": "no-referrer"},
]
PAGES = (
    listed(
        agendas,
        route=routes.AGENDAS,
        title="Agendar com magistrado",
        description="Agendas publicadas pelos gabinetes, com o próximo horário livre de cada uma.",
        on_load=ListingState.load,
    ),
    listed(
        picker,
        route=routes.AGENDA,
        title="Escolher horário · Agendar com magistrado",
        description="Horários livres para atendimento a advogadas e advogados.",
        on_load=PickerState.load,
    ),
    listed(
        appointment,
        route=routes.APPOINTMENT,
        title="Seu agendamento",
        description="Ver, mudar ou cancelar um atendimento marcado.",
        meta=PRIVATE,
        on_load=AppointmentState.load,
    ),
    listed(
        waitlist,
        route=routes.WAITLIST,
        title="Entrar na fila de espera · Agendar com magistrado",
        description="Deixe o contato e receba o primeiro horário que vagar.",
        on_load=WaitlistState.load,
    ),
    listed(
        place,
        route=routes.WAITING_PLACE,
        title="Seu lugar na fila de espera",
        description="Ver o lugar, aceitar um horário ou sair da fila.",
        meta=PRIVATE,
        on_load=PlaceState.load,
    ),
    listed(
        ask_mine,
        route=routes.MINE,
        title="Meus agendamentos",
        description="Um link, enviado ao seu e-mail, lista os horários que você marcou.",
        on_load=AskMine.load,
    ),
    listed(
        my_appointments,
        route=routes.MINE_LINK,
        title="Meus agendamentos",
        description="Os horários marcados com o seu e-mail.",
        meta=PRIVATE,
        on_load=MyAppointments.load,
    ),
    listed(
        chambers,
        route=routes.CHAMBERS,
        title="Mesa do gabinete",
        description="Atendimentos de hoje e da semana.",
        on_load=ChambersState.load,
    ),
    listed(
        rules,
        route=routes.CHAMBERS_RULES,
        title="Regras da agenda",
        description="Quando e como o gabinete recebe, com a prévia de quatro semanas.",
        on_load=RulesState.load,
    ),
)
