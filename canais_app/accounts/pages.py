"""The pages of the room `accounts`, as the composition root adds them."""

from canais_app import routes
from canais_app.accounts.account.page import page as account
from canais_app.accounts.account.state import Account
from canais_app.accounts.desk.page import page as desk
from canais_app.accounts.desk.state import Desk
from canais_app.accounts.enrolment.page import page as enrolment
from canais_app.accounts.enrolment.state import Enrolment
from canais_app.accounts.login.page import page as login
from canais_app.accounts.login.state import Login
from canais_app.accounts.new_password.page import page as new_password
from canais_app.accounts.new_password.state import NewPassword
from canais_app.accounts.recovery.page import page as recovery
from canais_app.accounts.recovery.state import Recovery
from canais_app.accounts.second_step.page import page as second_step
from canais_app.accounts.second_step.state import SecondStep
from canais_app.ui.pages import listed

PAGES = (
    listed(
        desk,
        route=routes.DESK,
        title="Sua mesa",
        description="O lugar de trabalho de quem atende.",
        on_load=Desk.load,
    ),
    listed(
        login,
        route=routes.SIGN_IN,
        title="Entrar",
        description="Acesso de servidores, magistrados e equipes do Tribunal.",
        on_load=Login.load,
    ),
    listed(
        second_step,
        route=routes.SECOND_STEP,
        title="Segunda etapa",
        description="O código que completa a entrada.",
        on_load=SecondStep.load,
    ),
    listed(
        recovery,
        route=routes.RECOVER,
        title="Criar nova senha",
        description="Recuperar o acesso por e-mail.",
        on_load=Recovery.load,
    ),
    listed(
        new_password,
        route=routes.SET_PASSWORD,
        title="Criar a senha",
        description="A página do convite e da recuperação.",
        on_load=NewPassword.load,
    ),
    listed(
        account,
        route=routes.ACCOUNT,
        title="Minha conta",
        description="Senha, segunda etapa e sessões abertas.",
        on_load=Account.load,
    ),
    listed(
        enrolment,
        route=routes.ENROL,
        title="Configurar a segunda etapa",
        description="O código do celular que completa a entrada.",
        on_load=Enrolment.load,
    ),
)
