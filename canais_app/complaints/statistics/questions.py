"""Ready questions on an analysis: who never answers, wrong contacts, silence, before and after."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scipy.stats import binom
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints.kinds import CauseGroup
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.statistics import counts, tables
from canais_app.complaints.statistics.columns import fact_store
from canais_app.complaints.statistics.figures import Analysis, build_analysis
from canais_app.complaints.statistics.outcome_questions import answers_helped, comarcas_side_by_side
from canais_app.complaints.statistics.tables import Cell, Table
from canais_app.complaints.statistics.unit_table import (
    GROUPS,
    LATE_SHARE,
    MIN_REPORTS,
    UnitRow,
    divide,
)
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.kit import clock, text

ALARM_BUDGET = 3  # false alarms a month that the method aims at
LONGEST_SIDE = 56  # days on each side of a change
LIKELY = 0.95  # of the changes that chance makes
LEVELS = {"possivel": "possível", "provavel": "provável"}
VERDICTS = {"": "a julgar", "verdadeiro": "verdadeiro", "falso": "falso"}


@dataclass(frozen=True)
class Choice:
    """What a question needs beside the scope."""

    question: str = ""
    day: date | None = None  # of a change
    other: str = ""  # slug of another unit


def answer(session: Session, analysis: Analysis, choice: Choice) -> Table | None:
    """Return the table that answers a ready question; None without a question."""
    if choice.question == "alarmes":
        return alarm_history(session, analysis)
    if choice.question == "antes-depois":
        return before_and_after(session, analysis, choice.day)
    if choice.question == "lado-a-lado":
        return side_by_side(session, analysis, choice.other)
    read: dict[str, Callable[[Session, Analysis], Table]] = {
        "sem-dados": never_heard,
        "ajudaram": answers_helped,
        "comarcas": comarcas_side_by_side,
    }
    if choice.question in read:
        return read[choice.question](session, analysis)
    simple: dict[str, Callable[[Analysis], Table]] = {
        "prazo": late_answers,
        "contato": wrong_contacts,
    }
    return simple[choice.question](analysis) if choice.question in simple else None


def late_answers(analysis: Analysis) -> Table:
    """Return the units that answer late or never."""
    silent = [row for row in analysis.rows if row.seen >= MIN_REPORTS and not row.answers]
    late = [
        row
        for row in analysis.rows
        if row.answers >= MIN_REPORTS and (row.on_time_share or 0) < LATE_SHARE
    ]
    rows = sorted(silent, key=lambda row: -row.seen) + sorted(
        late, key=lambda row: row.on_time_share or 0
    )
    never = "Nenhuma unidade com relatos ficou sem responder"
    if silent:
        words = text.pluralise(len(silent), "unidade não respondeu", "unidades não responderam")
        never = f"{words} nada no período"
    slow = text.pluralise(len(late), "responde", "respondem") if late else "nenhuma responde"
    return Table(
        "prazo",
        f"{never}; {slow} menos de {LATE_SHARE:.0%} no prazo",
        f"Unidades com {MIN_REPORTS} ou mais relatos ou respostas. {tables.scope_words(analysis)}",
        ("unidade", "relatos", "respostas", "no prazo (%)", "dias (mediana)"),
        [
            (
                _name(row),
                row.seen,
                row.answers,
                None if row.on_time_share is None else round(100 * row.on_time_share),
                row.median_days,
            )
            for row in rows
        ],
        [_complaints_of(analysis, row) for row in rows],
    )


def wrong_contacts(analysis: Analysis) -> Table:
    """Return the units whose published contact or hours are said to be wrong."""
    place = GROUPS.index(CauseGroup.DIRECTORY)
    rows = sorted(
        (row for row in analysis.rows if row.groups[place]), key=lambda row: -row.groups[place]
    )
    title = "Nenhum relato de contato ou horário errado"
    if rows:
        first = rows[0]
        title = (
            f"{_name(first)}: {first.groups[place]} de {first.seen} relatos "
            "são de contato ou horário errado"
        )
    return Table(
        "contato",
        title,
        f"Causa: cadastro. {tables.scope_words(analysis)}",
        ("unidade", "contato ou horário errado", "relatos"),
        [(_name(row), row.groups[place], row.seen) for row in rows],
        [_complaints_of(analysis, row, tipo=str(CauseGroup.DIRECTORY)) for row in rows],
    )


def never_heard(session: Session, analysis: Analysis) -> Table:
    """Return the units that nobody used or complained of: silence is no proof of health."""
    facts = fact_store.current(session, analysis.at)
    heard = set(facts.reports.base["unit"].tolist())
    if facts.reports.tail is not None:
        heard |= set(facts.reports.tail["unit"].tolist())
    active = set(session.scalars(select(col(Unit.id)).where(col(Unit.active))))
    rows = [
        row
        for row in analysis.rows
        if row.unit and row.unit.id in active and (not row.visits or row.unit.id not in heard)
    ]
    unused = sum(1 for row in rows if not row.visits)
    silent = sum(1 for row in rows if row.unit and row.unit.id not in heard)
    rows.sort(key=lambda row: (bool(row.visits), row.visits, row.unit.slug if row.unit else ""))
    words = text.pluralise(unused, "unidade sem acesso", "unidades sem acesso")
    return Table(
        "sem-dados",
        f"{words} no período; {text.format_number(silent)} sem nenhum relato até hoje",
        f"Sem dados não quer dizer sem falhas. {tables.scope_words(analysis)}",
        ("unidade", "acessos no período", "relatos até hoje"),
        [
            (_name(row), row.visits, "algum" if row.unit and row.unit.id in heard else "nenhum")
            for row in rows
        ],
        [routes.unit(row.unit.slug) if row.unit else "" for row in rows],
    )


def before_and_after(session: Session, analysis: Analysis, day: date | None) -> Table:
    """Compare as many days after a change as before it, in total and by channel.

    Chance: given both sums, the later one is binomial with one half.
    """
    head = ("canal", "antes", "depois", "mudança (%)", "o acaso explica")
    today = clock.to_local_day(analysis.at)
    if day is None or day >= today:
        about = "Escolha o dia da portaria, da troca de contato ou da manutenção."
        return Table("antes-depois", "O que mudou depois de uma data?", about, head, [])
    side = min((today - day).days, LONGEST_SIDE)
    side = max(side - side % 7, min(7, side))
    first, last = day - timedelta(days=side), day + timedelta(days=side - 1)
    scope = replace(analysis.filters, period="datas", first=day, last=last)
    after = build_analysis(session, scope, now=analysis.at)
    earlier = build_analysis(
        session, replace(scope, first=first, last=day - timedelta(days=1)), now=analysis.at
    )
    before_by = {row.channel: row.seen for row in earlier.channels}
    after_by = {row.channel: row.seen for row in after.channels}
    body: list[tuple[Cell, ...]] = [
        _change("Total", earlier.totals.now.seen, after.totals.now.seen, after.phi)
    ]
    for channel in sorted({**before_by, **after_by}, key=lambda c: -before_by.get(c, 0)):
        name = channel_label(channel) or "Nenhum em particular"
        body.append(_change(name, before_by.get(channel, 0), after_by.get(channel, 0), after.phi))
    total = body[0]
    verdict = "o acaso explica" if total[4] == "sim" else "mais do que o acaso explica"
    change = f"{total[3]}%" if total[3] is not None else "sem relatos antes"
    return Table(
        "antes-depois",
        f"Depois de {text.format_date(day)}: {total[2]} relatos, antes {total[1]} "
        f"({change}; {verdict})",
        f"{text.pluralise(side, 'dia', 'dias')} de cada lado: {tables.days_words(first, last)}",
        head,
        body,
    )


def _change(name: str, before: int, after: int, phi: float) -> tuple[Cell, ...]:
    total = round((before + after) / phi)
    low, high = binom.ppf((1 - LIKELY) / 2, total, 0.5), binom.ppf(1 - (1 - LIKELY) / 2, total, 0.5)
    inside = bool(low <= after / phi <= high) if total else True
    change = round(100 * (after / before - 1)) if before else None
    return name, before, after, change, "sim" if inside else "não"


def side_by_side(session: Session, analysis: Analysis, other: str) -> Table:
    """Set the scope's unit beside another one."""
    head = ("medida", analysis.unit.name if analysis.unit else "primeira unidade")
    if analysis.unit is None or not other:
        about = "Escolha a unidade no recorte e a outra aqui."
        return Table("lado-a-lado", "Duas unidades lado a lado", about, (*head, "segunda"), [])
    scope = replace(analysis.filters, unit=other, comarca="")
    second = build_analysis(session, scope, compare=analysis.compare, now=analysis.at)
    ours, theirs = (tables.totals_table(found).rows for found in (analysis, second))
    names = [found.unit.name if found.unit else "" for found in (analysis, second)]
    rates = [found.totals.now.seen for found in (analysis, second)]
    kinds = [tables.kinds_table(found).rows[:1] for found in (analysis, second)]
    return Table(
        "lado-a-lado",
        f"{names[0]}: {rates[0]} relatos; {names[1]}: {rates[1]}",
        tables.scope_words(analysis),
        ("medida", *names),
        [
            *((left[0], left[1], right[1]) for left, right in zip(ours, theirs, strict=True)),
            ("tipo mais frequente", *(found[0][0] if found else "–" for found in kinds)),
        ],
    )


def alarm_history(session: Session, analysis: Analysis) -> Table:
    """Return the alarms of the period and what people found of them."""
    start, end = (
        clock.from_wall_clock(analysis.period.dates[0], 0),
        clock.from_wall_clock(analysis.period.dates[-1] + timedelta(days=1), 0),
    )
    query = select(Situation).where(
        col(Situation.opened_at) >= start, col(Situation.opened_at) < end
    )
    scope = counts.resolve_scope(session, analysis.filters)
    if scope.unit_id is not None:
        query = query.where(col(Situation.unit_id) == scope.unit_id)
    elif scope.comarca_id is not None:
        units = counts.select_units(scope)
        query = query.where(
            (col(Situation.comarca_id) == scope.comarca_id) | col(Situation.unit_id).in_(units)
        )
    if scope.channel:
        query = query.where(col(Situation.channel) == scope.channel)
    found = session.exec(query.order_by(col(Situation.opened_at).desc())).all()
    names = {unit.id: unit.name for unit in analysis.rows.units}
    false = sum(row.verdict == "falso" for row in found)
    months = max(len(analysis.period.dates) / 30, 1)
    rang = text.pluralise(len(found), "alarme tocou", "alarmes tocaram")
    wrong = text.pluralise(false, "era falso", "eram falsos") if false else "nenhum era falso"
    return Table(
        "alarmes",
        f"{rang if found else 'Nenhum alarme tocou'}; {wrong} "
        f"(orçamento: até {text.format_number(ALARM_BUDGET * months)})",
        tables.scope_words(analysis),
        ("início", "onde", "canal", "grau", "pessoas", "visto", "esperado", "fim", "veredito"),
        [
            (
                text.format_datetime(row.opened_at),
                names.get(row.unit_id or 0, "comarca" if row.comarca_id else "Estado"),
                channel_label(row.channel),
                LEVELS.get(row.level, row.level),
                row.people,
                row.seen,
                round(row.expected, 1),
                text.format_datetime(row.closed_at) if row.closed_at else "em curso",
                VERDICTS.get(row.verdict, row.verdict),
            )
            for row in found
        ],
        [routes.situation(row.code) for row in found],
    )


def summaries(analysis: Analysis) -> dict[str, str]:
    """Return a line under each ready question that needs no further choice."""
    place = GROUPS.index(CauseGroup.DIRECTORY)
    table = analysis.rows
    has_answers = table["answers"] >= MIN_REPORTS
    late = int((has_answers & (divide(table["on_time"], table["answers"]) < LATE_SHARE)).sum())
    unused = int(((table["visits"] == 0) & (table["seen"] == 0)).sum())
    wrong = "nenhum relato"
    if table.groups[:, place].any():
        worst = table.row(int(table.groups[:, place].argmax()))
        wrong = f"{_name(worst)}: {worst.groups[place]} de {worst.seen} relatos"
    slow = text.pluralise(late, "unidade abaixo", "unidades abaixo")
    return {
        "prazo": f"{slow} de {LATE_SHARE:.0%}",
        "contato": wrong,
        "sem-dados": text.pluralise(
            unused, "unidade sem acesso nem relato", "unidades sem acesso nem relato"
        ),
    }


def _name(row: UnitRow) -> str:
    return row.unit.name if row.unit else ""


def _complaints_of(analysis: Analysis, row: UnitRow, **changes: str) -> str:
    slug = row.unit.slug if row.unit else ""
    return tables.complaints_href(analysis.filters, unidade=slug, **changes)
