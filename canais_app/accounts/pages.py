"""The pages of the accounts package, for the app to add."""

from canais_app import routes
from canais_app.accounts.account.page import page as account
from canais_app.accounts.account.state import AccountState
from canais_app.accounts.enrolment.page import page as enrolment
from canais_app.accounts.enrolment.state import EnrolmentState
from canais_app.accounts.frame.page import staff_entry
from canais_app.accounts.home.page import page as home
from canais_app.accounts.home.state import HomeState
from canais_app.accounts.login.page import page as login
from canais_app.accounts.login.state import LoginState
from canais_app.accounts.new_password.page import page as new_password
from canais_app.accounts.new_password.state import NewPasswordState
from canais_app.accounts.recovery.page import page as recovery
from canais_app.accounts.recovery.state import RecoveryState
from canais_app.accounts.second_step.page import page as second_step
from canais_app.accounts.second_step.state import SecondStepState
from canais_app.ui.pages import page_entry

PAGES = (
    staff_entry(
        home,
        route=routes.STAFF_HOME,
        title="Sua mesa",
        description="O lugar de trabalho de quem atende.",
        on_load=HomeState.load,
    ),
    page_entry(
        login,
        route=routes.SIGN_IN,
        title="Entrar",
        description="Acesso de servidores, magistrados e equipes do Tribunal.",
        on_load=LoginState.load,
    ),
    page_entry(
        second_step,
        route=routes.SECOND_STEP,
        title="Segunda etapa",
        description="O código que completa a entrada.",
        on_load=SecondStepState.load,
    ),
    page_entry(
        recovery,
        route=routes.RECOVER,
        title="Criar nova senha",
        description="Recuperar o acesso por e-mail.",
        on_load=RecoveryState.load,
    ),
    page_entry(
        new_password,
        route=routes.SET_PASSWORD,
        title="Criar a senha",
        description="A página do convite e da recuperação.",
        on_load=NewPasswordState.load,
    ),
    staff_entry(
        account,
        route=routes.ACCOUNT,
        title="Minha conta",
        description="Senha, segunda etapa e sessões abertas.",
        on_load=AccountState.load,
    ),
    page_entry(
        enrolment,
        route=routes.ENROL,
        title="Configurar a segunda etapa",
        description="O código do celular que completa a entrada.",
        on_load=EnrolmentState.load,
    ),
)
