"""Following a report with protocol and secret code, and what staff do with it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor, Role
from canais_app.complaints import queries, reporter
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.schemas import RatingForm
from canais_app.complaints.statistics.filters import QueueFilter
from canais_app.complaints.triage import listing
from canais_app.complaints.triage import service as triage
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.outbox.models import OutboxMessage
from tests.factories.complaints import (
    ComplaintsCourt,
    file_report,
    file_reports,
    make_court,
    make_staff,
)

PERSONAL = "Sou a parte no processo 0000001-68.2026.8.11.0041, fone (66) 99999-0000"


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def inspector(session: Session) -> Actor:
    return make_staff(session, Role.CORREGEDORIA)


def test_protocol_and_code_open_the_report(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    given = file_report(session, court, now, text="Caiu duas vezes")
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert (seen.status_words, seen.text, seen.deadline) == (
        "Recebida",
        "Caiu duas vezes",
        "Vence em 30 dias",
    )
    assert [step.title for step in seen.steps] == ["Recebida"]


def test_the_code_may_be_typed_without_its_dashes(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    given = file_report(session, court, now)
    typed = given.secret.replace("-", " ").lower()
    assert queries.load_reporter_view(session, f" {given.protocol} ", typed, now=now).protocol


@pytest.mark.parametrize("protocol", ["own", "2026-999999", "", "\x00"])
def test_wrong_code_and_wrong_protocol_get_the_same_answer(
    session: Session, court: ComplaintsCourt, now: datetime, protocol: str
) -> None:
    given = file_report(session, court, now)
    asked = given.protocol if protocol == "own" else protocol
    with pytest.raises(NotFoundError) as refused:
        queries.load_reporter_view(session, asked, "XXXX-XXXX-XXXX", now=now)
    assert set(refused.value.errors) == {"protocol", "secret"}


def test_a_report_moves_from_received_to_solved(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, email="pessoa@exemplo.invalid")
    for to, why in (
        (ComplaintStatus.IN_REVIEW, ""),
        (ComplaintStatus.FORWARDED, "À unidade, para responder"),
        (ComplaintStatus.ANSWERED, "O link foi trocado"),
    ):
        triage.move_complaint(session, inspector, given.protocol, to, why, now=now)
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert seen.may_confirm
    solved = RatingForm(is_resolved=True)
    reporter.rate_answer(session, given.protocol, given.secret, solved, now=now)
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert [step.title for step in seen.steps] == [
        "Recebida",
        "Em análise",
        "Encaminhada à unidade",
        "Respondida",
        "Resolvida",
    ]
    letters = session.exec(select(OutboxMessage.kind)).all()
    answer, forwarded = "complaint_answer", "complaint_forwarded"
    assert list(letters) == ["complaint_receipt", answer, answer, forwarded, answer]
    moved = session.exec(select(AuditEntry.action)).all()
    assert list(moved) == ["moveu"] * 3


def test_a_move_that_skips_a_step_is_refused(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    with pytest.raises(ConflictError):
        triage.move_complaint(
            session, inspector, given.protocol, ComplaintStatus.SOLVED, "x", now=now
        )


def test_closing_needs_a_reason_that_the_reporter_reads(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    with pytest.raises(InvalidError):
        triage.move_complaint(
            session, inspector, given.protocol, ComplaintStatus.NOT_CONFIRMED, "", now=now
        )


def test_reopening_gives_a_new_deadline(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    triage.move_complaint(
        session, inspector, given.protocol, ComplaintStatus.NOT_CONFIRMED, "Não vimos", now=now
    )
    later = now + timedelta(days=10)
    reporter.reopen_complaint(session, given.protocol, given.secret, "Caiu de novo", now=later)
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=later)
    assert seen.status == ComplaintStatus.IN_REVIEW
    assert seen.due_at > given.due_at
    assert seen.steps[-1].title == "Reaberta"
    with pytest.raises(ConflictError):
        reporter.reopen_complaint(session, given.protocol, given.secret, "De novo", now=later)


def test_messages_reach_both_sides_and_notes_only_staff(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    reporter.add_reporter_message(
        session, given.protocol, given.secret, "Foi pelo celular", now=now
    )
    triage.write_staff_message(
        session, inspector, given.protocol, "Qual navegador?", public=True, now=now
    )
    triage.write_staff_message(
        session, inspector, given.protocol, "Ver com a TI", public=False, now=now
    )
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert [step.text for step in seen.steps] == ["", "Foi pelo celular", "Qual navegador?"]
    desk = queries.load_detail(session, inspector, given.protocol, now=now)
    assert desk.steps[-1].title == "Nota interna"


def test_the_term_is_extended_once(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    triage.extend_deadline(session, inspector, given.protocol, "Perícia no equipamento", now=now)
    seen = queries.load_detail(session, inspector, given.protocol, now=now)
    assert seen.extended
    assert seen.deadline == "Vence em 60 dias"
    with pytest.raises(ConflictError):
        triage.extend_deadline(session, inspector, given.protocol, "Mais", now=now)


def test_staff_read_masked_text(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, text=PERSONAL, name="Fulana")
    seen = queries.load_detail(session, inspector, given.protocol, now=now)
    assert seen.text == "Sou a parte no processo [processo], fone [telefone]"
    assert "Fulana" not in str(seen)
    listed = listing.load_queue_page(session, inspector, QueueFilter(), now=now).items
    assert listed[0].text == seen.text


def test_opening_an_identity_is_audited_with_its_reason(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, text=PERSONAL, name="Fulana")
    with pytest.raises(InvalidError):
        triage.open_identity(session, inspector, given.protocol, "", now=now)
    opened = triage.open_identity(session, inspector, given.protocol, "Pedir o print", now=now)
    assert (opened.name, opened.text) == ("Fulana", PERSONAL)
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.entity_id) == ("abriu identidade", given.protocol)
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert len(seen.steps) == 1


def test_only_the_corregedoria_reads_the_list(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    with pytest.raises(AuthenticationRequiredError):
        listing.load_queue_page(session, PUBLIC, QueueFilter(), now=now)
    for role in (Role.ADMIN, Role.READER, Role.CHAMBERS, Role.MANAGER):
        with pytest.raises(PermissionDeniedError):
            listing.load_queue_page(
                session, make_staff(session, role, court.unit), QueueFilter(), now=now
            )


def test_the_list_is_paged_without_repeats_or_gaps(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_reports(session, court, now, 7)
    seen: list[str] = []
    cursor = ""
    while True:
        page = listing.load_queue_page(
            session, inspector, QueueFilter(), now=now, cursor=cursor, limit=3
        )
        seen += [row.protocol for row in page.items]
        cursor = page.next
        if not cursor:
            break
    assert seen == [g.protocol for g in reversed(given)]


def test_filters_list_the_complaints_of_a_figure(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    file_report(session, court, now, kind="caiu_no_meio")
    file_report(session, court, now, kind="nao_atende", channel="telefone")
    file_report(session, court, now, occurred_at=now - timedelta(days=2))
    file_report(session, court, now, unit=court.other.slug)

    def total(**asked: object) -> int:
        chosen = QueueFilter.model_validate(asked)
        return listing.count_queue(session, inspector, chosen, now=now)

    assert total() == 4
    assert total(unidade=court.unit.slug) == 3
    assert total(comarca=court.comarca.slug) == 4
    assert total(canal="telefone") == 1
    assert total(tipo="caiu_no_meio") == 3
    assert total(de="2026-11-23", ate="2026-11-23") == 3
    assert total(ate="2026-11-21") == 1
    assert total(p="24h") == 3
    assert total(situacao="abertas") == 4
    assert total(situacao="resolvida") == 0
    with pytest.raises(InvalidError):
        total(unidade="nao-existe")
