"""The list of the desk: saved views, search, order, pages at any depth."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Role
from canais_app.complaints import queries, reporter
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.triage import listing, unit_inbox
from canais_app.complaints.triage import service as triage
from canais_app.complaints.triage.listing import ListFilter
from canais_app.kit.errors import InvalidError
from tests.factories.complaints import (
    ComplaintsCourt,
    file_report,
    file_reports,
    make_court,
    make_staff,
)


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def inspector(session: Session) -> Actor:
    return make_staff(session, Role.CORREGEDORIA)


def wanted(**fields: object) -> ListFilter:
    return ListFilter.model_validate(fields)


def protocols(session: Session, actor: Actor, now: datetime, **fields: object) -> list[str]:
    page = listing.load_queue_page(session, actor, wanted(**fields), now=now)
    return [row.protocol for row in page.items]


def test_each_view_lists_its_complaints_and_counts_them(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    manager = make_staff(session, Role.MANAGER, court.unit)
    free, mine, at_unit, unit_answered, answered, waiting, closed, unread, today, late = (
        file_reports(session, court, now, 10)
    )
    triage.assign_complaint(session, inspector, mine.protocol, inspector.staff_id, now=now)
    for given in (at_unit, unit_answered):
        triage.forward_complaint(session, inspector, given.protocol, "Vejam", now=now)
    unit_inbox.answer_to_corregedoria(
        session, unit_answered.protocol, [], "Feito", 0, actor=manager, now=now
    )
    triage.answer_complaint(session, inspector, answered.protocol, "Voltou", now=now)
    triage.ask_reporter(session, inspector, waiting.protocol, "Qual?", now=now)
    triage.move_complaint(
        session, inspector, closed.protocol, ComplaintStatus.NOT_CONFIRMED, "Não", now=now
    )
    reporter.add_reporter_message(session, unread.protocol, unread.secret, "Alô", now=now)
    queries.load_by_protocol(session, today.protocol).due_at = now + timedelta(hours=3)
    queries.load_by_protocol(session, late.protocol).due_at = now - timedelta(days=2)
    session.flush()
    expected = {
        "hoje": {today},
        "vencidas": {late},
        "livres": {free, waiting, unread, today, late},
        "comigo": {mine, at_unit, unit_answered},
        "unidade": {at_unit},
        "unidade-respondeu": {unit_answered},
        "nova": {unread},
        "respondidas": {answered},
        "aguardando": {waiting},
        "abertas": {free, mine, at_unit, unit_answered, answered, waiting, unread, today, late},
    }
    found = {code: protocols(session, inspector, now, view=code) for code in expected}
    assert {code: set(names) for code, names in found.items()} == {
        code: {given.protocol for given in them} for code, them in expected.items()
    }
    counted = listing.count_views(session, inspector, wanted(), now=now)
    assert counted == {code: len(them) for code, them in expected.items()}
    assert found["abertas"][:2] == [late.protocol, today.protocol]


def test_an_overdue_answered_complaint_is_not_overdue(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    triage.answer_complaint(session, inspector, given.protocol, "Voltou", now=now)
    queries.load_by_protocol(session, given.protocol).due_at = now - timedelta(days=5)
    session.flush()
    assert protocols(session, inspector, now, view="vencidas") == []


@pytest.mark.parametrize("sort", ["prazo", "-prazo", "recentes", "antigas"])
@pytest.mark.parametrize("place", ["", "unidade", "comarca"])
def test_pages_have_neither_repeats_nor_gaps(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime, sort: str, place: str
) -> None:
    given = file_reports(session, court, now, 9)
    for number, filed in enumerate(given):
        if number % 3 == 1:
            triage.move_complaint(
                session, inspector, filed.protocol, ComplaintStatus.IN_REVIEW, "", now=now
            )
        row = queries.load_by_protocol(session, filed.protocol)
        row.due_at = now + timedelta(days=number // 2)
    session.flush()
    scope = {"unidade": court.unit.slug, "comarca": court.comarca.slug}
    asked = wanted(view="abertas", sort=sort, **({place: scope[place]} if place else {}))
    seen: list[str] = []
    cursor = ""
    while True:
        page = listing.load_queue_page(session, inspector, asked, now=now, cursor=cursor, limit=2)
        seen += [row.protocol for row in page.items]
        cursor = page.next
        if not cursor:
            break
    ordered = [filed.protocol for filed in given]
    backwards = sort in ("-prazo", "recentes")
    assert seen == (list(reversed(ordered)) if backwards else ordered)


def test_a_protocol_and_words_are_found(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    alone = file_report(session, court, now, text="Preciso saber do alvará de soltura")
    file_report(session, court, now, text="O telefone toca e cai")
    assert protocols(session, inspector, now, q=alone.protocol) == [alone.protocol]
    digits = alone.protocol.partition("-")[2]
    assert protocols(session, inspector, now, q=digits, view="abertas") == [alone.protocol]
    assert protocols(session, inspector, now, q="alvará") == [alone.protocol]
    assert protocols(session, inspector, now, q="alvará", view="respondidas") == []
    assert protocols(session, inspector, now, q="2019-11111111") == []


def test_a_units_name_finds_its_complaints(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    file_report(session, court, now)
    other = file_report(session, court, now, unit=court.other.slug)
    assert protocols(session, inspector, now, q="1a vara civel") == [other.protocol]
    assert len(protocols(session, inspector, now, q="sinop", view="abertas")) == 2


def test_an_owner_is_chosen(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    free, mine = file_reports(session, court, now, 2)
    triage.assign_complaint(session, inspector, mine.protocol, inspector.staff_id, now=now)
    assert protocols(session, inspector, now, dono="eu") == [mine.protocol]
    assert protocols(session, inspector, now, dono="ninguem") == [free.protocol]
    assert protocols(session, inspector, now, dono=str(inspector.staff_id)) == [mine.protocol]


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "WyJhIiwxXQ", "WyIyMDI2LTAxLTAxIiwxXQ"])
def test_a_made_up_cursor_is_refused(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime, cursor: str
) -> None:
    file_report(session, court, now)
    with pytest.raises(InvalidError):
        listing.load_queue_page(session, inspector, wanted(), now=now, cursor=cursor)


def test_new_complaints_of_a_view_are_counted(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    file_reports(session, court, now, 3)
    newest = listing.load_newest_id(session)
    file_report(session, court, now, channel="telefone", kind="nao_atende")
    file_report(session, court, now)
    asked = wanted(view="abertas", canal="telefone")
    assert listing.count_queue(session, inspector, asked, now=now, after_id=newest) == 1
