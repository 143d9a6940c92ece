"""What the page "Como calculamos" shows, from the stored calibration and this month's episodes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import Calibration
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.situations.queries import FALSE
from canais_app.complaints.statistics.alarms.calibration import GROUP_BUDGET, SERIES_BUDGET
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.text import format_datetime, format_number, pluralise

TRUE = "verdadeiro"
SHOWN = 30  # series with the largest visible rise
STEPS = (
    "Contamos pessoas: cada uma vale uma vez por unidade, canal e dia, quando o relato chega.",
    "O normal vem de 20 dias em que o lugar abriu, sem os 2 mais novos e sem falhas conhecidas.",
    "Minutos de incidentes, fechamentos e manutenções não contam, nem dias antes da unidade.",
    "Cada hora e dia da semana tem sua parte do dia, igual para todas as unidades com o canal.",
    "Um canal com poucos relatos se apoia nos outros do mesmo tipo.",
    "A cada relato e a cada minuto olhamos os últimos 60, 120 e 180 minutos.",
    "Com ao menos 3 pessoas e uma chance menor que o limite, a situação é provável.",
    "A situação fecha depois de 2 horas normais.",
    "O limite muda toda noite: o menor entre a simulação e a repetição de 42 dias abertos.",
    "Vários canais de uma comarca, ou um canal em muitas unidades, viram um incidente só.",
    "Piora lenta: um canal cujos dias somam mais que o normal por semanas. Só a equipe vê.",
)


@dataclass(frozen=True)
class ChannelRow:
    """What a type of channel's units have in common."""

    name: str
    usual: str  # people on an open day, of an average unit
    phi: str
    kappa: str
    rise: str  # median of the smallest visible rise


@dataclass(frozen=True)
class RiseRow:
    """The smallest rise that a unit's channel shows."""

    key: str
    unit: str
    channel: str
    people: str
    rise: str


@dataclass(frozen=True)
class MethodView:
    """The page."""

    title: str = ""
    about: str = ""
    budget: str = ""
    thresholds: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=lambda: list(STEPS))
    channels: list[ChannelRow] = field(default_factory=list)
    rises: list[RiseRow] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)


def load_method(session: Session, actor: Actor, *, now: datetime) -> MethodView:
    """Return the page's view."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    title, about = _describe_month(session, now)
    newest = session.exec(select(Calibration).order_by(col(Calibration.id).desc()).limit(1)).first()
    budget = (
        f"Meta: até {format_number(SERIES_BUDGET, 1)} alarme falso de um canal e "
        f"{format_number(GROUP_BUDGET, 1)} de vários por mês, no Estado inteiro."
    )
    if newest is None or not newest.figures.get("channels"):
        waiting = "A primeira calibração é feita na próxima noite."
        return MethodView(title=title, about=about, budget=budget, thresholds=[waiting])
    figures = newest.figures
    names = _unit_names(session, figures)
    return MethodView(
        title=title,
        about=about,
        budget=budget,
        thresholds=_describe_thresholds(figures, newest.at),
        channels=_channel_rows(figures),
        rises=_rise_rows(figures, names),
        drift=[
            f"{names.get(unit, 'Unidade extinta')}: {channel_label(channel)}"
            for unit, channel in figures.get("drift", [])
        ],
    )


def _describe_month(session: Session, now: datetime) -> tuple[str, str]:
    """Return what the alarms of this month were, as a finding and the sum that explains it."""
    first = clock.from_wall_clock(clock.to_local_day(now).replace(day=1), 0)
    rows = session.exec(
        select(Situation.verdict, Situation.confirmed_at).where(
            col(Situation.probable_at) >= first, col(Situation.muted_by_id).is_(None)
        )
    ).all()
    false = sum(verdict == FALSE for verdict, _ in rows)
    true = sum(verdict == TRUE or (verdict != FALSE and at is not None) for verdict, at in rows)
    open_ = len(rows) - false - true
    title = f"{pluralise(false, 'alarme falso', 'alarmes falsos')} neste mês; a meta é até 2"
    about = (
        f"{pluralise(len(rows), 'alarme', 'alarmes')} no mês: "
        f"{pluralise(true, 'confirmado', 'confirmados')}, "
        f"{pluralise(false, 'falso', 'falsos')}, {open_} sem julgamento."
    )
    return title, about


def _describe_thresholds(figures: dict[str, Any], at: datetime) -> list[str]:
    simulated, replayed = figures["simulated"], figures["replayed"]
    words = [
        f"Calibrado em {format_datetime(at)}.",
        f"Um canal: chance menor que {_once_in(figures['alpha'])}.",
        f"Vários juntos: chance menor que {_once_in(figures['group_alpha'])}.",
        (
            f"Simulação de {figures['simulated_months']} meses: {_once_in(simulated[0])} e "
            f"{_once_in(simulated[1])}."
        ),
    ]
    if replayed is None:
        words.append("Ainda não há 42 dias abertos para repetir: vale a simulação.")
    else:
        words.append(
            f"Repetição de {figures['replayed_days']} dias abertos: {_once_in(replayed[0])} e "
            f"{_once_in(replayed[1])}."
        )
    return words


def _once_in(p: float) -> str:
    if p <= 0:
        return "nenhuma"
    times = 1 / p
    size = 10 ** (len(str(int(times))) - 2) if times >= 100 else 1  # noqa: PLR2004 (two digits)
    return f"1 em {format_number(round(times / size) * size)}"


def _channel_rows(figures: dict[str, Any]) -> list[ChannelRow]:
    rises = dict[str, list[float]]()
    for _, channel, _, _, rise in figures["series"]:
        if rise is not None:
            rises.setdefault(channel, []).append(rise)
    return [
        ChannelRow(
            name=channel_label(name),
            usual=format_number(part["a"] / part["b"], 2) if part["b"] else "sem relatos",
            phi=format_number(part["phi"], 2),
            kappa=format_number(part["kappa"], 2),
            rise=_rise(_median(rises[name])) if rises.get(name) else "desconhecido",
        )
        for name, part in figures["channels"].items()
    ]


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _rise(value: float) -> str:
    return f"+{format_number(value, 1)} por hora"


def _rise_rows(figures: dict[str, Any], names: dict[int, str]) -> list[RiseRow]:
    known = [row for row in figures["series"] if row[4] is not None]
    return [
        RiseRow(
            key=f"{unit}-{channel}",
            unit=names[unit],
            channel=channel_label(channel),
            people=format_number(total),
            rise=_rise(rise),
        )
        for unit, channel, total, _, rise in sorted(known, key=lambda row: -row[4])[:SHOWN]
        if unit in names
    ]


def _unit_names(session: Session, figures: dict[str, Any]) -> dict[int, str]:
    wanted = {row[0] for row in sorted(figures["series"], key=lambda row: -(row[4] or 0))[:SHOWN]}
    wanted |= {unit for unit, _ in figures.get("drift", [])}
    rows = session.exec(select(Unit.id, Unit.name).where(col(Unit.id).in_(wanted)))
    return {id_ or 0: name for id_, name in rows}
