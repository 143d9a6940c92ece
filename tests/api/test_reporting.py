"""The pages of reports without JavaScript: form, receipt, tracking, "eu também"."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session, select

from canais_app.accounts.roles import Role
from canais_app.complaints import attachments, rollups
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Attachment, Complaint, PersonReport
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db
from canais_app.kit.text import hash_token
from canais_app.settings import settings
from tests.factories.complaints import ComplaintsCourt, make_court, make_staff
from tests.portal import shared_app

UNIT = "jecrim-sinop"


@pytest.fixture
def court(database: object) -> ComplaintsCourt:
    return db.write_sync(make_court)


@pytest.fixture
def api(court: ComplaintsCourt) -> Iterator[TestClient]:
    with TestClient(shared_app()) as client:
        yield client


def fields(api: TestClient, **changes: str) -> dict[str, str]:
    page = api.get(f"/relatar?unidade={UNIT}&canal=telefone").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    what = {"channel": "telefone", "what": "telefone:nao_atende"}
    return {"unit": UNIT, "key": key[1], **what, **changes}


def image() -> bytes:
    out = BytesIO()
    Image.new("RGB", (80, 60), "navy").save(out, "PNG")
    return out.getvalue()


def report(api: TestClient, **changes: str) -> str:
    answer = api.post("/relatar", data=fields(api, **changes))
    assert answer.status_code == 200
    assert answer.url.path == "/acompanhar/recibo"
    return answer.text


def codes(page: str) -> tuple[str, str]:
    found = re.search(
        r'id="recibo-protocol">([^<]+)<.*id="recibo-secret">([^<]+)<', page, re.DOTALL
    )
    assert found is not None
    return found[1], found[2]


def row() -> Complaint:
    with db.read_transaction() as session:
        return session.exec(select(Complaint)).one()


def answer_it(protocol: str) -> None:
    now = clock.now()

    def work(session: Session) -> None:
        actor = make_staff(session, Role.CORREGEDORIA)
        for to in (ComplaintStatus.IN_REVIEW, ComplaintStatus.ANSWERED):
            triage.move_complaint(session, actor, protocol, to, "Trocamos o ramal", now=now)

    db.write_sync(work)


def test_without_a_unit_the_search_comes_first(api: TestClient) -> None:
    page = api.get("/relatar").text
    assert 'name="q"' in page
    assert "Enviar relato" not in page
    found = api.get("/relatar?q=juizado criminal sinop").text
    assert f"/relatar?unidade={UNIT}" in found
    unknown = api.get("/relatar?unidade=nao-existe").text
    assert "Não encontramos esta unidade. Procure por ela abaixo." in unknown


def test_each_channel_has_its_kinds_in_two_groups(api: TestClient) -> None:
    page = api.get(f"/relatar?unidade={UNIT}").text
    counter = page.split('data-canal="balcao_virtual"')[1].split("</fieldset>")[0]
    offered = re.findall(r'value="balcao_virtual:(\w+)"', counter.split("<details")[0])
    assert offered == [
        "link_nao_abre",
        "caiu_no_meio",
        "ninguem_entra",
        "fila_parada",
        "horario_diferente",
    ]
    assert "Problema técnico" in counter
    assert "Atendimento" in counter
    assert "agenda_sem_vagas" not in page
    assert "checked" not in page


def test_a_report_gets_a_receipt_that_opens_the_tracking(api: TestClient) -> None:
    page = report(api, text="Tocou até cair")
    protocol, secret = codes(page)
    assert row().protocol == protocol
    assert row().secret_hash == hash_token(secret)
    assert "Tocou até cair" in page
    cookie = next(c for c in api.cookies.jar if c.name == "canais_relato")
    assert (cookie.path, cookie.expires) == ("/acompanhar", None)
    assert secret not in (cookie.value or "")
    file = api.get("/acompanhar/recibo/relato.html")
    assert "attachment" in file.headers["content-disposition"]
    assert secret in file.text
    again = api.get("/acompanhar/recibo").text
    assert secret not in again
    assert "O código já foi mostrado e não aparece de novo." in again
    assert "Tocou até cair" in api.get("/acompanhar").text


def test_a_repeated_form_gives_the_same_report(api: TestClient) -> None:
    sent = fields(api)
    first, second = (codes(api.post("/relatar", data=sent).text) for _ in range(2))
    assert first == second


def test_a_form_gone_back_to_may_send_another_report(api: TestClient) -> None:
    sent = fields(api)
    first = codes(api.post("/relatar", data=sent).text)
    refused = api.post("/relatar", data={**sent, "text": "Outra coisa"})
    assert refused.status_code == 409
    key = re.search(r'name="key" value="([^"]+)"', refused.text)
    assert key is not None
    again = api.post("/relatar", data={**sent, "text": "Outra coisa", "key": key[1]})
    assert codes(again.text) != first


def test_a_failure_of_ours_keeps_what_was_typed(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    sent = fields(api, text="Texto que fica")
    monkeypatch.setattr(rollups, "count_complaint", fail)
    answer = api.post("/relatar", data=sent)
    assert answer.status_code == 500
    assert "Algo falhou do nosso lado." in answer.text
    assert "Texto que fica" in answer.text


def test_the_receipt_of_another_device_is_not_shown(api: TestClient) -> None:
    report(api)
    stranger = TestClient(shared_app())
    assert stranger.get("/acompanhar/recibo").url.path == "/acompanhar"
    assert stranger.get("/acompanhar/recibo/relato.html").status_code == 404
    stranger.cookies.set("canais_relato", "gAAAAforged", path="/acompanhar")
    assert "Abrir relato" in stranger.get("/acompanhar").text
    assert stranger.post("/acompanhar/mensagem", data={"text": "x"}).url.path == "/acompanhar"


def test_errors_stand_at_their_fields_and_typed_words_stay(api: TestClient) -> None:
    changes = {"what": "", "text": "Texto que fica <b>", "email": "x"}
    answer = api.post("/relatar", data=fields(api, **changes))
    assert answer.status_code == 422
    assert "Falta corrigir 2 respostas." in answer.text
    assert 'id="resumo-de-erros" autofocus' in answer.text
    assert "Escolha o que aconteceu." in answer.text
    assert "Texto que fica &lt;b&gt;" in answer.text
    assert re.search(r'id="canal-telefone"[^>]* checked', answer.text)


def test_a_kind_hidden_by_another_channel_is_no_answer(api: TestClient) -> None:
    answer = api.post("/relatar", data=fields(api, channel="whatsapp"))
    assert answer.status_code == 422
    only_kind = api.post("/relatar", data=fields(api, channel=""))
    assert only_kind.status_code == 200
    assert row().channel == "telefone"


def test_a_program_that_fills_everything_is_refused(api: TestClient) -> None:
    assert api.post("/relatar", data=fields(api, site="http://anuncio.invalid")).status_code == 422
    with db.read_transaction() as session:
        assert session.exec(select(Complaint)).all() == []


def test_a_form_of_another_site_is_refused(api: TestClient) -> None:
    foreign = {"Origin": "https://outro.invalid"}
    for path in ("/relatar", "/relatar/eu-tambem", "/acompanhar/abrir", "/acompanhar/retirar"):
        assert api.post(path, data=fields(api), headers=foreign).status_code == 403


def test_a_photo_is_encoded_anew_and_kept_for_staff(
    api: TestClient, court: ComplaintsCourt
) -> None:
    sent = {"photo": ("tela.svg", image(), "image/svg+xml")}
    page = api.post("/relatar", data=fields(api), files=sent).text
    assert "1 foto enviada" in page
    with db.read_transaction() as session:
        stored = session.exec(select(Attachment)).one()
    file = settings().var_dir / "anexos" / stored.file_name
    assert file.read_bytes().startswith(b"\xff\xd8\xff")
    assert api.get(f"/corregedoria/anexos/{stored.id}").status_code in (401, 403)
    wrong = api.post(
        "/relatar", data=fields(api), files={"photo": ("x.png", b"<svg/>", "image/png")}
    )
    assert wrong.status_code == 422
    assert "Não lemos esta foto" in wrong.text
    large = {"photo": ("x.jpg", b"\xff" * (attachments.MAX_BYTES + 100_000), "image/jpeg")}
    assert api.post("/relatar", data=fields(api), files=large).status_code == 413
    api.post("/acompanhar/retirar")
    assert not file.exists()


def test_a_text_with_personal_data_can_be_withdrawn_at_once(api: TestClient) -> None:
    page = report(api, text="CPF 123.456.789-09 e fone 99999-1234")
    assert "O texto parece ter um CPF e um telefone" in page
    after = api.post("/acompanhar/retirar").text
    assert "Texto, mensagens e foto retirados." in after
    assert "123.456" not in after
    found = api.post("/relatar/conferir", data={"text": "ligue 65999991234"}).json()
    assert found == {"found": ["um telefone"]}


def test_a_report_is_opened_with_its_codes_typed_any_way(api: TestClient) -> None:
    protocol, secret = codes(report(api))
    api.post("/acompanhar/fechar")
    assert "Abrir relato" in api.get("/acompanhar").text
    wrong = api.post("/acompanhar/abrir", data={"protocol": protocol, "secret": "AAAA"})
    assert wrong.status_code == 404
    assert f'value="{protocol}"' in wrong.text
    typed = {"protocol": f" {protocol} ", "secret": secret.lower().replace("-", " ")}
    assert f"Relato {protocol}" in api.post("/acompanhar/abrir", data=typed).text


def test_asked_answered_rated_and_reopened(api: TestClient) -> None:
    protocol, _ = codes(report(api))
    page = api.post("/acompanhar/mensagem", data={"text": "Foi de manhã"}).text
    assert "Mensagem enviada." in page
    assert row().is_unread
    empty = api.post("/acompanhar/mensagem", data={"text": "  "})
    assert empty.status_code == 422
    answer_it(protocol)
    page = api.get("/acompanhar").text
    assert "A resposta resolveu?" in page
    page = api.post("/acompanhar/avaliar", data={"is_useful": "true"}).text
    assert "Você disse que foi útil." in page
    page = api.post("/acompanhar/avaliar", data={"is_resolved": "false"}).text
    assert "Você disse que não resolveu" in page
    page = api.post("/acompanhar/reabrir", data={"text": "Continua"}).text
    assert "Relato reaberto." in page
    assert row().status == "em_analise"


def test_me_too_counts_and_offers_a_protocol(api: TestClient, court: ComplaintsCourt) -> None:
    now = clock.now()

    def raise_alarm(session: Session) -> None:
        session.add(
            Situation(
                code="2026-0412", scope="unit", place_id=court.unit.id or 0, unit_id=court.unit.id,
                channel="telefone", level="provavel", people=5, first_report_at=now,
                opened_at=now, probable_at=now, judged_at=now,
            )
        )  # fmt: skip

    db.write_sync(raise_alarm)
    page = api.get(f"/relatar?unidade={UNIT}").text
    assert "5 pessoas já relataram: Telefone" in page
    page = api.post("/relatar/eu-tambem", data={"unit": UNIT, "channel": "telefone"}).text
    assert "Contamos você: Telefone. Obrigado." in page
    assert "Guarde um protocolo" in page
    assert "Eu também</button>" not in page
    with db.read_transaction() as session:
        assert len(session.exec(select(PersonReport)).all()) == 1


def test_nul_in_an_address_or_a_form_is_no_failure_of_ours(any_database: str) -> None:
    del any_database
    db.write_sync(make_court)
    with TestClient(shared_app()) as api:
        answers = [
            api.get("/relatar?unidade=%00"),
            api.post("/relatar/eu-tambem", data={"unit": "a\x00", "channel": "telefone"}),
            api.post("/acompanhar/abrir", data={"protocol": "2026\x00", "secret": "A"}),
            api.get("/api/v1/complaints/%00"),
            api.post("/api/v1/incidents/%00/me-too"),
            api.post("/api/v1/visits", json={"unit": "a\x00", "channel": "telefone"}),
        ]
    assert answers[0].status_code == 200
    assert all(answer.status_code in (404, 422) for answer in answers[1:])
