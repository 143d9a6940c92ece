"""Present the series, hours, channels and kinds: titles from the numbers they stand over."""

from datetime import date, timedelta

from canais_app import routes
from canais_app.complaints.analysis import view
from canais_app.complaints.analysis.query import AnalysisQuery
from canais_app.complaints.kinds import (
    CAUSE_GROUP_NAMES,
    KIND_BY_CODE,
    CauseGroup,
    ComplaintKindCode,
)
from canais_app.complaints.statistics import tables
from canais_app.complaints.statistics.annotations import Annotation
from canais_app.complaints.statistics.figures import Analysis, ChannelSeries
from canais_app.complaints.statistics.series import SeriesPoint
from canais_app.directory.labels import channel_label
from canais_app.expediente.calendar import CLOSES, OPENS
from canais_app.kit import clock, text
from canais_app.ui.charts import LinePoint, build_line_shape

WORSE, BETTER = 0.2, -0.15  # changes that are coloured
QUIET_HOURS = ((0, 7), *((hour, hour + 1) for hour in range(7, 20)), (20, 24))
MINI_HEIGHT = 100


def format_change(change: float | None) -> str:
    """Return `+4%`, `−17%`, `=`; empty when there was nothing before."""
    if change is None:
        return ""
    percent = round(100 * change)
    if not percent:
        return "="
    return f"{'+' if percent > 0 else '−'}{text.format_number(abs(percent))}%"


def change_tone(change: float | None) -> str:
    """Return "b" for a rise that stands out, "g" for such a fall."""
    if change is None:
        return "z"
    return "b" if change >= WORSE else "g" if change <= BETTER else "z"


def present_series(
    analysis: Analysis, query: AnalysisQuery, notes: tuple[Annotation, ...]
) -> view.SeriesView:
    """Present the series; its title compares the period with the one before."""
    points = analysis.series
    if not points:
        return view.SeriesView()
    title = series_title(analysis)
    shape = build_line_shape([_line_point(p, n, points) for n, p in enumerate(points)])
    days = analysis.period.dates
    now_words = tables.days_words(days[0], days[-1])
    return view.SeriesView(
        title=title,
        about=f"Relatos {_step_words(points[0])}, {tables.place_words(analysis)}. "
        "Arraste para mudar o recorte; clique para ver os relatos.",
        heard=f"{title}. Setas andam pelos pontos, Enter abre os relatos. "
        "Os números estão em Ver tabela.",
        shape=shape,
        points=[_crosshair(point, analysis) for point in points],
        legend=[now_words, tables.compared_words(analysis)],
        notes=_present_notes(notes, days),
        rows=[
            [tables.format_cell(cell) for cell in row] for row in tables.series_table(analysis).rows
        ],
        csv=routes.figures_file("serie.csv", query.to_query(linhas="", pergunta="")),
    )


def series_title(analysis: Analysis) -> str:
    """Return how the period differs from the one before."""
    seen, before = analysis.totals.now.seen, analysis.totals.now.before
    if not analysis.period.is_before_known:
        since = analysis.period.known_since
        return f"{text.pluralise(seen, 'relato', 'relatos')}; não há contagem " + (
            f"antes de {text.format_date(since)}" if since else "ainda"
        )
    if seen == before:
        return f"Tantos relatos quanto antes: {text.format_number(seen)}"
    word = "Menos" if seen < before else "Mais"
    when = "no ano passado" if analysis.compare else "no período anterior"
    return f"{word} {text.pluralise(abs(seen - before), 'relato', 'relatos')} que {when}"


def _step_words(point: SeriesPoint) -> str:
    length = point.end - point.start
    if length < timedelta(days=1):
        return "por hora"
    return "por semana" if length > timedelta(days=1) else "por dia"


def _line_point(point: SeriesPoint, n: int, points: tuple[SeriesPoint, ...]) -> LinePoint:
    known = point.expected is not None
    step = max(1, -(-len(points) // 7))
    words = ""
    if (len(points) - 1 - n) % step == 0:
        day = clock.to_local_day(point.start)
        is_hour = point.end - point.start < timedelta(days=1)
        words = text.format_hour(point.start) if is_hour else f"{day.day}/{day.month}"
    return LinePoint(
        words=words,
        seen=point.seen,
        low=point.low if known else None,
        high=point.high if known else None,
        before=point.before,
        minor=n % 2 == 1,
    )


def _crosshair(point: SeriesPoint, analysis: Analysis) -> list[str]:
    """Return what is said of a point, its complaints' address, its first and its last day."""
    first = clock.to_local_day(point.start)
    last = clock.to_local_day(point.end - timedelta(seconds=1))
    when = tables.moment_words(point.start, point.end)
    normal = f" · normal {point.low} a {point.high}" if point.expected is not None else ""
    before = "" if point.before is None else f" · antes {text.format_number(point.before)}"
    words = f"{when}: {text.format_number(point.seen)}{normal}{before}"
    dates = {"p": "", "de": first.isoformat(), "ate": last.isoformat()}
    return [
        words,
        tables.complaints_href(analysis.filters, **dates),
        first.isoformat(),
        last.isoformat(),
    ]


def _present_notes(notes: tuple[Annotation, ...], days: list[date]) -> list[view.NoteView]:
    length = max(len(days) - 1, 1)
    found: list[view.NoteView] = []
    for n, note in enumerate(notes):
        start = 100 * (note.first - days[0]).days / length
        width = 100 * (note.last - note.first).days / length
        day = f"{note.first.day}/{note.first.month}"
        found.append(
            view.NoteView(
                chr(ord("A") + n), f"{start:.1f}%", f"{width:.1f}%", f"{day} {note.words}"
            )
        )
    return found


def present_heat(analysis: Analysis, query: AnalysisQuery) -> view.HeatView:
    """Present the table of hours; the quiet hours of night and morning are merged."""
    means = analysis.heat.means
    rows = [
        (first, last, [sum(means[hour][day] for hour in range(first, last)) for day in range(7)])
        for first, last in QUIET_HOURS
    ]
    darkest = max((max(cells) / (last - first) for first, last, cells in rows), default=0)
    return view.HeatView(
        title=heat_title(analysis),
        about="Média por hora e dia da semana, dias abertos",
        rows=[
            view.HeatRow(
                hours=f"{first}h" if last == first + 1 else f"{first}h–{last - 1}h",
                working=OPENS <= first * 60 < CLOSES,
                cells=[
                    view.HeatCell(
                        _mean(value) if analysis.heat.days[day] else "–",
                        _shade(value / (last - first), darkest),
                    )
                    for day, value in enumerate(cells)
                ],
            )
            for first, last, cells in rows
        ],
        csv=routes.figures_file("horas.csv", query.to_query(linhas="", pergunta="")),
    )


def heat_title(analysis: Analysis) -> str:
    """Return the hour with most reports."""
    peak, day, hour = max(
        (mean, -day, -hour)
        for hour, row in enumerate(analysis.heat.means)
        for day, mean in enumerate(row)
    )
    return f"Pico: {text.WEEKDAYS_BARE[-day]} às {-hour}h" if peak else "Sem relatos no período"


def _mean(value: float) -> str:
    return text.format_number(value, 0 if value >= 9.95 or not value else 1)  # noqa: PLR2004


def _shade(value: float, darkest: float) -> str:
    return f"s{min(6, 1 + int(6 * value / darkest))}" if value and darkest else "s0"


def present_channels(analysis: Analysis, query: AnalysisQuery) -> view.ChannelsView:
    """Present the channels on one scale."""
    rows = analysis.channels
    top = max((max(*row.steps, *row.steps_before, 1) for row in rows), default=1)
    step = "dia" if len(analysis.period.dates) <= 14 else "semana"  # noqa: PLR2004 (two weeks)
    return view.ChannelsView(
        title=channels_title(rows, is_before_known=analysis.period.is_before_known),
        about=f"Relatos por {step} e canal, mesma escala; "
        f"pontilhado: {tables.compared_words(analysis)}.",
        rows=[
            view.MiniView(
                name=channel_label(row.channel) or "Nenhum em particular",
                seen=text.format_number(row.seen),
                change=_channel_change(row) if analysis.period.is_before_known else "",
                box=f"0 0 {max(len(row.steps) - 1, 1)} {MINI_HEIGHT}",
                path=mini_path(row.steps, top),
                before=mini_path(row.steps_before, top),
                href=routes.analysis(query.to_query(canal=row.channel)),
            )
            for row in rows
        ],
        csv=routes.figures_file("canais.csv", query.to_query(linhas="", pergunta="")),
    )


def channels_title(rows: tuple[ChannelSeries, ...], *, is_before_known: bool) -> str:
    """Return which channels rose, or which has most reports."""
    rose = [row for row in rows if row.before and row.seen > row.before and row.channel]
    if not rows:
        return "Nenhum relato no período"
    if not is_before_known:
        return (
            f"O canal com mais relatos: {channel_label(rows[0].channel) or 'nenhum em particular'}"
        )
    if not rose:
        return "Nenhum canal subiu"
    names = [channel_label(row.channel) for row in rose]
    if len(names) == 1:
        return f"Só o canal {names[0]} subiu"
    if len(names) == len([row for row in rows if row.channel]):
        return "Todos os canais subiram"
    return f"Subiram {', '.join(names[:-1])} e {names[-1]}"


def _channel_change(row: ChannelSeries) -> str:
    if not row.before:
        return "antes nenhum"
    change = format_change(row.seen / row.before - 1)
    return f"{change} · antes {text.format_number(row.before)}"


def mini_path(values: tuple[int, ...], top: int) -> str:
    """Return the path of a small picture whose highest value is `top`."""
    if len(values) == 1:
        values = (values[0], values[0])
    points = (
        f"{n} {MINI_HEIGHT - (MINI_HEIGHT - 8) * value / top:.1f}" for n, value in enumerate(values)
    )
    return "M" + "L".join(points)


def present_kinds(analysis: Analysis, query: AnalysisQuery) -> view.KindsView:
    """Present the kinds; the title says who has to act."""
    total = analysis.totals.now.seen
    return view.KindsView(
        title=kinds_title(analysis),
        about="Tipos de falha, e quem tem de agir.",
        rows=[
            view.KindRow(
                name=KIND_BY_CODE[ComplaintKindCode(row.kind)].name,
                group=CAUSE_GROUP_NAMES[KIND_BY_CODE[ComplaintKindCode(row.kind)].group],
                seen=text.format_number(row.seen),
                href=tables.complaints_href(analysis.filters, tipo=row.kind),
                share=f"{row.seen / total:.0%}" if total else "0%",
                change=format_change(row.seen / row.before - 1) if row.before else "",
                tone=change_tone(row.seen / row.before - 1 if row.before else None),
            )
            for row in analysis.kinds
        ],
        csv=routes.figures_file("tipos.csv", query.to_query(linhas="", pergunta="")),
    )


def kinds_title(analysis: Analysis) -> str:
    """Return which cause has most reports."""
    total = analysis.totals.now
    if not total.seen:
        return "Nenhum relato no período"
    shares = dict(zip(CauseGroup, total.groups, strict=True))
    group = max(shares, key=lambda name: shares[name])
    acts = {
        CauseGroup.TECHNICAL: "da TI",
        CauseGroup.ATTENDANCE: "da unidade",
        CauseGroup.DIRECTORY: "de quem mantém o cadastro",
        CauseGroup.ACCESS: "de quem cuida do acesso",
    }
    return f"{shares[group] / total.seen:.0%} dos relatos pedem ação {acts[group]}"
