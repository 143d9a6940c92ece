"""The sentence of the public status, and its cards: failures, maintenance, closures."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from canais_app import routes
from canais_app.complaints.public_status.charts import join_names
from canais_app.complaints.public_status.facts import CLOSED, FAILURES, WORST_FIRST, Facts
from canais_app.complaints.public_status.suppression import format_count
from canais_app.complaints.public_status.views import Place, StatusCard, Way
from canais_app.complaints.situations.queries import LEVEL_NAMES, PublicLevel, Trouble
from canais_app.directory import channels
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock
from canais_app.kit.text import format_hour, format_short_date, pluralise


def build_headline(cards: Sequence[StatusCard]) -> tuple[str, str]:
    """Return the purple part of the sentence and the rest."""
    counted = Counter(card.level for card in cards)
    confirmed, probable = counted[PublicLevel.CONFIRMED], counted[PublicLevel.REPORTED]
    closed = _name_closures([card for card in cards if card.level == CLOSED])
    if not confirmed and not probable:
        return "", f"Nenhuma falha provável agora{closed and f'; {closed}'}."
    parts: list[str] = []
    if confirmed:
        parts.append(pluralise(confirmed, "falha confirmada", "falhas confirmadas"))
    if probable and confirmed:
        parts.append(pluralise(probable, "provável", "prováveis"))
    elif probable:
        parts.append(pluralise(probable, "falha provável", "falhas prováveis"))
    return f"{' e '.join(parts)} agora", f"{closed and f' e {closed}'}."


def _name_closures(cards: Sequence[StatusCard]) -> str:
    """Return `1 fórum fechado`; other places than whole comarcas are `locais`."""
    if not cards:
        return ""
    if all(card.where[0].slug for card in cards):
        return pluralise(len(cards), "fórum fechado", "fóruns fechados")
    return pluralise(len(cards), "local fechado", "locais fechados")


def build_trouble_cards(facts: Facts) -> list[StatusCard]:
    """Return a card for each incident and situation, the surest first."""
    groups: defaultdict[str, list[Trouble]] = defaultdict(list)
    for trouble in facts.troubles:
        if trouble.incident_id is not None:
            groups[f"incidente-{trouble.incident_id}"].append(trouble)
        elif trouble.situation_id is not None:
            groups[f"situacao-{trouble.situation_id}"].append(trouble)
    cards = [_trouble_card(facts, key, found) for key, found in groups.items()]
    order = {str(level): at for at, level in enumerate(WORST_FIRST)}
    return sorted(cards, key=lambda card: order[card.level])


def _trouble_card(facts: Facts, key: str, found: Sequence[Trouble]) -> StatusCard:
    first = found[0]
    units = list(dict.fromkeys(trouble.unit_id for trouble in found))
    alone = len(units) == 1 and len(found) == 1
    failing = first.level in FAILURES
    works, ways = _what_works(facts, first) if alone else ([], [])
    named = join_names(works) or first.works
    people = max(trouble.people for trouble in found)
    news = next((i for i in facts.incidents if i.code == first.code and first.incident_id), None)
    kinds = join_names(list(dict.fromkeys(channel_label(t.channel) for t in found if t.channel)))
    return StatusCard(
        key=key,
        level=first.level,
        tag=LEVEL_NAMES[first.level],
        tone="alarm" if failing else "warn",
        title=": ".join(filter(None, (first.title, kinds))) or "Atendimento",
        where=[_place_of(facts.here.units[unit_id]) for unit_id in units],
        since=_since(first.since, facts.now),
        people=format_count(people, "pessoa", "pessoas") if people else "",
        works=_works(named, several=len(works) > 1 or " e " in named),
        ways=ways,
        unit=facts.here.units[units[0]].slug if alone and failing and first.channel else "",
        channel=first.channel if alone and failing else "",
        text=first.text,
        promise=_promise(first, facts.now),
        updates=[f"{format_hour(at)}: {words}" for at, words in (news.updates[1:] if news else [])],
        code=first.code,
    )


def _what_works(facts: Facts, trouble: Trouble) -> tuple[list[str], list[Way]]:
    kinds = facts.working.get(trouble.unit_id, ())
    rows = facts.here.channels.get(trouble.unit_id, [])
    views = [channels.channel_view(row) for row in rows if row.kind in kinds]
    slug = facts.here.units[trouble.unit_id].slug
    ways = [Way(v.kind, v.label, v.href, f"{slug}|{v.kind}") for v in views if v.href]
    return [channel_label(kind) for kind in kinds], ways


def build_notice_cards(facts: Facts) -> Iterator[StatusCard]:
    """Yield a card for each closure and declared maintenance in force."""
    for view in facts.notices:
        kind = CLOSED if view in facts.closures else str(PublicLevel.MAINTENANCE)
        if not view.in_force or view.kind not in (NoticeKind.CLOSED, NoticeKind.MAINTENANCE):
            continue
        href = routes.unit(view.unit) if view.unit else routes.status(view.comarca)
        yield StatusCard(
            key=f"aviso-{view.uid}",
            level=kind,
            tag="Fechado · confirmado" if kind == CLOSED else LEVEL_NAMES[PublicLevel.MAINTENANCE],
            tone="warn",
            title=view.text.removesuffix("."),
            where=[Place(view.scope, href, "" if view.unit else view.comarca)],
            since=view.when,
            works=view.alternative,
            act=view.act,
            act_url=view.act_url,
        )


def _place_of(unit: Unit) -> Place:
    return Place(unit.name, routes.unit(unit.slug), unit.slug)


def _since(moment: datetime, now: datetime) -> str:
    day = clock.to_local_day(moment)
    if day == clock.to_local_day(now):
        return f"desde {format_hour(moment)}"
    return f"desde {format_short_date(day)}, {format_hour(moment)}"


def _works(named: str, *, several: bool) -> str:
    if not named:
        return ""
    return f"{'Funcionam' if several else 'Funciona'}: {named}"


def _promise(trouble: Trouble, now: datetime) -> str:
    if trouble.level is PublicLevel.MAINTENANCE:
        return f"Até {_when(trouble.until, now)}." if trouble.until else ""
    if trouble.next_update_at and trouble.next_update_at > now:
        return f"Próxima notícia até {_when(trouble.next_update_at, now)}."
    return ""


def _when(moment: datetime, now: datetime) -> str:
    day = clock.to_local_day(moment)
    if day == clock.to_local_day(now):
        return format_hour(moment)
    return f"{format_short_date(day)}, {format_hour(moment)}"
