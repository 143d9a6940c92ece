"""A file changes exactly what it says, all of it or nothing, and who did it is kept."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import OPERATOR, PUBLIC
from canais_app.directory import hooks
from canais_app.directory.editing import change_log, corrections, history
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.editing.schemas import CorrectionForm
from canais_app.directory.models import (
    VERSION,
    Channel,
    ContactProposal,
    FormerSlug,
    Unit,
    UnitChange,
)
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.directory.spreadsheet.diff import Difference
from canais_app.kit.errors import AuthenticationRequiredError, ConflictError, PermissionDeniedError
from tests.directory.files.damages import Lines, as_csv, as_xlsx
from tests.directory.files.directories import exported
from tests.factories import accounts
from tests.factories.directory import VERIFIED_AT, make_small_directory
from tests.people import CORREGEDORIA, MANAGER_A

JEC, REGISTRY = "JUIZADO-ESPECIAL-CIVEL-DE-SINOP", "JUIZADO-ESPECIAL-CIVEL-DE-SINOP-SECRETAR"
CIVIL = "2A-VARA-CIVEL-DE-RONDONOPOLIS"
Import = Callable[..., Difference]


@pytest.fixture
def court(session: Session) -> Session:
    make_small_directory(session)
    return session


@pytest.fixture
def bring(court: Session, now: datetime) -> Import:
    """Import lines that differ from the stored ones by what is asked."""

    def work(*changes: dict[str, str], leave_out: str = "", **how: object) -> Difference:
        lines = [line for line in read(court) if line["codigo"] != leave_out]
        for change in changes:
            line = next((one for one in lines if one["codigo"] == change["codigo"]), None)
            if line is None:
                lines.append(line := {"situacao": "ativa"})
            line.update(change)
        columns = list(dict.fromkeys(name for line in lines for name in line))
        sent = spreadsheet.UploadedFile(".csv", as_csv(lines, columns=columns).encode())
        return spreadsheet.import_file(court, sent, actor=OPERATOR, now=now, **how)  # pyright: ignore[reportArgumentType]

    return work


def read(session: Session) -> Lines:
    file = exported(session, ".csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(file), delimiter=";"))


def unit(session: Session, code: str) -> Unit:
    asked = select(Unit).where(Unit.code == code).execution_options(populate_existing=True)
    return session.exec(asked).one()


def channels(session: Session, code: str, kind: str) -> list[Channel]:
    mine = select(Channel).where(Channel.unit_id == unit(session, code).id, Channel.kind == kind)
    ordered = mine.order_by(col(Channel.position), col(Channel.id))
    return list(session.exec(ordered.execution_options(populate_existing=True)))


def second(value: str, **parts: str) -> dict[str, str]:
    """Return the columns of a second phone."""
    names = {f"telefone_2_{part}": parts.get(part, "") for part in ("rotulo", "nota", "horario")}
    return {"codigo": REGISTRY, "telefone_2": value, **names}


def kept(session: Session) -> list[tuple[str, object, object]]:
    rows = session.exec(select(UnitChange).order_by(col(UnitChange.id)))
    return [(row.field, row.before, row.after) for row in rows]


def test_a_field_that_differs_is_changed_and_the_others_are_not(
    court: Session, bring: Import, now: datetime
) -> None:
    before, token = unit(court, JEC).model_dump(), VERSION.read_token(court)
    found = bring({"codigo": JEC, "sala": "12", "horario": "seg-sex 8h às 14h"})
    assert [(c.column, c.before, c.after) for c in found.changed[0].changes] == [
        ("horario", "", "seg-sex 08:00-14:00"),
        ("sala", "", "12"),
    ]
    week = {str(day): [["08:00", "14:00"]] if day < 5 else [] for day in range(7)}
    expected = {"room": "12", "hours": week, "version": 2, "updated_at": now}
    assert unit(court, JEC).model_dump() == {**before, **expected}
    assert kept(court) == [("hours", {}, week), ("room", "", "12")]
    assert VERSION.read_token(court) != token


def test_each_changed_unit_has_one_audit_entry_with_its_differences(
    court: Session, bring: Import
) -> None:
    bring({"codigo": JEC, "sala": "12"}, {"codigo": CIVIL, "sala": "3", "endereco": "Rua B"})
    entries = court.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    assert [(e.entity, e.entity_id, e.actor, e.door) for e in entries] == [
        ("unit", CIVIL, OPERATOR.name, "cli"),
        ("unit", JEC, OPERATOR.name, "cli"),
    ]
    assert entries[0].changes == {"endereco": ["", "Rua B"], "sala": ["", "3"]}
    assert audit.verify_chain(court).is_intact


def test_a_file_that_says_nothing_new_leaves_no_trace(court: Session, bring: Import) -> None:
    token = VERSION.read_token(court)
    found = bring()
    assert (found.same, found.changed_lines()) == (10, [])
    assert VERSION.read_token(court) == token
    assert court.exec(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    "written", ["+55 65 3648-1111", "65 36481111", "(65)3648.1111", "'+556536481111"]
)
def test_a_phone_may_be_written_in_any_way(court: Session, bring: Import, written: str) -> None:
    bring({"codigo": JEC, "telefone": "(65) 3648-1111"})
    assert bring({"codigo": JEC, "telefone": written}).changed_lines() == []
    assert [row.value for row in channels(court, JEC, "telefone")] == ["+556536481111"]


def test_a_new_unit_may_come_before_the_one_it_hangs_under(court: Session, bring: Import) -> None:
    common = {"tipo": "vara", "grau": "1", "comarca": "Sinop"}
    child = {"codigo": "N-1", "nome": "Secretaria nova", "codigo_pai": "N-2", **common}
    parent = {"codigo": "N-2", "nome": "Vara nova", **common, "email": "nova@exemplo.invalid"}
    assert [w.code for w in bring(child, parent).new] == ["N-1", "N-2"]
    above, under = unit(court, "N-2"), unit(court, "N-1")
    assert (under.parent_id, under.path) == (above.id, f"/{above.id}/{under.id}/")
    assert (above.slug, above.is_demo, under.is_demo) == ("vara-nova", True, False)
    assert [row.value for row in channels(court, "N-2", "email")] == ["nova@exemplo.invalid"]
    assert ("created", None, "Vara nova") in kept(court)


def test_a_unit_that_the_file_leaves_out_is_named_and_kept(court: Session, bring: Import) -> None:
    found = bring(leave_out=CIVIL)
    assert [there.code for there in found.missing] == [CIVIL]
    assert unit(court, CIVIL).active


def test_what_hangs_under_a_moved_unit_moves_along(court: Session, bring: Import) -> None:
    forum = unit(court, "DIRETORIA-DO-FORO-DE-SINOP")
    bring({"codigo": JEC, "codigo_pai": forum.code})
    jec, registry = unit(court, JEC), unit(court, REGISTRY)
    assert jec.path == f"/{forum.id}/{jec.id}/"
    assert registry.path == f"/{forum.id}/{jec.id}/{registry.id}/"
    (place,) = kept(court)
    assert place[2] == {
        "parent": forum.code,
        "comarca": "sinop",
        "words": "Diretoria do Foro de Sinop (Sinop)",
    }


def test_the_address_and_name_of_a_renamed_unit_lead_on(court: Session, bring: Import) -> None:
    bring({"codigo": JEC, "nome": "1º Juizado de Sinop"})
    bring({"codigo": JEC, "nome": "Juizado Único de Sinop"})
    row = unit(court, JEC)
    assert row.slug == "juizado-unico-de-sinop"
    assert row.former_names == ["Juizado Especial Cível de Sinop", "1º Juizado de Sinop"]
    assert set(court.exec(select(FormerSlug.slug))) == {
        "juizado-especial-civel-de-sinop",
        "1o-juizado-de-sinop",
    }
    bring({"codigo": JEC, "nome": "1º Juizado de Sinop"})
    assert unit(court, JEC).slug == "1o-juizado-de-sinop"
    assert "1o-juizado-de-sinop" not in court.exec(select(FormerSlug.slug)).all()


def test_two_units_of_one_name_have_addresses_of_their_own(court: Session, bring: Import) -> None:
    common = {"nome": "Vara Nova de Vera", "tipo": "vara", "grau": "1", "comarca": "Vera"}
    bring({"codigo": "N-1", **common}, {"codigo": "N-2", **common})
    slugs = [unit(court, code).slug for code in ("N-1", "N-2")]
    assert slugs == ["vara-nova-de-vera", "vara-nova-de-vera-2"]


def test_a_shortened_code_makes_no_second_unit(bring: Import) -> None:
    """Because Excel drops the zeros of a code."""
    common = {"nome": "VARA UNICA de Vera", "tipo": "vara", "grau": "1", "comarca": "Vera"}
    with pytest.raises(spreadsheet.FileRefusedError) as refused:
        bring({"codigo": "1", **common}, leave_out="VARA-UNICA-DE-VERA")
    assert "com o código VARA-UNICA-DE-VERA" in " ".join(refused.value.errors.values())


def test_an_old_file_undoes_nothing(court: Session, now: datetime) -> None:
    """What changed after the export is a conflict and stays; the rest of the file is written."""
    lines = read(court)
    row = unit(court, JEC)
    context = ChangeContext(OPERATOR, now)
    phone = channels(court, JEC, "telefone")[0]
    change_log.update(court, phone, {"value": "+556530007654"}, "corrigir", context)
    change_log.update(court, row, {"address": "Rua Nova, 1"}, "corrigir", context)
    for line in lines:
        if line["codigo"] == JEC:
            line["sala"] = "7"
    sent = spreadsheet.UploadedFile(".csv", as_csv(lines).encode())
    found = spreadsheet.import_file(court, sent, actor=OPERATOR, now=now)
    assert [{c.column for c in w.conflicts} for w in found.conflicts] == [{"endereco", "telefone"}]
    assert [[c.column for c in w.changes] for w in found.changed] == [["sala"]]
    stored = unit(court, JEC)
    assert (stored.address, stored.room) == ("Rua Nova, 1", "7")
    assert channels(court, JEC, "telefone")[0].value == "+556530007654"


def test_a_file_without_versions_is_compared_as_it_is(court: Session, now: datetime) -> None:
    lines = [{k: v for k, v in line.items() if k != "versao"} for line in read(court)]
    change_log.update(
        court, unit(court, JEC), {"room": "9"}, "corrigir", ChangeContext(OPERATOR, now)
    )
    sent = spreadsheet.UploadedFile(".csv", as_csv(lines).encode())
    found = spreadsheet.import_file(court, sent, actor=OPERATOR, now=now)
    assert [[c.column for c in w.changes] for w in found.changed] == [["sala"]]


def test_what_ties_a_unit_keeps_it_from_being_retired(
    court: Session, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied = unit(court, CIVIL).id
    say = lambda _session, id_, _now: ["A agenda está publicada."] if id_ == tied else []  # noqa: E731
    monkeypatch.setattr(hooks.hooks, "retirement_blockers", [say])
    retired = {"situacao": "desativada", "sucessora": JEC}
    with pytest.raises(spreadsheet.FileRefusedError) as refused:
        bring({"codigo": CIVIL, **retired})
    assert list(refused.value.errors.values()) == ["A agenda está publicada."]
    bring({"codigo": "DIRETORIA-DO-FORO-DE-SINOP", **retired})


def test_a_unit_is_retired_in_favour_of_another_and_restored(
    court: Session, bring: Import, now: datetime
) -> None:
    bring({"codigo": CIVIL, "situacao": "desativada", "sucessora": JEC})
    row = unit(court, CIVIL)
    assert (row.active, row.retired_at, row.successor_id) == (False, now, unit(court, JEC).id)
    bring({"codigo": CIVIL, "situacao": "ativa", "sucessora": ""})
    row = unit(court, CIVIL)
    assert (row.active, row.retired_at, row.successor_id) == (True, None, None)
    assert kept(court) == [("retired", False, True), ("retired", True, False)]


def test_a_second_phone_has_its_own_label_note_and_hours(court: Session, bring: Import) -> None:
    bring(second("0800 647 1420", rotulo="Plantão", nota="só urgências", horario="sáb 8-12"))
    phones = channels(court, REGISTRY, "telefone")
    assert [phone.value for phone in phones][1:] == ["+558006471420"]
    assert (phones[1].label, phones[1].note) == ("Plantão", "só urgências")
    assert phones[1].hours["5"] == [["08:00", "12:00"]]
    assert phones[1].verified_at is None


def test_the_order_of_a_file_is_the_order_of_the_channels(court: Session, bring: Import) -> None:
    first = channels(court, REGISTRY, "telefone")[0].value
    bring(second("(65) 3648-2222"))
    swap = {**second(first), "telefone": "(65) 3648-2222"}
    found = bring(swap)
    assert [phone.value for phone in channels(court, REGISTRY, "telefone")] == [
        "+556536482222",
        first,
    ]
    assert {c.column for c in found.changed[0].changes} == {"telefone", "telefone_2"}
    assert bring(swap).changed_lines() == []


def test_a_contact_that_changes_is_no_longer_verified_its_note_may_change(
    court: Session, bring: Import
) -> None:
    bring({"codigo": JEC, "telefone_nota": "ramal 12"})
    assert channels(court, JEC, "telefone")[0].verified_at == VERIFIED_AT
    bring({"codigo": JEC, "telefone": "(65) 3648-3333"})
    (phone,) = channels(court, JEC, "telefone")
    assert (phone.value, phone.note, phone.verified_at) == ("+556536483333", "ramal 12", None)


def test_a_contact_whose_cell_is_emptied_is_retired_and_its_history_stays(
    court: Session, bring: Import, now: datetime
) -> None:
    bring({"codigo": REGISTRY, "whatsapp": ""})
    (gone,) = channels(court, REGISTRY, "whatsapp")
    assert gone.retired_at == now
    assert kept(court) == [("retired", False, True)]
    assert bring({"codigo": REGISTRY, "whatsapp": ""}).changed_lines() == []


def test_a_contact_that_a_visitor_proposed_answers_the_proposal(
    court: Session, bring: Import, now: datetime
) -> None:
    phone = channels(court, JEC, "telefone")[0]
    said = CorrectionForm(channel=phone.id or 0, wrong="valor", value="(65) 3648-4444")
    corrections.propose_correction(
        court, unit(court, JEC).slug, said, address="203.0.113.9", now=now
    )
    bring({"codigo": JEC, "telefone": "(65) 3648-4444"})
    (row,) = court.exec(select(ContactProposal).execution_options(populate_existing=True))
    assert (row.status, row.settled_by) == ("aceita", OPERATOR.name)


def test_a_change_by_a_file_can_be_taken_back(court: Session, bring: Import, now: datetime) -> None:
    bring({"codigo": JEC, "nome": "Juizado novo", "telefone_nota": "ramal 12", "grau": "1"})
    for change in court.exec(select(UnitChange)).all():
        history.undo_change(court, change.id or 0, actor=OPERATOR, now=now)
    assert unit(court, JEC).name == "Juizado Especial Cível de Sinop"
    assert channels(court, JEC, "telefone")[0].note == ""


def test_what_a_person_agreed_to_is_what_is_written(court: Session, bring: Import) -> None:
    sent = exported(court, ".csv")
    seen = spreadsheet.preview_file(court, sent, actor=OPERATOR, now=VERIFIED_AT).fingerprint()
    bring({"codigo": CIVIL, "sala": "9"})
    with pytest.raises(ConflictError, match="mudou"):
        spreadsheet.import_file(court, sent, actor=OPERATOR, now=VERIFIED_AT, seen=seen)
    assert unit(court, CIVIL).room == "9"


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_commas_semicolons_marks_and_any_order_of_columns_are_understood(
    court: Session, now: datetime, delimiter: str, mark: str
) -> None:
    lines = read(court)
    columns = sorted(lines[0])
    file = mark + as_csv(lines, delimiter, columns).replace("codigo", "Código", 1)
    found = spreadsheet.import_file(
        court, spreadsheet.UploadedFile(".csv", file.encode()), actor=OPERATOR, now=now
    )
    assert (found.same, found.changed_lines()) == (10, [])


def test_a_workbook_of_a_spreadsheet_program_is_understood(court: Session, now: datetime) -> None:
    lines = read(court)

    def typed(book: Any) -> None:
        book.active["D2"] = int(lines[0]["grau"])
        book.active.append([None, "  "])

    found = spreadsheet.import_file(
        court, spreadsheet.UploadedFile(".xlsx", as_xlsx(lines, typed)), actor=OPERATOR, now=now
    )
    assert (found.same, found.changed_lines()) == (10, [])


@pytest.mark.parametrize("words", ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "'=1"])
def test_no_exported_cell_is_a_formula_and_each_is_restored(
    court: Session, bring: Import, now: datetime, words: str
) -> None:
    bring({"codigo": JEC, "endereco": f"'{words}"})
    assert unit(court, JEC).address == words
    line = next(line for line in read(court) if line["codigo"] == JEC)
    assert line["endereco"] == f"'{words}"
    book = load_workbook(io.BytesIO(exported(court, ".xlsx").content))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type == "s" or cell.value is None
            assert not str(cell.value or "").startswith(("=", "+", "-", "@"))
    for kind in (".csv", ".xlsx"):
        found = spreadsheet.import_file(court, exported(court, kind), actor=OPERATOR, now=now)
        assert found.changed_lines() == []


def test_every_problem_is_said_at_once(court: Session, bring: Import) -> None:
    with pytest.raises(spreadsheet.FileRefusedError) as refused:
        bring(
            {"codigo": JEC, "telefone": "12", "email": "x", "grau": "7", "sala": "x" * 90},
            {"codigo": CIVIL, "codigo_pai": CIVIL, "horario": "sempre"},
            {"codigo": "N-1", "nome": "=A1"},
        )
    assert [place.removeprefix("linha ") for place in refused.value.errors] == [
        "4, coluna horario",
        "6, coluna grau",
        "6, coluna sala",
        "6, coluna telefone",
        "6, coluna email",
        "12, coluna nome",
        "12, coluna tipo",
        "12, coluna grau",
    ]


def test_beyond_a_thousand_problems_are_only_counted(court: Session) -> None:
    head = as_csv(read(court)).partition("\n")[0]
    file = f"{head}\n" + "x\n" * 1500
    found = spreadsheet.preview_file(
        court, spreadsheet.UploadedFile(".csv", file.encode()), actor=OPERATOR, now=VERIFIED_AT
    )
    assert (found.refusals, len(found.refused)) == (1500 + 1499, 1000)


def test_production_refuses_contacts_of_the_demonstration(
    court: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Production:
        is_production = True

    lines = read(court)
    lines[0].update(codigo="N-1", telefone="(66) 3000-1234", email="a@tjmt.jus.br")
    lines[1].update(codigo="N-2", telefone="", email="a@exemplo.invalid")
    sent = spreadsheet.UploadedFile(".csv", as_csv(lines[:2]).encode())
    monkeypatch.setattr(spreadsheet, "settings", Production)
    found = spreadsheet.preview_file(court, sent, actor=OPERATOR, now=VERIFIED_AT)
    assert [r.location for r in found.refused if "demonstração" in r.reason] == [
        "linha 2, coluna telefone",
        "linha 3, coluna email",
    ]


def test_only_who_shapes_the_directory_imports_and_exports_it(
    court: Session, now: datetime
) -> None:
    sent = exported(court, ".csv")
    for person in (CORREGEDORIA, MANAGER_A):
        actor = accounts.make_actor(court, person, now=now)
        for work in (
            lambda who: spreadsheet.import_file(court, sent, actor=who, now=now),
            lambda who: spreadsheet.preview_file(court, sent, actor=who, now=now),
            lambda who: spreadsheet.export_file(court, ".csv", io.BytesIO(), actor=who),
        ):
            with pytest.raises(PermissionDeniedError):
                work(actor)
    with pytest.raises(AuthenticationRequiredError):
        spreadsheet.preview_file(court, sent, actor=PUBLIC, now=now)


def _send(court: Session, now: datetime, text: str) -> Difference:
    sent = spreadsheet.UploadedFile(".csv", text.encode())
    return spreadsheet.import_file(court, sent, actor=OPERATOR, now=now)


def test_a_file_of_two_columns_changes_only_those(court: Session, now: datetime) -> None:
    before = {line["codigo"]: line for line in read(court)}
    text = f"codigo;telefone\n{JEC};(65) 3000-7777\n{CIVIL};\n"
    found = _send(court, now, text)
    assert [(w.code, [c.column for c in w.changes]) for w in found.changed] == [(JEC, ["telefone"])]
    after = {line["codigo"]: line for line in read(court)}
    assert after[JEC].pop("telefone") == "(65) 3000-7777"
    before[JEC].pop("telefone")
    for lines in (before, after):
        lines[JEC].pop("versao")
    assert after == before


def test_a_file_of_few_columns_adds_no_unit(court: Session, now: datetime) -> None:
    with pytest.raises(spreadsheet.FileRefusedError) as refused:
        _send(court, now, "codigo;telefone\nNOVA;(65) 3000-7777\n")
    assert "só muda as que existem" in " ".join(refused.value.errors.values())
