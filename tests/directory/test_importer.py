"""A file of contacts is read whole or not at all."""

from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from canais_app import demo
from canais_app.accounts.roles import OPERATOR, PUBLIC
from canais_app.directory import importer
from canais_app.directory.models import Channel
from canais_app.kit.errors import AppError, InvalidError


@pytest.fixture
def filled(session: Session, now: datetime) -> str:
    demo.seed(session, now)
    session.flush()
    return importer.export_contacts(session)


def _read(session: Session, file: str, now: datetime, **how: bool) -> list[importer.Change]:
    return importer.import_contacts(session, file.encode(), actor=OPERATOR, now=now, **how)


def test_what_was_written_out_changes_nothing_when_read_back(
    session: Session, filled: str, now: datetime
) -> None:
    assert filled.count("\n") > 1000
    assert _read(session, filled, now) == []


def test_a_correction_is_shown_first_and_then_kept(
    session: Session, filled: str, now: datetime
) -> None:
    phone = next(line for line in filled.splitlines() if ",telefone," in line)
    file = filled.replace(phone, phone.rpartition(",")[0] + ",(65) 3000-9999")
    assert [c.after for c in _read(session, file, now, dry_run=True)] == ["+556530009999"]
    kept = select(Channel).where(col(Channel.value) == "+556530009999")
    assert session.exec(kept).first() is None
    _read(session, file, now)
    assert session.exec(kept).one().verified_at == now


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda f: f.encode("latin-1", "ignore"), "UTF-8"),
        (lambda f: f.replace("codigo,unidade", "unidade,codigo").encode(), "primeira linha"),
        (lambda f: (f + "x,y\n").encode(), "linha"),
        (lambda f: (f + "nao-existe,X,telefone,1\n").encode(), "linha"),
        (lambda f: (f + f.splitlines()[1] + "\n").encode(), "linha"),
        (lambda f: (f + 'a,"b\n').encode(), "CSV"),
        (lambda f: (f + "a,b,email," + "x" * 1_000_000 + "\n").encode(), "CSV"),
        (lambda _: b"", "primeira linha"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence_and_nothing_is_written(
    session: Session, filled: str, now: datetime, damage: object, said: str
) -> None:
    broken = damage(filled)  # pyright: ignore[reportCallIssue]
    with pytest.raises(InvalidError) as refused:
        importer.import_contacts(session, broken, actor=OPERATOR, now=now)
    assert said in refused.value.message + " ".join(refused.value.errors)
    assert _read(session, filled, now) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [("telefone", "12"), ("email", "=cmd()"), ("balcao_virtual", "http://exemplo.invalid")],
)
def test_a_wrong_contact_is_named_by_its_line(
    session: Session, filled: str, now: datetime, kind: str, value: str
) -> None:
    lines = filled.splitlines()
    number = next(n for n, line in enumerate(lines) if f",{kind}," in line)
    lines[number] = lines[number].rpartition(",")[0] + f",{value}"
    with pytest.raises(InvalidError) as refused:
        _read(session, "\n".join(lines) + "\n", now)
    assert list(refused.value.errors) == [f"linha {number + 1}"]


def test_a_stranger_may_not_import(session: Session, now: datetime) -> None:
    with pytest.raises(AppError, match="Entre"):
        importer.import_contacts(session, b"", actor=PUBLIC, now=now)
