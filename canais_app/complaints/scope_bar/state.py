"""State of the scope bar: the scope of the address, its links, and units to choose from."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints.statistics.counts import read_scope
from canais_app.complaints.statistics.filters import QueueFilter, Scope, parse_scope
from canais_app.complaints.triage import listing, menu_counts
from canais_app.directory import queries as directory
from canais_app.directory.unit_search import match_units
from canais_app.directory.views import NamedChoice
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import SingleLineText, parse_form

CHOSEN_BY_LIST = ("comarca", "canal", "tipo")
FOUND_UNITS = 8


class _DatesForm(BaseModel):
    model_config = ConfigDict(extra="ignore")
    de: str = ""
    ate: str = ""


class _WordsForm(BaseModel):
    words: SingleLineText = ""


class ScopeState(StaffState, rx.State):
    """One for all screens of the Corregedoria, loaded with each.

    `query` is the scope as an address carries it; `without` has, by field, the query of this page
    without that field, to which a link adds another value.
    """

    chosen: dict[str, str] = {}
    names: dict[str, str] = {}
    query: str = ""
    without: dict[str, str] = {}
    comarcas: list[NamedChoice] = []
    found: list[list[str]] = []
    words: str = ""
    counts: dict[str, str] = {}  # within the scope; empty without one
    may_triage: bool = False
    copied: bool = False

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the scope of the address."""
        sent = dict(self.router.url.query_parameters)
        scope, self.problem = await db.read(read_scope, sent, now=clock.now())
        self.found, self.words, self.copied = [], "", False
        self.comarcas = await db.read(directory.list_comarca_choices)
        self.names = await db.read(listing.load_filter_names, QueueFilter(**_places(scope)))
        self.may_triage = actor.can(Permission.TRIAGE_COMPLAINTS)
        self.counts = await db.read(menu_counts.read_tab_counts, actor, scope, clock.now())
        self.chosen, self.query = scope.to_fields(), scope.to_query()
        rest = {
            name: str(value)
            for name, value in sent.items()
            if name not in self.chosen and name != "cursor" and value
        }
        self.without = {
            name: urlencode({k: v for k, v in {**self.chosen, **rest}.items() if v and k != name})
            for name in CHOSEN_BY_LIST
        }
        no_period = {**self.chosen, **rest, "p": "", "de": "", "ate": ""}
        self.without["p"] = urlencode({k: v for k, v in no_period.items() if v})
        no_unit = {k: v for k, v in {**self.chosen, **rest}.items() if v and k != "unidade"}
        self.without["unidade"], self.without["tudo"] = urlencode(no_unit), urlencode(rest)

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose(self, _actor: Actor, field: str, value: str) -> EventResult:
        """Change one filter; another comarca clears the unit."""
        if field not in CHOSEN_BY_LIST:
            return None
        changes = {field: value} | ({"unidade": ""} if field == "comarca" else {})
        return self._navigate(changes)

    @staff_event(Permission.SEE_DASHBOARD, focus="recorte-de")
    async def choose_dates(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Change the period to two dates."""
        dates = parse_form(_DatesForm, form)
        return self._navigate({"p": "", "de": dates.de, "ate": dates.ate})

    @staff_event(Permission.SEE_DASHBOARD, supersedes=True)
    async def find_units(self, _actor: Actor, words: str) -> None:
        """Offer the units that the search of the portal understands by these words."""
        self.words = parse_form(_WordsForm, {"words": words}).words
        self.found = await db.read(_find_units, self.words) if self.words else []

    @staff_event(Permission.SEE_DASHBOARD)
    async def mark_copied(self, _actor: Actor) -> None:
        """Say that the link is copied."""
        self.copied = True

    def _navigate(self, changes: dict[str, str]) -> EventResult:
        scope = parse_scope({**self.chosen, **changes}, now=clock.now())
        parts = "&".join(part for part in (scope.to_query(), self.without.get("tudo", "")) if part)
        return rx.redirect(self.router.url.path + (f"?{parts}" if parts else ""))

    async def _refuse(self, refusal: AppError) -> EventResult:
        result = await super()._refuse(refusal)
        self.problem = self.errors.get("geral", self.problem)
        return result


def _places(scope: Scope) -> dict[str, Any]:
    return {"comarca": scope.comarca, "unidade": scope.unit}


def _find_units(session: Session, words: str) -> list[list[str]]:
    """Return [slug, name] of the units that match best."""
    return [[unit.slug, unit.name] for unit in match_units(session, words)[:FOUND_UNITS]]
