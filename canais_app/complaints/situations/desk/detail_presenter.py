"""Turn one situation into the words and shapes of the desk."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from canais_app import routes
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.situations.desk.presenter import ago, describe, level_of, minutes
from canais_app.complaints.situations.desk.view import (
    ComplaintGroupView,
    ContactView,
    DetailView,
    ExcerptView,
    FactView,
    FlagView,
    LineView,
    NeighbourView,
    OtherView,
)
from canais_app.complaints.situations.detail import (
    Annotation,
    ComplaintGroup,
    Contact,
    Detail,
    OtherChannel,
)
from canais_app.complaints.situations.listing import ListState, SituationRow
from canais_app.complaints.situations.models import SituationEvent
from canais_app.complaints.situations.series import STEP, WIDTH, SeriesPoint, format_odds
from canais_app.directory.labels import channel_label
from canais_app.kit import clock
from canais_app.kit.contacts import format_phone
from canais_app.kit.text import format_date, format_datetime, format_hour, format_number, pluralise
from canais_app.ui.charts import LinePoint, LineShape, build_line_shape

OLD_CONTACT_DAYS = 90
HOURS_OF_AXIS = 2 * 4  # steps between labels


def present_detail(detail: Detail, query: str, now: datetime) -> DetailView:
    """Return the chosen situation."""
    row = detail.row
    mark, level = level_of(row)
    works = [channel_label(o.channel) for o in detail.others if o.visits and not o.people]
    return DetailView(
        code=row.code,
        version=row.version,
        mark=mark,
        level=level,
        public=_public(row),
        title=row.unit_name,
        about=describe(row),
        hot=_finding(detail),
        sentence=_sentence(detail, works),
        over=_over(row),
        owner=row.owner,
        owner_id=row.owner_id or 0,
        is_open=row.closed_at is None,
        is_confirmed=row.confirmed,
        is_judged=bool(row.verdict),
        has_incident=bool(row.incident),
        incident=row.incident,
        facts=_facts(detail, now),
        chart=draw_points(detail.points, hot=row.state == ListState.NOW),
        chart_title=chart_title(detail.points),
        chart_words=chart_words(detail.points),
        points=read_points(detail.points, _complaints_href(row, query)),
        flags=place_flags(detail.points, detail.annotations),
        table=tabulate(detail.points),
        complaints=_complaints(detail),
        complaints_href=_complaints_href(row, query),
        groups=[_group(group) for group in detail.groups],
        contacts=[present_contact(contact, now) for contact in detail.contacts],
        others=[_other(other) for other in detail.others],
        timeline=[_line(event) for event in detail.events],
        neighbours=[
            NeighbourView(each.code, f"{each.unit_name} · {describe(each)}")
            for each in detail.neighbours
        ],
        works=", ".join(works).lower(),
        suggested_title=f"{row.unit_name}: {describe(row).split(' · ')[0]} fora do ar"[:120],
    )


def _public(row: SituationRow) -> str:
    if row.probable_at is None or row.verdict == "falso":
        return "Só interno"
    if row.state in (ListState.NOW, ListState.WATCHED):
        return f"Visível ao público desde {format_hour(row.probable_at)}"
    return ""


def _over(row: SituationRow) -> str:
    if row.closed_at:
        words = f"Encerrada em {format_datetime(row.closed_at)}."
        return f"{words} Era falso: {row.verdict_reason}" if row.verdict == "falso" else words
    if row.verdict == "falso":
        return f"Marcada como falsa: “{row.verdict_reason}”. Fecha quando voltar ao normal."
    if row.incident:
        return f"Está no incidente {row.incident}: o alarme fica calado e os relatos contam lá."
    if row.muted_by:
        return f"Conta na situação {row.muted_by}, de várias unidades."
    if row.quiet_since:
        return f"Voltou ao normal às {format_hour(row.quiet_since)}; fecha após duas horas calmas."
    return ""


def _finding(detail: Detail) -> str:
    row = detail.row
    kind = COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)].lower() if row.kind else ""
    people = pluralise(row.seen, "pessoa relatou", "pessoas relataram")
    said = f"{people} “{kind}”" if kind else f"{people} falha"
    normal = f"o normal vai até {row.upper}" if row.upper else "não há dias para comparar"
    where = f" em {detail.units} unidades" if detail.units > 1 else ""
    return f"{said}{where}, quando {normal}."


def _sentence(detail: Detail, works: Sequence[str]) -> str:
    row = detail.row
    words = f"Por acaso isso só acontece {format_odds(row.probability)}."
    if row.state != ListState.NOW:
        words = ""
    if works:
        verb = "seguem" if len(works) > 1 else "segue"
        words += f" Na mesma unidade, {' e '.join(works)} {verb} sem relatos."
    return words.strip()


def _facts(detail: Detail, now: datetime) -> list[FactView]:
    row = detail.row
    last = ago(detail.last_message_at, now) if detail.last_message_at else "nenhum com texto"
    opens = format_hour(detail.open_until) if detail.open_until else "–"
    facts = [
        FactView(
            f"Desde {format_hour(row.first_report_at)}",
            pluralise(detail.reports, "relato", "relatos"),
        ),
        FactView("Pessoas diferentes", str(row.people)),
        FactView("Último relato", last),
        _opening(detail, opens),
    ]
    if row.owner:
        since = ago(row.assumed_at, now) if row.assumed_at else ""
        return [*facts, FactView(f"Com {row.owner}", since or "–")]
    start = row.probable_at or row.opened_at
    return [*facts, FactView("Sem responsável há", minutes(now - start), hot=row.closed_at is None)]


def _opening(detail: Detail, opens: str) -> FactView:
    if detail.units > 1:
        return FactView("Unidades", str(detail.units))
    return FactView("Unidade aberta até" if detail.is_open else "Unidade fechada, abre", opens)


def draw_points(points: Sequence[SeriesPoint], *, hot: bool) -> LineShape:
    """Return the chart of the points; it labels whole hours back from the last one."""
    last = len(points) - 1
    shown = [
        LinePoint(
            words=_axis_words(point.at, n, last),
            seen=point.seen,
            low=point.low,
            high=point.high,
            before=point.before,
            limit=point.limit,
            minor=n != last and (last - n) % HOURS_OF_AXIS != 0,
        )
        for n, point in enumerate(points)
    ]
    return build_line_shape(shown, hot=hot)


def _axis_words(at: datetime, n: int, last: int) -> str:
    if n == last or ((last - n) % 4 == 0 and last - n > 1):
        return format_hour(at)
    return ""


def chart_title(points: Sequence[SeriesPoint]) -> str:
    """Return the finding: when the limit was passed, and whether it went back."""
    over = [point.at for point in points if point.seen >= point.limit > 0]
    if not over:
        return "Abaixo do limite do alarme em todo o período"
    first = over[0]
    if points[-1].seen >= points[-1].limit:
        return f"Passou do limite às {format_hour(first)} e não voltou"
    return f"Passou do limite às {format_hour(first)} e voltou às {format_hour(over[-1] + STEP)}"


def chart_words(points: Sequence[SeriesPoint]) -> str:
    """Return what a screen reader says of the chart."""
    if not points:
        return ""
    last = points[-1]
    return (
        f"Gráfico: {last.seen} pessoas em 60 minutos às {format_hour(last.at)}; esperado "
        f"{format_number(last.expected, 1)}; limite {last.limit}."
    )


def read_points(points: Sequence[SeriesPoint], href: str) -> list[list[str]]:
    """Return the words of each point and the address behind it, for the crosshair."""
    return [[_words_of(point), href, "", ""] for point in points]


def _words_of(point: SeriesPoint) -> str:
    return (
        f"{format_hour(point.at - WIDTH)}–{format_hour(point.at)}: {point.seen} · esperado "
        f"{format_number(point.expected, 1)} · normal {point.low} a {point.high} · "
        f"limite {point.limit} · semana passada {point.before}"
    )


def tabulate(points: Sequence[SeriesPoint]) -> list[list[str]]:
    """Return the numbers of the chart: hour, seen, expected, normal, limit, a week before."""
    return [
        [
            format_hour(point.at),
            str(point.seen),
            format_number(point.expected, 1),
            f"{point.low} a {point.high}",
            str(point.limit),
            str(point.before),
        ]
        for point in points
    ]


def place_flags(points: Sequence[SeriesPoint], marks: Sequence[Annotation]) -> list[FlagView]:
    """Return the marks of the shown hours, each with its letter and its place."""
    if len(points) < 2:  # noqa: PLR2004 (a span needs two points)
        return []
    start, end = points[0].at, points[-1].at
    shown = [mark for mark in marks if start <= mark.at <= end][:6]
    return [
        FlagView(
            letter=chr(ord("A") + n),
            at=f"{100 * ((mark.at - start) / (end - start)):.2f}%",
            time=format_hour(mark.at),
            words=mark.words,
        )
        for n, mark in enumerate(shown)
    ]


def _complaints(detail: Detail) -> str:
    groups = pluralise(len(detail.groups), "grupo", "grupos")
    reports = pluralise(detail.reports, "relato", "relatos")
    return f"{reports}, {groups}" if detail.reports else "Nenhum relato escrito: só “eu também”"


def _complaints_href(row: SituationRow, query: str) -> str:
    own = {"unidade": row.unit, "comarca": "" if row.unit else row.comarca, "canal": row.channel}
    asked = urlencode({name: value for name, value in own.items() if value}) or query
    return f"{routes.CORREGEDORIA_COMPLAINTS}?{asked}"


def _group(group: ComplaintGroup) -> ComplaintGroupView:
    hidden = group.count - len(group.excerpts)
    without = f", {group.without_text} sem texto" if group.without_text else ""
    people = pluralise(group.people, "pessoa", "pessoas")
    return ComplaintGroupView(
        kind=group.kind,
        count=f"{group.count} {'igual' if group.count == 1 else 'iguais'}",
        about=f"{COMPLAINT_KIND_NAMES[ComplaintKindCode(group.kind)].lower()} · {people}",
        more=f"Mais {hidden}{without}" if hidden else "",
        excerpts=[
            ExcerptView(format_hour(at), f"“{words[:160]}”", protocol, routes.complaint(protocol))
            for at, words, protocol in group.excerpts
        ],
    )


def present_contact(contact: Contact, now: datetime) -> ContactView:
    """Return a telephone to call, with its age in words."""
    age = "Nunca conferido"
    if contact.verified_at:
        days = (now - contact.verified_at).days
        age = f"Conferido em {format_date(clock.to_local_day(contact.verified_at))}"
        if days > OLD_CONTACT_DAYS:
            age = f"! {age}, há {days // 30} meses"
    return ContactView(
        name=contact.name, phone=format_phone(contact.phone), href=f"tel:{contact.phone}", age=age
    )


def _other(other: OtherChannel) -> OtherView:
    name = channel_label(other.channel)
    people = pluralise(other.people, "pessoa relatou", "pessoas relataram")
    if other.people:
        return OtherView(name, people, "prov")
    if not other.visits:
        return OtherView(name, "– sem dados hoje", "mute")
    visits = pluralise(other.visits, "acesso", "acessos")
    return OtherView(name, f"{visits}, 0 relatos", "obs")


def _line(event: SituationEvent) -> LineView:
    by_portal = event.staff_id is None
    tone = "al" if event.kind == "provavel" else "me1" if event.kind in ("ligou", "avisou") else ""
    words = f"{event.text} (automático)" if by_portal else f"{event.who} {event.text}"
    return LineView(at=format_hour(event.at), words=words, tone=tone)
