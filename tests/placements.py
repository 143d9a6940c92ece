"""Where every door stands: public, with the reason why, or whose.

`tests/test_doors.py` fails for a door that is not here. Add yours: to PUBLIC with a reason that
you would say to the Corregedoria, or to STAFF with the permission its service asks for (None:
whoever is signed in, for their own things).
"""

from canais_app.accounts.roles import Permission

# Reflex's own events. They carry no rights of ours.
FRAMEWORK: dict[str, str] = {
    "State.hydrate": "sends a tab its own state",
    "State.hydrate_and_load": "the same, then the page's own load, which is listed here",
    "State.set_is_hydrated": "a tab's own mark that it has been filled",
    "FrontendEventExceptionState.handle_frontend_exception": "writes a line to the log",
    "UpdateVarsInternalState.update_vars_internal": "writes a tab's own hold, checked at its use",
    "OnLoadInternalState.on_load_internal": "starts the page's own load, which is listed here",
    "OnLoadInternalState.set_is_hydrated": "a tab's own mark that it has been filled",
}

PUBLIC: dict[str, str] = {
    "Login.load": "anybody may see the form to sign in",
    "ListingState.load": "the published agendas are for everybody",
    "ListingState.type_words": "narrows one's own list",
    "ListingState.choose_comarca": "the same",
    "ListingState.clear": "the same",
    "PickerState.load": "a published agenda is for everybody",
    "PickerState.choose_day": "shows another day of it",
    "PickerState.see_later": "shows later weeks of it",
    "PickerState.see_earlier": "shows earlier weeks of it",
    "PickerState.choose_time": "lawyers hold a time without an account; counted per address",
    "PickerState.give_up_time": "gives up one's own hold, by its token",
    "PickerState.check": "looks over one's own form",
    "PickerState.mend": "goes back to one's own form",
    "PickerState.confirm": "lawyers book without an account; counted per address",
    "AppointmentState.load": "whoever holds the private link may see the appointment",
    "AppointmentState.ask_cancel": "shows the question on one's own page",
    "AppointmentState.ask_move": "shows the free times of a published agenda",
    "AppointmentState.choose_day": "shows another day of them",
    "AppointmentState.keep": "closes the question",
    "AppointmentState.cancel": "whoever holds the private link may cancel",
    "AppointmentState.move": "whoever holds the private link may move",
    "NewPassword.load": "says whose one-time link it is; the link is the right",
    "NewPassword.save": "sets a password; the one-time link is the right, good once",
    "Recovery.ask": "asks for a link by e-mail; the same answer for every address, slowed down",
    "Recovery.load": "an empty form",
    "SecondStep.load": "leads away unless a sign-in waits for its code",
}

STAFF: dict[str, Permission | None] = {
    "Account.begin_second_step": None,
    "Account.change_password": None,
    "Account.end_session": None,
    "Account.finish_second_step": None,
    "Account.load": None,
    "Account.stop_second_step": None,
    "DashboardState.load": Permission.SEE_DASHBOARD,
    "DashboardState.choose": Permission.SEE_DASHBOARD,
    "DashboardState.choose_dates": Permission.SEE_DASHBOARD,
    "DashboardState.pause": Permission.SEE_DASHBOARD,
    "ChambersState.load": Permission.SEE_AGENDA_DESK,
    "ChambersState.choose": Permission.EDIT_AGENDA,
    "ChambersState.attended": Permission.EDIT_AGENDA,
    "ChambersState.missed": Permission.EDIT_AGENDA,
    "ChambersState.unmark": Permission.EDIT_AGENDA,
    "ChambersState.ask_cancel": Permission.EDIT_AGENDA,
    "ChambersState.keep": Permission.EDIT_AGENDA,
    "ChambersState.cancel": Permission.EDIT_AGENDA,
    "ChambersState.block": Permission.EDIT_AGENDA,
    "ChambersState.unblock": Permission.EDIT_AGENDA,
    "Browsers.end": Permission.MANAGE_STAFF,
    "Browsers.load": Permission.MANAGE_STAFF,
    "Config.load": Permission.SEE_SETTINGS,
    "Keys.load": Permission.MANAGE_STAFF,
    "Keys.make": Permission.MANAGE_STAFF,
    "Keys.revoke": Permission.MANAGE_STAFF,
    "Letters.load": Permission.SEE_OUTBOX,
    "Letters.more": Permission.SEE_OUTBOX,
    "Letters.narrow": Permission.SEE_OUTBOX,
    "Letters.retry": Permission.SEE_OUTBOX,
    "Letters.see": Permission.SEE_OUTBOX,
    "People.choose": Permission.MANAGE_STAFF,
    "People.find_units": Permission.MANAGE_STAFF,
    "People.give_role": Permission.MANAGE_STAFF,
    "People.invite": Permission.MANAGE_STAFF,
    "People.invite_again": Permission.MANAGE_STAFF,
    "People.load": Permission.MANAGE_STAFF,
    "People.restore": Permission.MANAGE_STAFF,
    "People.search": Permission.MANAGE_STAFF,
    "People.suspend": Permission.MANAGE_STAFF,
    "Trail.load": Permission.SEE_AUDIT,
    "Trail.more": Permission.SEE_AUDIT,
    "Trail.narrow": Permission.SEE_AUDIT,
    "Desk.load": None,
}

PUBLIC_ROUTES: dict[str, str] = {
    "GET /api/v1/agendas": "the published agendas are for everybody",
    "GET /api/v1/agendas/{slug}/slots": "their free times too",
    "POST /api/v1/agendas/{slug}/holds": "lawyers hold a time without an account; counted",
    "DELETE /api/v1/agendas/{slug}/holds/{token}": "whoever holds a time may let it go",
    "POST /api/v1/agendas/{slug}/appointments": "lawyers book without an account; counted",
    "GET /api/v1/appointments/{token}": "whoever has the private link; counted per address",
    "DELETE /api/v1/appointments/{token}": "whoever has the private link may cancel",
    "POST /api/v1/appointments/{token}/move": "whoever has the private link may move",
    "GET /api/v1/appointments/{token}/invite.ics": "whoever has the private link",
    "GET /api/v1/openapi.json": "the description of the public API",
    "HEAD /api/v1/openapi.json": "the same",
    "GET /api/docs": "the same, to be read",
    "GET /healthz": "whether the process answers; no data",
    "HEAD /healthz": "the same",
    "GET /readyz": "whether the portal can serve; no data",
    "HEAD /readyz": "the same",
    "GET /metrics": "refused without the operator's token, see tests/api/test_ops.py",
    "GET /robots.txt": "for crawlers",
    "HEAD /robots.txt": "the same",
    "GET /sitemap.xml": "for crawlers: public pages",
    "HEAD /sitemap.xml": "the same",
    "GET /unidade/{slug}": "a unit's page; contacts are public",
    "HEAD /unidade/{slug}": "the same",
    "GET /api/v1/units": "the directory is for everybody",
    "GET /api/v1/units/{slug}": "the same",
    "GET /api/v1/comarcas": "the same",
    "GET /api/v1/notices": "notices in force are for everybody",
    "POST /api/v1/case-lookup": "where a case number says it began; nothing is stored",
    "POST /sessao/entrar": "signing in; counted and slowed down",
    "POST /sessao/codigo": "finishes a sign-in whose password held; counted and slowed down",
    "POST /sessao/sair": "ends the caller's own session, if any",
    "POST /api/v1/complaints": "anybody may report a failure; counted per address",
    "GET /api/v1/complaints/{protocol}": "opens with the secret code only",
    "POST /api/v1/complaints/{protocol}/messages": "the same",
    "POST /api/v1/complaints/{protocol}/reopen": "the same",
    "GET /api/v1/status": "counts that the Situação page shows to all",
    "GET /api/v1/open-data/complaints.csv": "open data; small counts suppressed",
}

# Routes for programs of staff (a bearer token) and for staff's browsers (the cookie).
TOKEN_ROUTES: dict[str, Permission] = {
    "GET /api/v1/stats/complaints": Permission.SEE_DASHBOARD,
}
COOKIE_ROUTES: dict[str, Permission] = {
    "GET /corregedoria/arquivos/{name}": Permission.SEE_DASHBOARD,
}
TOKEN_ROUTES: dict[str, Permission] = {}
COOKIE_ROUTES: dict[str, Permission] = {"GET /admin/auditoria.csv": Permission.SEE_AUDIT}
