"""State of the dossiers: the unit of the scope as a whole, or the units to choose from."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints.analysis import presenter, view
from canais_app.complaints.analysis.query import AnalysisQuery, read_query
from canais_app.complaints.statistics import annotations, counts
from canais_app.complaints.statistics import figures as statistics
from canais_app.complaints.statistics.dossier import METHOD, build_dossier
from canais_app.kit import clock, db


@dataclass(frozen=True)
class DossierView:
    """A unit as a whole; without one, the units with most reports."""

    title: str = ""
    about: str = ""
    unit: str = ""
    totals: list[view.TotalView] = field(default_factory=list)
    series: view.SeriesView = field(default_factory=view.SeriesView)
    kinds: view.KindsView = field(default_factory=view.KindsView)
    sections: list[view.AnswerView] = field(default_factory=list)
    choices: list[view.LinkView] = field(default_factory=list)
    method: str = METHOD
    pdf: str = ""
    analysis: str = ""


class DossierState(StaffState, rx.State):
    """Rebuilt from the address at every visit."""

    view: DossierView = DossierView()

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the dossier of the unit in the address."""
        sent = dict(self.router.url.query_parameters)
        scope, _ = await db.read(counts.read_scope, sent, now=clock.now())
        self.view = await db.read(load_dossier, actor, read_query(sent, scope), now=clock.now())


def load_dossier(
    session: Session, actor: Actor, query: AnalysisQuery, *, now: datetime
) -> DossierView:
    """Return the page's view.

    Raises:
        InvalidError: the scope names a comarca or unit that does not exist.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    analysis = statistics.build_analysis(session, query.scope, now=now)
    if analysis.unit is None:
        return _present_choices(analysis, query)
    dossier = build_dossier(session, analysis)
    scope = counts.resolve_scope(session, query.scope)
    notes = annotations.load_annotations(session, scope, analysis.period)
    whole = presenter.present_analysis(analysis, query, notes, None)
    shown = (dossier.alarms, dossier.incidents, dossier.deadlines, dossier.contacts)
    return DossierView(
        title=f"{analysis.unit.name}: {whole.title}",
        about=whole.about,
        unit=analysis.unit.name,
        totals=whole.totals,
        series=whole.series,
        kinds=whole.kinds,
        sections=[presenter.present_answer(table, query) for table in shown],
        pdf=routes.figures_file("dossie.pdf", query.to_query()),
        analysis=routes.analysis(query.to_query()),
    )


def _present_choices(analysis: statistics.Analysis, query: AnalysisQuery) -> DossierView:
    rows = presenter.present_analysis(analysis, replace(query, rows=40), (), None).table.rows
    return DossierView(
        title="De que unidade é o dossiê?",
        about="Escolha no recorte, ou uma das que têm mais relatos no período.",
        choices=[
            view.LinkView(row.name, f"{row.sector} · {row.seen} relatos", row.href, chosen=False)
            for row in rows
        ],
    )
