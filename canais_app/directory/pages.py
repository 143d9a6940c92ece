"""The pages of the directory, for the composition root."""

from canais_app import routes
from canais_app.accounts.frame.page import staff_entry
from canais_app.directory.about import page as about
from canais_app.directory.comarca_index.page import page as comarcas
from canais_app.directory.editor.page import admin_page, manager_page
from canais_app.directory.editor.state import UnitEditorState
from canais_app.directory.finder.page import page as finder
from canais_app.directory.finder.state import FinderState
from canais_app.directory.unit.page import page as unit
from canais_app.directory.unit.state import UnitPageState
from canais_app.directory.unit_list.page import page as unit_list
from canais_app.directory.unit_list.state import UnitListState
from canais_app.directory.verification.page import page as verification
from canais_app.directory.verification.state import VerificationState
from canais_app.ui.pages import page_entry

PAGES = (
    page_entry(
        finder,
        route=routes.HOME,
        title="Canais de Atendimento do Poder Judiciário de Mato Grosso",
        description="Ache a unidade certa e o canal que atende agora: telefone, e-mail, WhatsApp, "
        "Balcão Virtual e agendamento.",
        on_load=FinderState.load,
    ),
    page_entry(
        comarcas,
        route=routes.COMARCAS,
        title="Comarcas de A a Z · Canais de Atendimento do TJMT",
        description="As 79 comarcas de Mato Grosso e os municípios que cada uma atende.",
    ),
    page_entry(
        unit,
        route=routes.UNIT,
        title=UnitPageState.title,
        description="Canais, horários e setores de uma unidade do TJMT.",
        on_load=UnitPageState.load,
    ),
    page_entry(
        about.about,
        route=routes.ABOUT,
        title="Sobre o portal · Canais de Atendimento do TJMT",
        description="O que é o portal, o Balcão Virtual, o plantão e a Ouvidoria.",
    ),
    page_entry(
        about.accessibility,
        route=routes.ACCESSIBILITY,
        title="Acessibilidade · Canais de Atendimento do TJMT",
        description="Como o portal atende a todas as pessoas, e como avisar de uma barreira.",
    ),
    page_entry(
        about.privacy,
        route=routes.PRIVACY,
        title="Privacidade · Canais de Atendimento do TJMT",
        description="O que o portal guarda, por quanto tempo, e o que nunca guarda.",
    ),
    staff_entry(
        unit_list,
        route=routes.ADMIN_UNITS,
        title="Unidades",
        description="Editar, criar, mover e extinguir unidades.",
        on_load=UnitListState.load,
    ),
    staff_entry(
        admin_page,
        route=routes.ADMIN_UNIT,
        title="Editar unidade",
        description="Cadastro, canais, lugar e histórico de uma unidade.",
        on_load=UnitEditorState.load,
    ),
    staff_entry(
        manager_page,
        route=routes.MANAGED_UNIT,
        title="Editar unidade",
        description="Cadastro, canais e histórico de uma unidade.",
        on_load=UnitEditorState.load,
    ),
    staff_entry(
        verification,
        route=routes.ADMIN_CONTACTS,
        title="Contatos",
        description="Há quanto tempo os contatos foram verificados.",
        on_load=VerificationState.load,
    ),
)
