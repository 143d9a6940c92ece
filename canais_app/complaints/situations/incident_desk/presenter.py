"""Turn incidents into the words of their desk."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from canais_app import routes
from canais_app.complaints.situations.desk.detail_presenter import (
    chart_title,
    chart_words,
    draw_points,
    place_flags,
    present_contact,
    read_points,
    tabulate,
)
from canais_app.complaints.situations.desk.presenter import ago, minutes, promise_of
from canais_app.complaints.situations.incident_desk.view import (
    AppointmentView,
    ChannelView,
    IncidentItemView,
    IncidentListView,
    IncidentView,
    NewsView,
    StepView,
    TimeView,
    UnitView,
)
from canais_app.complaints.situations.incident_detail import (
    IncidentDetail,
    MemberChannel,
    MemberUnit,
)
from canais_app.complaints.situations.incident_forms import STATUS_NAMES, IncidentStatus
from canais_app.complaints.situations.listing import IncidentRow
from canais_app.complaints.situations.models import IncidentUpdate
from canais_app.complaints.situations.queries import IncidentKind
from canais_app.directory.hooks import AffectedAppointment
from canais_app.directory.labels import channel_label
from canais_app.kit import clock
from canais_app.kit.text import format_date, format_datetime, format_hour, pluralise

SOON = 30  # minutes to an appointment that nobody was told of


def present_list(
    opened: Sequence[IncidentRow], closed: Sequence[IncidentRow], now: datetime
) -> IncidentListView:
    """Return the open incidents, planned maintenance and the closed ones."""
    active = [row for row in opened if row.started_at <= now]
    ahead = [row for row in opened if row.started_at > now]
    late = sum(bool(row.next_update_at and row.next_update_at <= now) for row in active)
    words = pluralise(len(active), "incidente aberto", "incidentes abertos")
    return IncidentListView(
        title=words if active else "Nenhum incidente aberto",
        summary=(
            f"{pluralise(late, 'notícia prometida está atrasada', 'notícias estão atrasadas')}."
            if late
            else "Nenhuma notícia prometida está atrasada."
        ),
        time=format_hour(now),
        iso=clock.to_rfc3339(now),
        stamp=now.isoformat(),
        now=[_item(row, now) for row in active],
        planned=[_item(row, now) for row in ahead],
        closed=[_item(row, now) for row in closed],
    )


def _item(row: IncidentRow, now: datetime) -> IncidentItemView:
    mark, level = _level(row)
    if row.closed_at:
        words, tone = f"encerrado em {format_datetime(row.closed_at)}", ""
    elif row.started_at > now:
        words, tone = f"começa em {format_datetime(row.started_at)}", ""
    else:
        words, tone = promise_of(row, now)
    return IncidentItemView(
        code=row.code,
        href=routes.incident(row.code),
        mark=mark,
        level=level,
        clock=words,
        clock_tone=tone,
        title=row.title,
        about=(
            f"{row.code} · {pluralise(row.units, 'unidade', 'unidades')} · "
            f"desde {format_datetime(row.started_at)}"
        ),
    )


def _level(row: IncidentRow) -> tuple[str, str]:
    if row.is_false:
        return "mute", "Não era incidente"
    if row.closed_at:
        return "obs", "Encerrado"
    if row.kind == IncidentKind.MAINTENANCE:
        return "mute", "Manutenção"
    return "inc", f"■ Incidente: {STATUS_NAMES[IncidentStatus(row.status)].lower()}"


def present_incident(detail: IncidentDetail, now: datetime) -> IncidentView:
    """Return the incident of the page."""
    row = detail.row
    mark, level = _level(row)
    is_open, planned = row.closed_at is None, row.kind == IncidentKind.MAINTENANCE
    promise, tone = promise_of(row, now) if is_open else ("", "")
    public = next((news for news in detail.updates if news.is_public), None)
    review = detail.review
    return IncidentView(
        code=row.code,
        version=row.version,
        title=row.title,
        status=row.status,
        level=level,
        mark=mark,
        public=_public(row),
        promise=promise,
        promise_tone=tone,
        owner=row.owner,
        hot=_finding(detail),
        sentence="Enquanto durar, os alarmes dos membros ficam calados e os relatos contam aqui."
        if is_open
        else "",
        is_open=is_open,
        is_planned=planned,
        over=_over(detail),
        steps=_steps(row),
        times=_times(detail, now),
        units_title=pluralise(len(detail.units), "unidade afetada", "unidades afetadas"),
        units=[_unit(unit, detail, now) for unit in detail.units],
        units_sum=_units_sum(detail),
        untold=sum(unit.told_at is None for unit in detail.units),
        appointments_title=_appointments_title(detail),
        appointments=[_appointment(each, detail, now) for each in detail.appointments],
        unsolved=len(detail.unsolved),
        public_level="Em manutenção" if planned else "Instabilidade confirmada",
        public_text=public.text if public else "Sem notícia publicada ainda.",
        works=row.works,
        public_foot=_public_foot(row, public),
        reach=(
            f"Avisa {pluralise(detail.subscribers, 'assinante', 'assinantes')}; "
            "as unidades são avisadas à parte."
        ),
        contacts=[present_contact(contact, now) for contact in detail.contacts],
        chart=draw_points(detail.points, hot=is_open and not planned),
        chart_title=chart_title(detail.points),
        chart_about=(
            "Pessoas nos 60 minutos anteriores; "
            f"{pluralise(len(detail.units), 'unidade', 'unidades somadas')}, horário de Cuiabá."
        ),
        chart_words=chart_words(detail.points),
        points=read_points(detail.points, ""),
        flags=place_flags(detail.points, detail.annotations),
        table=tabulate(detail.points),
        news=[_news(update) for update in detail.updates],
        next_steps=_next_steps(row),
        others=[[each.code, f"{each.code}: {each.title}"] for each in detail.others],
        review_tag=_review_tag(detail),
        review_what=str(review.get("what", "")),
        review_affected=str(review.get("affected", "")) or _affected(detail),
        review_worked=str(review.get("worked", "")),
        review_actions=_actions(review),
        review_done=bool(review.get("is_done")),
    )


def _public(row: IncidentRow) -> str:
    return f"Público desde {format_hour(row.started_at)}" if row.is_public else "Só interno"


def _finding(detail: IncidentDetail) -> str:
    row = detail.row
    reports = pluralise(detail.complaints, "relato", "relatos")
    people = pluralise(detail.people, "pessoa", "pessoas")
    units = pluralise(len(detail.units), "unidade", "unidades")
    return f"{reports} de {people} em {units} desde {format_datetime(row.started_at)}."


def _over(detail: IncidentDetail) -> str:
    row = detail.row
    if detail.false_reason:
        return f"Não era incidente: “{detail.false_reason}”."
    if detail.merged_into:
        return f"Junto ao incidente {detail.merged_into}."
    return f"Encerrado em {format_datetime(row.closed_at)}." if row.closed_at else ""


def _steps(row: IncidentRow) -> list[StepView]:
    order = list(IncidentStatus)
    at = order.index(IncidentStatus(row.status))
    names = ["Percebido", *STATUS_NAMES.values()]
    return [
        StepView(name, "did" if n <= at else "at" if n == at + 1 else "")
        for n, name in enumerate(names)
    ]


def _times(detail: IncidentDetail, now: datetime) -> list[TimeView]:
    row = detail.row
    first = next((news for news in reversed(detail.updates) if news.is_public), None)
    end = row.closed_at or now
    until = f"previsão {format_hour(row.ends_at)}" if row.ends_at else "sem previsão"
    confirmed = detail.confirmed_at
    return [
        TimeView("Começou", format_hour(row.started_at), "1º relato"),
        _after("Percebido", detail.noticed_at, row.started_at),
        _after("Confirmado", confirmed, detail.noticed_at),
        _after("1ª notícia", first.at if first else None, confirmed or row.started_at),
        TimeView("Restabelecido", format_hour(detail.restored_at), "")
        if detail.restored_at
        else TimeView("Restabelecido", "–", until),
        TimeView("Duração", minutes(end - row.started_at), "" if row.closed_at else "segue aberto"),
    ]


def _after(label: str, moment: datetime | None, before: datetime) -> TimeView:
    if moment is None:
        return TimeView(label, "–", "")
    return TimeView(label, format_hour(moment), f"{minutes(moment - before)} depois")


def _unit(unit: MemberUnit, detail: IncidentDetail, now: datetime) -> UnitView:
    told = "não avisada"
    if unit.acknowledged_at:
        told = f"ciente {format_hour(unit.acknowledged_at)}"
    elif unit.told_at:
        told = f"e-mail {ago(unit.told_at, now)}"
    since = clock.to_local_day(detail.row.started_at).isoformat()
    query = urlencode({"unidade": unit.slug, "de": since, "ate": clock.to_local_day(now)})
    return UnitView(
        id=unit.unit_id,
        name=unit.name,
        href=routes.unit(unit.slug),
        complaints=str(unit.complaints),
        complaints_href=f"{routes.CORREGEDORIA_COMPLAINTS}?{query}",
        channels=[_channel(channel) for channel in unit.channels],
        told=told,
    )


def _channel(channel: MemberChannel) -> ChannelView:
    name = channel_label(channel.channel)
    if channel.is_member:
        return ChannelView(name, "prov", f"✕ {name}")
    if channel.people:
        return ChannelView(name, "warn", f"! {name}, {channel.people} relatam")
    return ChannelView(name, "mute", f"– {name}")


def _units_sum(detail: IncidentDetail) -> str:
    known = sum(unit.acknowledged_at is not None for unit in detail.units)
    total = len(detail.units)
    reports = pluralise(detail.complaints, "relato", "relatos")
    people = pluralise(detail.people, "pessoa", "pessoas")
    return f"{reports} · {people} · {pluralise(known, 'ciente', 'cientes')} de {total}"


def _appointments_title(detail: IncidentDetail) -> str:
    count, video = len(detail.appointments), sum(a.needs_network for a in detail.appointments)
    if not count:
        return "Ninguém mais agendou hoje nestes gabinetes"
    booked = pluralise(count, "atendimento ainda hoje", "atendimentos ainda hoje")
    return f"{booked}; {video} por vídeo"


def _appointment(
    each: AffectedAppointment, detail: IncidentDetail, now: datetime
) -> AppointmentView:
    waits = each.id in detail.unsolved
    state, mark = "não precisa de internet", "mute"
    if each.told_at and each.offered:
        state = pluralise(each.offered, "horário oferecido", "horários oferecidos")
        mark = "blue"
    elif each.told_at:
        state, mark = f"avisada {ago(each.told_at, now)}", "obs"
    elif waits:
        left = int((each.starts_at - now).total_seconds() // 60)
        soon = left < SOON
        state, mark = (f"! em {left} min", "warn") if soon else ("ainda não avisada", "mute")
    elif each.needs_network:
        state = "depois da previsão de fim"
    return AppointmentView(
        id=each.id,
        hour=format_hour(each.starts_at),
        unit=each.unit,
        who=each.lawyer,
        modality=each.modality,
        state=state,
        mark=mark,
        act="Avisar" if waits else "",
        is_next=bool(detail.unsolved) and each.id == detail.unsolved[0],
    )


def _public_foot(row: IncidentRow, public: IncidentUpdate | None) -> str:
    parts = [f"Atualizado às {format_hour(public.at)}"] if public else []
    if row.next_update_at and not row.closed_at:
        parts.append(f"próxima notícia até {format_hour(row.next_update_at)}")
    return " · ".join(parts)


def _news(update: IncidentUpdate) -> NewsView:
    return NewsView(format_hour(update.at), update.who, update.text, update.is_public)


def _next_steps(row: IncidentRow) -> list[list[str]]:
    if row.closed_at:
        return []
    order = list(IncidentStatus)
    at = order.index(IncidentStatus(row.status))
    return [["", "Sem mudar o passo"], *([s.value, STATUS_NAMES[s]] for s in order[at + 1 :])]


def _review_tag(detail: IncidentDetail) -> str:
    if detail.review.get("is_done"):
        return "concluída"
    if detail.review_due is None:
        return "abre ao encerrar · prazo 5 dias úteis"
    return f"até {format_date(detail.review_due)}"


def _affected(detail: IncidentDetail) -> str:
    units = pluralise(len(detail.units), "unidade", "unidades")
    reports = pluralise(detail.complaints, "relato", "relatos")
    booked = pluralise(len(detail.appointments), "atendimento", "atendimentos")
    people = pluralise(detail.people, "pessoa", "pessoas")
    return f"{units}, {reports}, {people}, {booked}."


def _actions(review: dict[str, object]) -> list[str]:
    actions = review.get("actions")
    if not isinstance(actions, list):
        return []
    return [f"{each['text']} · {each['owner']} · até {each['due']}" for each in actions]
