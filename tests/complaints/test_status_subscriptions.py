"""News of failures by e-mail: double opt-in by a button, letters, and one click to leave."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from canais_app.complaints.public_status import subscriptions
from canais_app.complaints.public_status.subscriptions import StatusEvent, SubscriptionForm
from canais_app.complaints.situations.models import StatusSubscription
from canais_app.kit import clock, db
from canais_app.outbox import messages, queue
from canais_app.outbox.delivery import compose_email
from canais_app.outbox.models import OutboxMessage
from tests.factories.complaints import ComplaintsCourt, make_court
from tests.factories.outbox import payload_of
from tests.portal import shared_app

EMAIL = "advogada@exemplo.invalid"


@pytest.fixture
def court(database: object) -> ComplaintsCourt:
    return db.write_sync(make_court)


@pytest.fixture
def api(court: ComplaintsCourt) -> TestClient:
    return TestClient(shared_app())


def letters(session: Session) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all())  # type: ignore[arg-type]


def link_of(row: OutboxMessage) -> str:
    found = re.search(r"/situacao/avisos/[\w-]+", payload_of(row).text)
    assert found
    return found.group()


def subscribe(session: Session, place: str, now: datetime, email: str = EMAIL) -> None:
    form = SubscriptionForm(email=email, place=place)
    subscriptions.request_subscription(session, form, reporter="x", now=now)
    token = link_of(letters(session)[-1]).rpartition("/")[2]
    subscriptions.confirm(session, token, now=now)


def test_only_the_button_confirms(api: TestClient) -> None:
    asked = api.post("/situacao/avisos", data={"email": EMAIL, "place": "comarca:sinop-teste"})
    assert asked.status_code == 200
    assert "Confira o seu e-mail" in asked.text
    with db.read_transaction() as session:
        path = link_of(letters(session)[0])
    for _ in range(2):  # a mail scanner follows the link
        assert "Confirmar" in api.get(path).text
    with db.read_transaction() as session:
        assert session.exec(select(StatusSubscription.confirmed_at)).all() == [None]
    assert "você recebe os avisos" in api.post(path).text
    with db.read_transaction() as session:
        assert session.exec(select(StatusSubscription.confirmed_at)).one() is not None


def test_a_form_of_another_site_is_refused(api: TestClient) -> None:
    foreign = {"Origin": "https://outro.exemplo.invalid"}
    sent = {"email": EMAIL, "place": "estado"}
    assert api.post("/situacao/avisos", data=sent, headers=foreign).status_code == 403
    assert api.post("/situacao/avisos/x", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        {"email": "x", "place": "estado"},
        {"email": EMAIL, "place": "comarca:nenhuma"},
        {"email": EMAIL, "place": "unidade:nenhuma"},
        {"email": EMAIL, "place": "outra"},
        {},
    ],
)
def test_a_wrong_form_is_refused_in_words(api: TestClient, sent: dict[str, Any]) -> None:
    answer = api.post("/situacao/avisos", data=sent)
    assert answer.status_code == 422
    assert "<h1>Não foi possível</h1>" in answer.text


def test_one_click_leaves_and_deletes_the_address(api: TestClient) -> None:
    now = clock.now()
    db.write_sync(lambda session: subscribe(session, "estado", now))
    with db.read_transaction() as session:
        path = link_of(letters(session)[0])
    assert "Parar de receber" in api.get(f"{path}/sair").text
    with db.read_transaction() as session:
        assert session.exec(select(StatusSubscription)).all()
    foreign = {"Origin": "https://mail.exemplo.invalid"}
    one_click = {"List-Unsubscribe": "One-Click"}
    assert api.post(f"{path}/sair", data=one_click, headers=foreign).status_code == 200
    assert api.post(f"{path}/sair").status_code == 200  # again: the same answer
    with db.read_transaction() as session:
        assert not session.exec(select(StatusSubscription)).all()


def test_an_address_is_not_flooded(session: Session, now: datetime) -> None:
    make_court(session)
    form = SubscriptionForm(email=EMAIL, place="estado")
    for minutes in (0, 1, 9, 11):
        at = now + timedelta(minutes=minutes)
        subscriptions.request_subscription(session, form, reporter="x", now=at)
    assert len(letters(session)) == 2


def test_an_unconfirmed_link_ends_after_two_days(session: Session, now: datetime) -> None:
    make_court(session)
    form = SubscriptionForm(email=EMAIL, place="estado")
    subscriptions.request_subscription(session, form, reporter="x", now=now)
    later = now + timedelta(hours=49)
    token = link_of(letters(session)[0]).rpartition("/")[2]
    with pytest.raises(Exception, match="venceu"):
        subscriptions.confirm(session, token, now=later)
    subscriptions.delete_unconfirmed(session, now=later)
    assert not session.exec(select(StatusSubscription)).all()


def test_each_address_gets_one_letter_per_event(session: Session, now: datetime) -> None:
    court = make_court(session)
    session.commit()
    subscribe(session, "estado", now)
    subscribe(session, f"comarca:{court.comarca.slug}", now)
    subscribe(session, f"unidade:{court.unit.slug}", now)
    subscribe(session, f"unidade:{court.other.slug}", now, "outra@exemplo.invalid")
    asked = len(letters(session))
    members = [(court.unit.id or 0, "telefone")]

    def tell(event: StatusEvent, minutes: int = 0) -> int:
        at = now + timedelta(minutes=minutes)
        return subscriptions.notify_subscribers(session, "situation:1", event, members, now=at)

    assert tell(StatusEvent.PUBLIC) == 1
    tell(StatusEvent.PUBLIC)  # judged again: not told again
    tell(StatusEvent.NEWS, 1)
    tell(StatusEvent.NEWS, 2)
    tell(StatusEvent.ENDED, 3)
    sent = letters(session)[asked:]
    assert [payload_of(row).subject for row in sent] == [
        "Instabilidade relatada por usuários: Telefone, Juizado Especial Criminal de Sinop",
        "Novidade da falha: Telefone, Juizado Especial Criminal de Sinop",
        "Novidade da falha: Telefone, Juizado Especial Criminal de Sinop",
        "Voltou ao normal: Telefone, Juizado Especial Criminal de Sinop",
    ]
    assert {row.recipient for row in sent} == {EMAIL}
    assert f"/unidade/{court.unit.slug}" in payload_of(sent[0]).text


def test_letters_name_the_one_click_address(session: Session, now: datetime) -> None:
    court = make_court(session)
    session.commit()
    subscribe(session, "estado", now)
    while queue.claim_next(session, now=now):
        pass
    members = [(court.unit.id or 0, "telefone"), (court.other.id or 0, "telefone")]
    subscriptions.notify_subscribers(
        session,
        "incident:1",
        StatusEvent.NEWS,
        members,
        title="Sem internet",
        words="Chega às 15h.",
        now=now,
    )
    claimed = queue.claim_next(session, now=now)
    assert claimed is not None
    rendered = messages.render_message(queue.decrypt_message(claimed))
    email = compose_email(claimed, rendered)
    address = str(email["List-Unsubscribe"])
    assert re.fullmatch(r"<http://\S+/situacao/avisos/[\w-]+/sair>", address)
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Chega às 15h." in rendered.text
    assert "Telefone, 2 unidades" in rendered.text
