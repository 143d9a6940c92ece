"""Every path of the portal: constants, and builders of dynamic paths."""

from collections.abc import Mapping

HOME = "/"
COMARCAS = "/comarcas"
COMARCA = "/comarcas/{slug}"
UNIT = "/unidade/[slug]"
AGENDAS = "/agendar"
AGENDA = "/agenda/[slug]"
APPOINTMENT = "/agendamento/[token]"
MOVE = "/agendamento/[token]/mudar"
DONE_QUERY = "feito"  # the query that says what was done before the page opened
CONFIRM_QUERY = "confirmar"  # the query of the link that confirms an appointment
MY_APPOINTMENTS = "/meus-agendamentos"
MY_APPOINTMENTS_LINK = "/meus-agendamentos/[token]"
WAITLIST = "/espera/[slug]"
WAITLIST_STATUS = "/fila/[token]"
REPORT = "/relatar"
TRACK = "/acompanhar"
STATUS = "/situacao"
ABOUT = "/sobre"
ACCESSIBILITY = "/acessibilidade"
PRIVACY = "/privacidade"
OPEN_DATA = "/dados-abertos"

SIGN_IN = "/entrar"
RECOVER = "/recuperar-senha"
SET_PASSWORD = "/senha/[token]"  # noqa: S105 (a path)
SECOND_STEP = "/entrar/codigo"
ACCOUNT = "/conta"
ENROL = "/conta/segunda-etapa"
STAFF_HOME = "/mesa"
CHAMBERS = "/gabinete"
CHAMBERS_RULES = "/gabinete/agenda"
CHAMBERS_MANUAL = "/gabinete/ajuda"
MANAGEMENT = "/gestao"
MANAGED_UNIT = "/gestao/[code]"
CORREGEDORIA = "/corregedoria"
CORREGEDORIA_SITUATIONS = "/corregedoria/situacoes"
CORREGEDORIA_SITUATION = "/corregedoria/situacoes/[code]"
CORREGEDORIA_ANALYSIS = "/corregedoria/analise"
CORREGEDORIA_COMPLAINTS = "/corregedoria/reclamacoes"
CORREGEDORIA_COMPLAINT = "/corregedoria/reclamacoes/[protocol]"
CORREGEDORIA_INCIDENTS = "/corregedoria/incidentes"
CORREGEDORIA_INCIDENT = "/corregedoria/incidentes/[code]"
CORREGEDORIA_DOSSIERS = "/corregedoria/dossies"
CORREGEDORIA_METHOD = "/corregedoria/metodo"
CORREGEDORIA_DUTY = "/corregedoria/plantao"
CORREGEDORIA_APPOINTMENTS = "/corregedoria/atendimentos"
ADMIN = "/admin"
ADMIN_UNITS = "/admin/unidades"
ADMIN_UNIT = "/admin/unidades/[code]"
ADMIN_CONTACTS = "/admin/contatos"
ADMIN_STAFF = "/admin/pessoal"
ADMIN_SESSIONS = "/admin/sessoes"
ADMIN_AUDIT = "/admin/auditoria"
ADMIN_TOKENS = "/admin/chaves"
ADMIN_OUTBOX = "/admin/mensagens"
ADMIN_WEBHOOKS = "/admin/webhooks"
ADMIN_CALENDAR = "/admin/calendario"
ADMIN_NOTICES = "/admin/avisos"
ADMIN_SETTINGS = "/admin/configuracao"
ADMIN_IMPORT = "/admin/importacao"
ADMIN_SYNONYMS = "/admin/sinonimos"
ADMIN_TEMPLATES = "/admin/modelos"

API = "/api/v1"
PROOF = "/comprovante/{code}"
AGENDA_FEED = API + "/agendas/{slug}/feed.ics"
SEARCH_FORM = "/buscar"
CATALOGUE = "/catalogo.jsonld"
TRANSPARENCY = "/transparencia"
TRANSPARENCY_FILE = "/transparencia.csv"
NOTICES_FEED = "/avisos.atom"
COMARCA_NOTICES_FEED = "/avisos/{slug}.atom"
ME_TOO_FORM = "/relatar/eu-tambem"
STATUS_FEED = "/situacao.atom"
COMARCA_STATUS_FEED = "/situacao/{slug}.atom"
STATUS_BADGE = "/situacao/{slug}/selo.svg"
STATUS_SUBSCRIPTION_FORM = "/situacao/avisos"
STATUS_SUBSCRIPTION = "/situacao/avisos/{token}"
STATUS_UNSUBSCRIBE = "/situacao/avisos/{token}/sair"
SIGN_IN_FORM = "/sessao/entrar"
SECURITY_REPORTS = "/sessao/relatos-do-navegador"
SIGN_OUT_FORM = "/sessao/sair"
SECOND_STEP_FORM = "/sessao/codigo"
DRAFT = "/sessao/rascunho"  # reads and saves what a person typed, by POST
PROVIDER_SIGN_IN = "/sessao/provedor"
PROVIDER_RETURN = "/sessao/provedor/volta"
ATTACHMENT = "/corregedoria/anexos/{id}"
AUDIT_EXPORT = "/admin/auditoria.csv"
CONTACTS_EXPORT = "/admin/contatos.csv"
COMPLAINTS_EXPORT = "/corregedoria/lista/reclamacoes.{kind}"
IMPORT_FORM = "/admin/importacao/arquivo"
DIRECTORY_EXPORT = "/admin/diretorio/{name}"


def directory_file(kind: str) -> str:
    """Return the whole directory as a file: `csv` or `xlsx`."""
    return DIRECTORY_EXPORT.format(name=f"unidades.{kind}")


def unit(slug: str) -> str:
    """Return the page of a unit."""
    return f"/unidade/{slug}"


def unit_code(slug: str) -> str:
    """Return the QR code of a unit's page."""
    return f"/unidade/{slug}/qr.svg"


def unit_picture(slug: str) -> str:
    """Return the picture of a unit for those who share its page."""
    return f"/unidade/{slug}/cartao.png"


def agenda_picture(slug: str) -> str:
    """Return the picture of an agenda for those who share its page."""
    return f"/agenda/{slug}/cartao.png"


def admin_unit(code: str) -> str:
    """Return the administration's editor of a unit."""
    return f"{ADMIN_UNITS}/{code}"


def agenda(slug: str) -> str:
    """Return the picker of an agenda."""
    return f"/agenda/{slug}"


def appointment(token: str) -> str:
    """Return the private page of an appointment."""
    return f"/agendamento/{token}"


def move(token: str) -> str:
    """Return the page that moves an appointment."""
    return f"{appointment(token)}/mudar"


def proof(code: str) -> str:
    """Return the page on which anybody verifies a proof."""
    return PROOF.format(code=code)


def my_appointments_link(token: str) -> str:
    """Return the one-time page that lists the appointments of an address."""
    return f"{MY_APPOINTMENTS}/{token}"


def agenda_feed(slug: str, key: str) -> str:
    """Return the secret calendar feed of an agenda."""
    return f"{AGENDA_FEED.format(slug=slug)}?key={key}"


def waitlist(slug: str) -> str:
    """Return the page to join an agenda's waiting list."""
    return f"/espera/{slug}"


def waitlist_status(token: str) -> str:
    """Return the private page of a waitlist entry."""
    return f"/fila/{token}"


def report(unit_slug: str = "", channel: str = "") -> str:
    """Return the complaint form, with unit and channel chosen when known."""
    if not unit_slug:
        return REPORT
    return f"{REPORT}?unidade={unit_slug}" + (f"&canal={channel}" if channel else "")


def status(comarca: str = "") -> str:
    """Return the public status page of the state, or of one comarca."""
    return f"{STATUS}?comarca={comarca}" if comarca else STATUS


def open_data_file(dataset: str, kind: str) -> str:
    """Return the file of a data set: `complaints`, `csv`."""
    return f"{API}/open-data/{dataset}.{kind}"


def status_subscription(token: str) -> str:
    """Return the page that shows a subscription and confirms it by its button."""
    return STATUS_SUBSCRIPTION.format(token=token)


def status_unsubscribe(token: str) -> str:
    """Return the address that ends a subscription: a page to GET, one click to POST."""
    return STATUS_UNSUBSCRIBE.format(token=token)


def status_hours(place: Mapping[str, str]) -> str:
    """Return the file of the last 24 hours, of a `comarca` or a `unidade` when given."""
    names = {"comarca": "comarca", "unidade": "unit"}
    query = "&".join(f"{names[kind]}={slug}" for kind, slug in place.items())
    return f"{API}/status/hours.csv" + (f"?{query}" if query else "")


def status_feed(comarca: str = "") -> str:
    """Return the feed of public failures, of a comarca when given."""
    return COMARCA_STATUS_FEED.format(slug=comarca) if comarca else STATUS_FEED


def notices_feed(comarca: str) -> str:
    """Return the feed of a comarca's notices."""
    return f"/avisos/{comarca}.atom"


def comarca_page(slug: str) -> str:
    """Return the page of a comarca with its units."""
    return f"{COMARCAS}/{slug}"


def comarca(slug: str) -> str:
    """Return a comarca's anchor in the A–Z list."""
    return f"{COMARCAS}#{slug}"


def set_password(token: str) -> str:
    """Return the one-time link of an invitation or a recovery."""
    return f"/senha/{token}"


def complaint(protocol: str) -> str:
    """Return the Corregedoria's page of a complaint."""
    return f"{CORREGEDORIA_COMPLAINTS}/{protocol}"


def situation(code: str) -> str:
    """Return the Corregedoria's page of a situation."""
    return f"{CORREGEDORIA_SITUATIONS}/{code}"


def incident(code: str) -> str:
    """Return the Corregedoria's page of an incident."""
    return f"{CORREGEDORIA_INCIDENTS}/{code}"


def attachment(attachment_id: int) -> str:
    """Return the download of a complaint's photo, for the Corregedoria."""
    return ATTACHMENT.format(id=attachment_id)


def analysis(query: str = "") -> str:
    """Return the Corregedoria's figures, filtered by a query."""
    return f"{CORREGEDORIA_ANALYSIS}?{query}" if query else CORREGEDORIA_ANALYSIS


def dossier(unit: str, query: str = "") -> str:
    """Return the dossier of a unit (a slug)."""
    return f"{CORREGEDORIA_DOSSIERS}?unidade={unit}" + (f"&{query}" if query else "")


def complaint_list(query: str = "") -> str:
    """Return the list of complaints behind a figure."""
    return f"{CORREGEDORIA_COMPLAINTS}?{query}" if query else CORREGEDORIA_COMPLAINTS


def figures_file(name: str, query: str = "") -> str:
    """Return the file of a figure: `unidades.csv`, `painel.xlsx`."""
    return f"{CORREGEDORIA}/arquivos/{name}" + (f"?{query}" if query else "")


def safe_return_path(path: object) -> str:
    """Return a path of this portal to go back to; empty for another site's address."""
    if not isinstance(path, str) or len(path) > 500:  # noqa: PLR2004 (a path, not a text)
        return ""
    if not path.startswith("/") or path.startswith(("//", "/sessao", "/entrar")):
        return ""
    if "\\" in path or any(not c.isprintable() or c.isspace() for c in path):
        return ""
    return path
