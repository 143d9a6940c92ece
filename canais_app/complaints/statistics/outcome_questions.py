"""Ready questions: whether answers helped, and the comarcas side by side."""

from collections import Counter
from datetime import timedelta

import numpy as np
from sqlmodel import Session, col, func, select

from canais_app import routes
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.statistics import counts, tables
from canais_app.complaints.statistics.figures import Analysis
from canais_app.complaints.statistics.tables import Table
from canais_app.directory.models import Comarca
from canais_app.kit import clock, text

# Of these a complaint is reopened; one that was a duplicate was never answered by itself.
ANSWERED = (ComplaintStatus.ANSWERED, ComplaintStatus.SOLVED, ComplaintStatus.NOT_CONFIRMED)


def answers_helped(session: Session, analysis: Analysis) -> Table:
    """Return what reporters said of the answers of the period, and what was reopened in it."""
    scope = counts.resolve_scope(session, analysis.filters)
    dates = analysis.period.dates
    start = clock.from_wall_clock(dates[0], 0)
    end = clock.from_wall_clock(dates[-1] + timedelta(days=1), 0)
    inside = counts.scope_conditions(scope, Complaint)
    rated = session.exec(
        select(
            col(Complaint.unit_id),
            func.count(),
            func.count().filter(col(Complaint.is_resolved).is_(True)),
            func.count().filter(col(Complaint.is_useful).is_(True)),
        )
        .where(col(Complaint.rated_at) >= start, col(Complaint.rated_at) < end, *inside)
        .group_by(col(Complaint.unit_id))
    ).all()
    again = Counter(
        dict(
            session.exec(
                select(Complaint.unit_id, func.count())
                .join(ComplaintEvent, col(ComplaintEvent.complaint_id) == col(Complaint.id))
                .where(
                    col(ComplaintEvent.at) >= start,
                    col(ComplaintEvent.at) < end,
                    col(ComplaintEvent.from_status).in_(ANSWERED),
                    col(ComplaintEvent.to_status) == ComplaintStatus.IN_REVIEW,
                    *inside,
                )
                .group_by(col(Complaint.unit_id))
            ).all()
        )
    )
    said = {unit_id: (count, solved, useful) for unit_id, count, solved, useful in rated}
    units = {unit.id: unit for unit in analysis.rows.units}
    shown = [unit_id for unit_id in units if unit_id in said or unit_id in again]
    shown.sort(key=lambda unit_id: (-again[unit_id], -said.get(unit_id, (0, 0, 0))[0]))
    ratings, solved, _ = (sum(part) for part in zip((0, 0, 0), *said.values(), strict=True))
    reopened = again.total()
    words = text.pluralise(ratings, "pessoa respondeu", "pessoas responderam")
    reopenings = "nenhuma reabertura"
    if reopened:
        reopenings = text.pluralise(reopened, "reabertura", "reaberturas")
    title = f"Ninguém disse se resolveu; {reopenings}"
    if ratings:
        title = f"{words}: {solved / ratings:.0%} dizem que resolveu; {reopenings}"
    return Table(
        "ajudaram",
        title,
        f"O que quem relatou disse da resposta. {tables.scope_words(analysis)}",
        ("unidade", "responderam", "resolveu", "foi útil", "reaberturas"),
        [(units[unit_id].name, *said.get(unit_id, (0, 0, 0)), again[unit_id]) for unit_id in shown],
        [
            tables.complaints_href(analysis.filters, unidade=units[unit_id].slug)
            for unit_id in shown
        ],
    )


def comarcas_side_by_side(session: Session, analysis: Analysis) -> Table:
    """Return the comarcas with their eight weeks, most reports first."""
    slugs = dict(session.exec(select(Comarca.name, Comarca.slug)).all())
    table = analysis.rows
    places: dict[str, list[int]] = {}
    for n, unit in enumerate(table.units):
        places.setdefault(unit.comarca, []).append(n)
    sums = {name: table.add_up(np.array(found)) for name, found in places.items() if name in slugs}
    shown = sorted(
        (name for name, row in sums.items() if row.seen or row.before or sum(row.weeks)),
        key=lambda name: (-sums[name].seen, slugs[name]),
    )
    rose = [name for name in shown if sums[name].before and sums[name].seen > sums[name].before]
    title = "Nenhum relato em comarca alguma"
    if shown and sums[shown[0]].seen:
        title = (
            f"{shown[0]} tem mais relatos: {text.format_number(sums[shown[0]].seen)}; "
            f"{text.pluralise(len(rose), 'comarca subiu', 'comarcas subiram')}"
            if rose
            else f"{shown[0]} tem mais relatos; nenhuma comarca subiu"
        )
    return Table(
        "comarcas",
        title,
        "Relatos por semana nas oito semanas inteiras antes desta, todas na mesma escala. "
        f"Números: {tables.scope_words(analysis)}",
        ("comarca", "relatos", "antes", "esperado", "por mil acessos"),
        [
            (
                name,
                sums[name].seen,
                sums[name].before,
                round(sums[name].expected, 1),
                None if (rate := sums[name].rate) is None else round(rate, 1),
            )
            for name in shown
        ],
        [
            routes.analysis(analysis.filters.to_query(comarca=slugs[name], unidade=""))
            for name in shown
        ],
        [sums[name].weeks for name in shown],
    )
