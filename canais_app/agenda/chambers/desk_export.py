"""The gabinete's appointments as a file (CSV, XLSX, PDF), and its own figures.

The figures are the gabinete's, not published: small numbers stay as they are.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.formatting import format_needs, format_status
from canais_app.agenda.models import (
    ACCESS_NEED_NAMES,
    MODALITY_NAMES,
    OUTCOME_NAMES,
    PREFERENCE_NAMES,
    Appointment,
    AppointmentStatus,
    Modality,
    Outcome,
)
from canais_app.kit import clock, export, text
from canais_app.kit.contacts import format_phone, format_registration
from canais_app.kit.errors import NotFoundError

if TYPE_CHECKING:
    from pandas import DataFrame

PERIOD = timedelta(days=90)
SHORT_OF_FREE_TIMES = timedelta(days=10)
PDF_MEDIA = "application/pdf"
NOT_COUNTED = (
    AppointmentStatus.HELD,
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.EXPIRED,
)
COLUMNS = (
    "Dia", "Início", "Fim", "Nome", "Registro", "Como", "Assunto", "Situação", "Telefone", "E-mail",
    "Preferência e acessibilidade", "Quem marcou diz",
)  # fmt: skip
PDF_COLUMNS = COLUMNS[:8]


@dataclass(frozen=True)
class Figure:
    """A figure of the gabinete: its name and value in words."""

    name: str
    value: str


def load_figures(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> list[Figure]:
    """Return the gabinete's figures of the last 90 days and of what is free ahead."""
    access.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)
    agenda = queries.load_by_id(session, agenda_id, now=now)
    rows = [row for row in _load_rows(session, agenda_id, now - PERIOD) if row.starts_at <= now]
    count = Counter(
        "gabinete" if row.cancelled_by == "chambers" else row.status
        for row in rows
        if row.cancelled_by != "move"
    )
    done = count[AppointmentStatus.ATTENDED] + count[AppointmentStatus.MISSED]
    unmarked = count[AppointmentStatus.CONFIRMED]
    waits = sorted((row.starts_at - row.created_at).days for row in rows if row.confirmed_at)
    free, offered = _count_ahead(session, agenda, now)
    nobody_came = sum(row.lawyer_outcome == Outcome.NOT_ATTENDED for row in rows)
    figures = [
        Figure("Atendimentos com presença anotada", text.format_number(done)),
        Figure("Vieram", _share(count[AppointmentStatus.ATTENDED], done)),
        Figure("Faltaram", _share(count[AppointmentStatus.MISSED], done)),
        Figure("Sem anotação de presença", text.format_number(unmarked)),
        Figure("Cancelados pelo gabinete", text.format_number(count["gabinete"])),
        Figure(
            "Cancelados por quem marcou", text.format_number(count[AppointmentStatus.CANCELLED])
        ),
        Figure("Quem marcou diz que ninguém atendeu", text.format_number(nobody_came)),
        *_count_needs(rows),
        Figure("Ocupação dos próximos 28 dias", _share(offered - free, offered)),
    ]
    if waits:
        middle = text.pluralise(waits[len(waits) // 2], "dia", "dias")
        figures.append(Figure("Do pedido ao atendimento, em metade dos casos até", middle))
    return figures


def _count_needs(rows: list[Appointment]) -> list[Figure]:
    """Return how often each legal preference and each access need was asked for, most first."""
    preferences = Counter(one for row in rows for one in row.preferences)
    needs = Counter(one for row in rows for one in row.access_needs)
    return [
        Figure(f"{kind}: {names.get(code, code)}", text.format_number(number))
        for kind, names, asked in (
            ("Preferência", PREFERENCE_NAMES, preferences),
            ("Acessibilidade", ACCESS_NEED_NAMES, needs),
        )
        for code, number in asked.most_common()
    ]


def _share(part: int, whole: int) -> str:
    return f"{part} de {whole} ({round(100 * part / whole)}%)" if whole else "–"


def _count_ahead(session: Session, agenda: AgendaContext, now: datetime) -> tuple[int, int]:
    """Return the free slots of the next 28 days, and all slots of these days."""
    first = clock.to_local_day(now)
    days = [first + timedelta(days=number) for number in range(28)]
    plans = availability.plan_days(session, agenda, days, now=now)
    return sum(plan.free for plan in plans), sum(len(plan.slots) for plan in plans)


def warn_of_few_times(session: Session, agenda: AgendaContext, *, now: datetime) -> str:
    """Return a sentence when a published agenda has no free time in the next ten days."""
    if not agenda.row.published:
        return ""
    soon = queries.find_next_free(session, [agenda.id], now=now).get(agenda.id)
    if soon is not None and soon < now + SHORT_OF_FREE_TIMES:
        return ""
    if soon is None:
        return "Não há nenhum horário livre para marcar: abra janelas ou retire bloqueios."
    day = text.format_short_date(clock.to_local_day(soon))
    return f"O próximo horário livre é só {day}: nos próximos 10 dias não há nenhum."


def prepare_file(
    session: Session, actor: Actor, agenda_id: int, name: str, *, now: datetime
) -> Callable[[], tuple[bytes, str]]:
    """Read the appointments from 90 days ago on; return what renders them, outside of here.

    Raises:
        NotFoundError: no such file, or the agenda is another unit's.
    """
    access.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)
    render = RENDERERS.get(name)
    if render is None:
        raise NotFoundError("Não há este arquivo.")
    agenda = queries.load_by_id(session, agenda_id, now=now)
    rows = [_cells(row) for row in _load_rows(session, agenda_id, now - PERIOD)]
    figures = load_figures(session, actor, agenda_id, now=now)
    changes = {"atendimentos": len(rows)}
    audit.record_entry(session, actor, "exportou agenda", "agenda", agenda_id, changes, now=now)
    title = f"{agenda.row.title}, em {text.format_date(clock.to_local_day(now))}"
    return lambda: render(title, rows, figures)


def _load_rows(session: Session, agenda_id: int, since: datetime) -> list[Appointment]:
    asked = select(Appointment).where(
        col(Appointment.agenda_id) == agenda_id,
        col(Appointment.starts_at) >= since,
        col(Appointment.status).not_in(NOT_COUNTED),
        col(Appointment.code) != "",
    )
    return list(session.exec(asked.order_by(col(Appointment.starts_at))))


def _cells(row: Appointment) -> tuple[str, ...]:
    start, end = clock.to_local(row.starts_at), clock.to_local(row.ends_at)
    modality = MODALITY_NAMES[Modality(row.modality)] if row.modality else ""
    status = format_status(row.status)
    return (
        text.format_date(start.date()), f"{start:%H:%M}", f"{end:%H:%M}", row.name,
        format_registration(row.oab, row.institution), modality, row.subject, status,
        row.phone and format_phone(row.phone), row.email, format_needs(row),
        OUTCOME_NAMES.get(row.lawyer_outcome, ""),
    )  # fmt: skip


def _frame(rows: list[tuple[str, ...]]) -> "DataFrame":
    from pandas import DataFrame

    return DataFrame(rows, columns=list(COLUMNS))


def _csv(_title: str, rows: list[tuple[str, ...]], _figures: list[Figure]) -> tuple[bytes, str]:
    return export.to_csv(_frame(rows)).encode(), export.CSV_MEDIA


def _xlsx(_title: str, rows: list[tuple[str, ...]], figures: list[Figure]) -> tuple[bytes, str]:
    from pandas import DataFrame

    out = BytesIO()
    numbers = DataFrame([(one.name, one.value) for one in figures], columns=["Número", "Valor"])
    export.to_xlsx({"Atendimentos": _frame(rows), "Números": numbers}, out)
    return out.getvalue(), export.XLSX_MEDIA


def _pdf(title: str, rows: list[tuple[str, ...]], figures: list[Figure]) -> tuple[bytes, str]:
    from html import escape

    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    styles, out = getSampleStyleSheet(), BytesIO()
    small = styles["BodyText"].clone("small", fontSize=8, leading=10)
    body = [[Paragraph(escape(cell), small) for cell in row[: len(PDF_COLUMNS)]] for row in rows]
    grid = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#C5CBD3")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    head = [Paragraph(f"<b>{name}</b>", small) for name in PDF_COLUMNS]
    widths = [58, 38, 38, 150, 82, 62, 200, 110]
    document = SimpleDocTemplate(
        out, pagesize=landscape(A4), title=title, leftMargin=36, rightMargin=36, lang="pt-BR"
    )
    document.build(
        [
            Paragraph(escape(title), styles["Heading2"]),
            *(Paragraph(escape(f"{one.name}: {one.value}"), small) for one in figures),
            Spacer(1, 12),
            LongTable([head, *body], widths, repeatRows=1, style=grid),
        ]
    )
    return out.getvalue(), PDF_MEDIA


RENDERERS = {"agenda.csv": _csv, "agenda.xlsx": _xlsx, "agenda.pdf": _pdf}
