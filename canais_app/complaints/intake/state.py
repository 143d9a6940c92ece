"""State of the report form: the unit in its address, and the receipt once it was sent."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints import service
from canais_app.complaints.schemas import Report
from canais_app.complaints.service import FiledComplaint
from canais_app.directory import queries as directory
from canais_app.directory.labels import channel_label
from canais_app.directory.unit_search import find_units
from canais_app.directory.views import UnitRef
from canais_app.kit import clock, db, text
from canais_app.kit.errors import AppError, InvalidError
from canais_app.kit.events import EventResult, EventState, public_event
from canais_app.kit.forms import parse_form

MAX_FOUND_UNITS = 6
MIN_QUERY_LENGTH = 3
FIELDS = ("channel", "kind", "text", "name", "email")
EMPTY_RECEIPT = {"protocol": ""}  # no receipt; {} after a restart: unknown, and the shown one stays


class IntakeState(EventState, rx.State):
    """Rebuilt from the address at every visit; a receipt stays until another report begins."""

    slug: str = ""
    unit: str = ""
    comarca: str = ""
    unit_href: str = ""
    channels: list[dict[str, str]] = []
    channel: str = ""
    at: str = ""
    found: list[dict[str, str]] = []
    found_words: str = ""
    receipt: dict[str, str] = {}
    copied: str = ""
    _key: str = ""
    _filed_for: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the unit of the address, with its channel chosen."""
        query = self.router.url.query_parameters
        slug, channel = str(query.get("unidade", "")), str(query.get("canal", ""))
        if self.receipt.get("protocol") and self._filed_for == slug:
            return  # reconnected: the secret code must not be lost
        receipt = EMPTY_RECEIPT if self._key else {}
        self.reset()
        self.receipt, self._key = receipt, text.generate_token()
        self.at = _format_moment(clock.now())
        if not slug:
            return
        try:
            self._show(await db.read(directory.load_unit_ref, slug))
        except AppError as refusal:
            self.problem = f"{refusal.message} Procure por ela abaixo."
            return
        published = [row["kind"] for row in self.channels]
        self.channel = channel if channel in published else ""

    @rx.event(supersedes=True)
    async def search(self, words: str) -> None:
        """Find units by the text typed so far."""
        self.found, self.found_words = [], ""
        if not isinstance(words, str) or len(words.strip()) < MIN_QUERY_LENGTH:
            return
        try:
            found = await db.read(find_units, words, now=clock.now(), limit=MAX_FOUND_UNITS)
        except AppError as refusal:
            self.found_words = refusal.message
            return
        self.found = [
            {"href": routes.report(c.slug), "name": c.name, "about": c.comarca or c.kind_name}
            for c in found.items
        ]
        self.found_words = (
            text.pluralise(len(self.found), "unidade encontrada", "unidades encontradas")
            if self.found
            else "Nenhuma unidade com estas palavras. Tente o nome da comarca."
        )

    @public_event(temporal=True, focus="resumo-de-erros")
    async def submit(self, form: dict[str, Any]) -> EventResult:
        """File the report; on a refusal the form keeps its values."""
        if self.receipt.get("protocol"):
            return None
        now = clock.now()
        report = parse_form(Report, self._build_report(form))
        reporter = service.reporter_fingerprint(self.router.session.client_ip, now=now)
        filed = await db.write(service.file_complaint, report, now=now, reporter=reporter)
        self._filed_for = self.slug
        self.receipt = self._build_receipt(report, filed, now)
        return rx.set_focus("recibo")

    @rx.event
    async def mark_copied(self, what: str) -> None:
        """Announce what the browser copied to the clipboard."""
        names = {"protocol": "Protocolo copiado.", "secret": "Código copiado."}
        self.copied = names.get(str(what), "Protocolo e código copiados.")

    @rx.event
    async def start_again(self) -> EventResult:
        """Close the receipt and show an empty form."""
        self.receipt, self.copied = EMPTY_RECEIPT, ""
        self._key = text.generate_token()
        return rx.redirect(routes.REPORT)

    def _show(self, unit: UnitRef) -> None:
        self.slug, self.unit, self.comarca = unit.slug, unit.name, unit.comarca
        self.unit_href = routes.unit(unit.slug)
        kinds = dict.fromkeys(c.kind for c in unit.channels)
        self.channels = [{"kind": k, "name": channel_label(k)} for k in kinds]

    def _build_report(self, form: object) -> dict[str, object]:
        sent = form if isinstance(form, dict) else {}
        if not sent.get("kind"):
            raise InvalidError("Falta dizer o que aconteceu.", {"kind": "Escolha o que aconteceu."})
        report: dict[str, object] = {name: sent[name] for name in FIELDS if sent.get(name)}
        if when := sent.get("occurred_at"):
            report["occurred_at"] = _in_court_zone(when)
        return {**report, "unit": self.slug, "idempotency_key": self._key}

    def _build_receipt(
        self, report: Report, filed: FiledComplaint, now: datetime
    ) -> dict[str, str]:
        about = [
            channel_label(report.channel),
            self.unit,
            _format_moment(report.occurred_at or now),
        ]
        due = text.format_date(clock.to_local_day(filed.due_at))
        return {
            **{name: str(value) for name, value in asdict(filed).items()},
            "both": f"Protocolo {filed.protocol}, código secreto {filed.secret}",
            "about": " · ".join(part for part in about if part),
            "due": due,
            "email": report.email,
        }


def _format_moment(moment: datetime) -> str:
    weekday = text.WEEKDAY_SHORT_NAMES[clock.to_local_day(moment).weekday()]
    return f"{weekday} {text.format_datetime(moment)}"


def _in_court_zone(typed: object) -> object:
    if not isinstance(typed, str):
        return typed
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=clock.TZ)
    except ValueError:
        return typed
