"""State of the analysis: the query of the address and its view, live until paused."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import reflex as rx
from pydantic import BaseModel
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, recheck_access, staff_event
from canais_app.complaints.analysis.presenter import present_analysis
from canais_app.complaints.analysis.query import AnalysisQuery, parse_variant, read_query
from canais_app.complaints.analysis.view import AnalysisView
from canais_app.complaints.service import TOPIC
from canais_app.complaints.statistics import annotations, counts, questions
from canais_app.complaints.statistics import figures as statistics
from canais_app.complaints.statistics.filters import Day
from canais_app.directory.unit_search import match_units
from canais_app.kit import clock, db, live
from canais_app.kit.errors import InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import SingleLineText, parse_form

# The figures that each room was sent last; a page that enters later reads the newest itself.
_sent: WeakValueDictionary[str, statistics.Analysis] = WeakValueDictionary()
REFRESH_SECONDS = 30  # a period that ends now moves on although nothing is filed


class _DayForm(BaseModel):
    dia: Day


class _WordsForm(BaseModel):
    words: SingleLineText = ""


class AnalysisState(StaffState, rx.State):
    """Rebuilt from the address at every visit; the live view then updates it."""

    view: AnalysisView = AnalysisView()
    paused: bool = False
    needle: str = ""
    closed: str = ""  # the address without the ready question

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the figures for the address."""
        self.paused = False
        query = await self._query()
        await live.subscribe(
            self, TOPIC, query.to_query(), recheck_access=recheck_access(actor, _recheck_access)
        )
        self.view = await db.read(load_view, actor, query, now=clock.now())
        self.needle = query.needle
        self.closed = routes.analysis(query.to_query(pergunta="", dia="", outra=""))

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Pause the live updates, or reload and resume them."""
        if not self.paused:
            await live.unsubscribe(self)
            self.paused = True
            return None
        return AnalysisState.load

    @staff_event(Permission.SEE_DASHBOARD)
    async def find(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Keep the table to the units with some words in their name."""
        words = parse_form(_WordsForm, form).words
        query = replace(await self._query(), needle=words)
        return rx.redirect(routes.analysis(query.to_query(linhas="")))

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose_day(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Compare before and after a day."""
        day = parse_form(_DayForm, form).dia
        query = await self._query()
        return rx.redirect(
            routes.analysis(query.to_query(pergunta="antes-depois", dia=day.isoformat()))
        )

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose_other(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Set the unit that the words mean beside the scope's unit."""
        words = parse_form(_WordsForm, form).words
        found = await db.read(match_units, words)
        if not found:
            raise InvalidError("Nenhuma unidade com estas palavras.")
        query = await self._query()
        other = found[0].slug
        return rx.redirect(routes.analysis(query.to_query(pergunta="lado-a-lado", outra=other)))

    async def _query(self) -> AnalysisQuery:
        sent = dict(self.router.url.query_parameters)
        scope, _ = await db.read(counts.read_scope, sent, now=clock.now())
        return read_query(sent, scope)


def load_view(
    session: Session, actor: Actor, query: AnalysisQuery, *, now: datetime
) -> AnalysisView:
    """Return the page's view of a query.

    Raises:
        InvalidError: the scope names a comarca or unit that does not exist.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    return build_view(session, query, now=now)


def build_view(session: Session, query: AnalysisQuery, *, now: datetime) -> AnalysisView:
    """Build the same for a live view whose subscribers were already authorised."""
    analysis = statistics.build_analysis(session, query.scope, compare=query.compare, now=now)
    return _present(session, query, analysis)


def _present(session: Session, query: AnalysisQuery, analysis: statistics.Analysis) -> AnalysisView:
    scope = counts.resolve_scope(session, query.scope)
    notes = annotations.load_annotations(session, scope, analysis.period)
    answer = questions.answer(session, analysis, query.choice)
    return present_analysis(analysis, query, notes, answer)


def _recheck_access(_session: Session, actor: Actor, _now: datetime) -> None:
    require_permission(actor, Permission.SEE_DASHBOARD)


def _read(session: Session, room: str, now: datetime) -> dict[str, object] | None:
    """Read the view for subscribers who were already authorised; None when nothing changed."""
    query = parse_variant(room.partition("#")[2], now=now)
    analysis = statistics.build_analysis(session, query.scope, compare=query.compare, now=now)
    if _sent.get(room) is analysis:
        return None
    view = _present(session, query, analysis)
    _sent[room] = analysis
    return {"view": view}


def register() -> None:
    """Register the live view of the analysis."""
    live.register_view("complaints", AnalysisState, _read, rechecks_access=True)


async def refresh_analyses() -> None:
    """Refresh the open analyses twice a minute (a lifespan task of the app)."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        if live.broadcaster.rooms.get(TOPIC):
            live.broadcaster.on_change(TOPIC)
