"""The command `canais`: output and exit codes."""

import gzip
import json
import shutil
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from canais_app import cli, demo
from canais_app.accounts import audit
from canais_app.accounts.models import AuditEntry, Staff, StaffRole
from canais_app.accounts.roles import OPERATOR
from canais_app.agenda.models import Agenda, Appointment
from canais_app.commands import checks
from canais_app.complaints.models import Complaint, ComplaintHour
from canais_app.demo import bulk
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.expediente.models import CalendarDay
from canais_app.jobs import backup as copying
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.outbox.models import OutboxMessage

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as the shell does: exit code, what it printed, what it complained of."""

    def work(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["canais", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return work


def _generated(**counts: int) -> None:
    wanted = {"units": 0, "appointments": 0, "complaints": 0, "seed": 1, **counts}
    db.write_sync(bulk.generate_rows, now=clock.now(), **wanted)


def test_search_answers_like_the_screen(run: Run) -> None:
    _generated(units=300)
    code, out, _ = run("search", "secretaria cuiabá", "--json", "--limit", "3")
    found = json.loads(out)
    assert code == 0
    assert found["items"]
    assert all(item["comarca"] == "Cuiabá" for item in found["items"])
    code, out, _ = run("search", "secretaria cuiabá")
    assert code == 0
    assert "— Secretaria" in out


def test_slots_lists_what_is_free(run: Run) -> None:
    _generated(units=30, appointments=5)
    slug = db.read_sync(lambda session: session.exec(select(Agenda.slug)).one())
    first = clock.to_local_day(clock.now()) + timedelta(days=1)
    last = first + timedelta(days=13)
    days = ("--from", first.isoformat(), "--to", last.isoformat())
    code, out, _ = run("slots", slug, *days, "--json")
    items = json.loads(out)["items"]
    assert code == 0
    assert items
    assert {datetime.fromisoformat(item["start"]).utcoffset() for item in items} == {
        timedelta(hours=-4)
    }
    assert run("slots", slug, *days)[1].strip().endswith("horários livres")


def test_a_refusal_is_one_sentence_and_exit_one(run: Run) -> None:
    days = ("--from", "2026-11-24", "--to", "2026-11-26")
    code, out, err = run("slots", "nao-ha", *days)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.strip().endswith(".")


@pytest.mark.parametrize(
    "words",
    [("slots",), ("slots", "x", "--from", "ontem", "--to", "hoje"), ("nada",), ("seed", "x")],
)
def test_a_usage_error_exits_with_two(run: Run, words: tuple[str, ...]) -> None:
    code, _, err = run(*words)
    assert code == 2
    assert "Traceback" not in err


def test_inviting_creates_an_account_and_a_message(run: Run) -> None:
    _generated(units=3)
    slug = db.read_sync(lambda session: session.exec(select(Unit.slug)).first())
    email = "nova@exemplo.invalid"
    code, out, err = run("staff", "invite", email, "--role", "gestor", "--unit", str(slug))
    assert (code, err) == (0, "")
    assert email in out
    with db.read_transaction() as session:
        staff = session.exec(select(Staff)).one()
        assert (staff.email, staff.status) == (email, "invited")
        assert session.exec(select(StaffRole.role)).one() == "gestor"
        assert session.exec(select(OutboxMessage.recipient)).one() == email
        assert session.exec(select(AuditEntry.door)).all().count("cli") >= 1
    code, _, err = run("staff", "invite", email, "--role", "gestor", "--unit", str(slug))
    assert code == 1
    assert "Já existe" in err


def test_the_outbox_is_counted_and_drained(run: Run) -> None:
    run("staff", "invite", "a@exemplo.invalid", "--role", "administrador")
    assert json.loads(run("outbox", "status", "--json")[1])["waiting"] == 1
    assert run("outbox", "drain")[1].startswith("1 mensagem enviada")
    assert json.loads(run("outbox", "status", "--json")[1])["sent"] == 1
    assert run("outbox", "retry")[0] == 0


def test_seed_prints_the_log_ins_once_and_again(run: Run) -> None:
    code, out, _ = run("seed")
    assert code == 0
    assert demo.DEMO_PASSWORD in out
    assert "corregedoria@exemplo.invalid" in out
    again = json.loads(run("seed", "--json")[1])
    assert again["sown"] is False


def test_nightly_prints_what_it_anonymised(run: Run) -> None:
    done = json.loads(run("nightly", "--json")[1])
    assert done["appointments"] == 0
    assert "Anonimizados" in run("nightly")[1]
    assert "Seriam anonimizados" in run("nightly", "--dry-run")[1]


def test_doctor_has_one_line_for_each_check_and_fails_when_one_does(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> tuple[bool, str]:
        raise OSError("sem resposta")

    well = tuple(entry for entry in checks.ALL_CHECKS if entry[0] != "páginas")
    monkeypatch.setattr(checks, "ALL_CHECKS", well)
    code, out, _ = run("doctor")
    assert code == 0
    assert len(out.splitlines()) == len(well)
    monkeypatch.setattr(checks, "ALL_CHECKS", (*well, ("correio", broken)))
    code, out, _ = run("doctor", "--json")
    findings = json.loads(out)
    assert code == 1
    assert not findings["ok"]
    assert findings["checks"][-1]["words"] == "OSError: sem resposta"


def test_doctor_fails_for_contacts_that_cannot_work(run: Run) -> None:
    _generated(units=60)
    code, out, _ = run("doctor", "--contacts", "--json")
    report = json.loads(out)
    assert (code, report["ok"], report["units"]) == (0, True, 60)
    assert report["counts"]["falta"] == len(report["findings"]) == 20
    with db.write_transaction() as session:
        session.exec(select(Channel)).first().value = "12"  # pyright: ignore[reportOptionalMemberAccess]
    code, out, _ = run("doctor", "--contacts")
    assert code == 1
    assert "formato: 1 achado\n  GER-" in out


def test_doctor_names_a_broken_audit_chain(run: Run) -> None:
    with db.write_transaction() as session:
        audit.record_entry(session, OPERATOR, "um", "teste", 1, {}, now=clock.now())
        entry = audit.AuditEntry(
            at=clock.now(), actor="x", door="cli", action="falso", entity="teste",
            entity_id="2", previous_hash="0" * 64, hash="f" * 64,
        )  # fmt: skip
        session.add(entry)
    fine, words = checks.check_audit()
    assert not fine
    assert "rompida no registro 2" in words


def _content() -> dict[str, list[tuple[object, ...]]]:
    with db.get_engine().connect() as connection:
        return {
            table.name: sorted((tuple(r) for r in connection.execute(table.select())), key=repr)
            for table in copying.list_tables(connection)
        }


@pytest.mark.sqlite
def test_a_backup_restores_everything(
    run: Run, blank: Path, database: Path, tmp_path: Path
) -> None:
    _generated(units=60, appointments=40, complaints=50)
    run("staff", "invite", "a@exemplo.invalid", "--role", "administrador")
    before, file = _content(), tmp_path / "copia"
    assert run("backup", str(file))[0] == 0
    assert file.stat().st_mode & 0o077 == 0
    assert run("restore", str(file))[0] == 1
    _empty(blank, database)
    code, out, _ = run("restore", str(file), "--json")
    assert code == 0
    assert json.loads(out)["rows"] == sum(len(rows) for rows in before.values())
    assert _content() == before
    with db.write_transaction() as session:
        assert audit.verify_chain(session).is_intact


def _edited(file: Path, before: str, after: str) -> Path:
    text = file.read_text("utf-8-sig")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    return file


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_changes_nothing_when_imported(
    run: Run, tmp_path: Path, kind: str
) -> None:
    _generated(units=60)
    file = tmp_path / f"unidades.{kind}"
    assert run("export", str(file))[:2] == (0, f"60 unidades em {file}.\n")
    before = _content()
    code, out, err = run("import", str(file), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["counts"] == {
        "new": 0, "changed": 0, "conflicts": 0, "missing": 0, "refused": 0, "same": 60,
    }  # fmt: skip
    assert _content() == before
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_dry_run_prints_what_the_import_changes(run: Run, tmp_path: Path) -> None:
    _generated(units=6)
    file = tmp_path / "unidades.csv"
    run("export", str(file))
    _edited(file, "(65) 3000-0001", "(65) 3000-9999")
    before = _content()
    code, out, _ = run("import", str(file), "--dry-run")
    assert (code, out.splitlines()[-1]) == (0, "Nada foi gravado.")
    assert "telefone: (65) 3000-0001 → (65) 3000-9999" in out
    assert _content() == before
    shown = json.loads(run("import", str(file), "--dry-run", "--json")[1])
    done = json.loads(run("import", str(file), "--json")[1])
    assert (shown.pop("saved"), done.pop("saved")) == (False, True)
    assert shown == done
    assert "Nada a gravar" in run("import", str(file))[1]


def test_a_refused_import_exits_with_one_and_names_each_row(run: Run, tmp_path: Path) -> None:
    _generated(units=6)
    file = tmp_path / "unidades.csv"
    run("export", str(file))
    _edited(file, "(65) 3000-0001", "(65) 3")
    before = _content()
    for how in ((), ("--dry-run",)):
        code, out, _ = run("import", str(file), *how)
        assert code == 1
        assert "recusado, linha 2, coluna telefone: Confira o telefone" in out
    code, out, _ = run("import", str(file), "--json")
    assert code == 1
    (refused,) = json.loads(out)["refused"]
    assert (refused["line"], refused["column"]) == (2, "telefone")
    assert _content() == before
    assert run("import", str(tmp_path / "nao-ha.csv"))[0] == 2
    assert run("import", str(file.rename(tmp_path / "unidades.txt")))[0] == 1
    assert run("export", str(tmp_path / "nao" / "ha.csv"))[0] == 1
    assert run("export", str(tmp_path / "unidades.pdf"))[0] == 1


def test_a_list_of_others_is_imported_by_a_map(run: Run, tmp_path: Path) -> None:
    _generated(units=300)
    asked = select(Unit.name, Comarca.name).join(Comarca).where(Unit.kind == "vara")
    whole, comarca = db.read_sync(lambda session: tuple(session.exec(asked).first() or ()))
    file, columns = tmp_path / "lista.csv", tmp_path / "mapa.json"
    name = whole.removesuffix(f" de {comarca}")
    file.write_text(f"Vara;Local;Nº\n{name};{comarca};(66) 3000-7002\nOutra;Sinop;1\n", "utf-8")
    columns.write_text('{"Vara": "nome", "Local": "comarca", "Nº": "telefone"}', "utf-8")
    code, out, err = run("import", str(file), "--map", str(columns), "--json")
    assert code == 0
    assert "fora, linha 3: Outra · Sinop" in err
    assert json.loads(out)["counts"]["changed"] == 1
    columns.write_text('{"Vara": "vara"}', "utf-8")
    code, _, err = run("import", str(file), "--map", str(columns))
    assert code == 1
    assert "O mapa diz vara" in err
    columns.write_text('{"Vara": "nome", "Local": "comarca", "Fone": "telefone"}', "utf-8")
    code, _, err = run("import", str(file), "--map", str(columns))
    assert code == 1
    assert "não tem a coluna Fone" in err


def _empty(blank: Path, database: Path) -> None:
    db.get_engine().dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(blank, database)


def test_a_truncated_or_foreign_file_restores_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "copia"
    assert run("backup", str(file))[0] == 0
    whole = gzip.decompress(file.read_bytes())
    lines = whole.splitlines(keepends=True)
    other = lines[0].replace(b"canais-backup-2", b"outra-coisa")
    damaged = (
        b"nada",
        file.read_bytes()[:-20],
        gzip.compress(b"".join(lines[:-1])),
        gzip.compress(b"".join([other, *lines[1:]])),
        gzip.compress(b"[]\n{}\n"),
    )
    for content in damaged:
        file.write_bytes(content)
        code, _, err = run("restore", str(file))
        assert code == 1
        assert "não é uma cópia" in err
    assert run("restore", str(tmp_path / "nenhum"))[0] == 1
    assert run("backup", str(tmp_path / "nao" / "ha"))[0] == 1


def test_generated_rows_are_consistent(run: Run) -> None:
    args = ("--units", "100", "--appointments", "200", "--complaints", "150", "--seed", "3")
    code, out, _ = run("bench-data", *args, "--json")
    assert code == 0
    assert json.loads(out) == {"units": 100, "appointments": 200, "complaints": 150}
    run("bench-data", *args)
    with db.read_transaction() as session:
        count = _counter(session)
        assert [count(t) for t in (Unit, Appointment, Complaint)] == [200, 400, 300]
        assert sum(session.exec(select(ComplaintHour.count))) == 300
        paths = session.exec(select(Unit.path, Unit.id)).all()
        assert all(path.endswith(f"/{unit_id}/") for path, unit_id in paths)


def _counter(session: Session) -> Callable[[type], int]:
    return lambda model: session.exec(select(func.count()).select_from(model)).one()


def test_generating_appointments_without_a_gabinete_is_refused(session: Session) -> None:
    with pytest.raises(AppError, match="gabinete"):
        bulk.generate_rows(session, units=0, appointments=1, complaints=0, seed=1, now=clock.now())
    assert session.exec(select(func.count()).select_from(Comarca)).one() == 82
    assert session.exec(select(func.count()).select_from(CalendarDay)).one() == 0


def test_production_gets_reference_data_and_no_demonstration(
    run: Run, configure: Callable[..., None]
) -> None:
    configure(
        PROFILE="production", SECRET_KEY="x" * 40, PUBLIC_URL="https://canais.exemplo.invalid"
    )
    configure(RATE_LIMITS="on")
    for _ in range(2):  # twice is once
        code, said, _err = run("seed")
        assert (code, "canais import" in said) == (0, True)
    with Session(db.get_engine()) as session:
        assert session.exec(select(func.count()).select_from(Comarca)).one() > 70
        assert session.exec(select(func.count()).select_from(CalendarDay)).one() > 50
        assert session.exec(select(func.count()).select_from(Unit)).one() == 0
