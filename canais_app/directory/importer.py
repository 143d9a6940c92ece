"""Contacts of the directory as a file: written out, corrected outside, read back all or nothing.

The columns are `codigo` (the unit's stable code), `unidade` (its name, for the reader), `canal` and
`valor`. A line corrects the contact of an existing channel; creating units is not done here.
Appointments are not contacts: their link follows the agenda.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory.models import Channel, ChannelKind, Unit
from canais_app.kit import live
from canais_app.kit.errors import InvalidError

COLUMNS = ["codigo", "unidade", "canal", "valor"]
MOST_LETTERS = 300
PHONES = (ChannelKind.PHONE, ChannelKind.WHATSAPP)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Change:
    """One contact that the file corrects."""

    unit: str
    channel: str
    before: str
    after: str


def export_contacts(session: Session) -> str:
    """Return the first contact of each channel of each unit, as CSV in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (code, kind), (unit, channel) in sorted(_contacts(session).items()):
        writer.writerow([_neutral(code), _neutral(unit.name), kind, _neutral(channel.value)])
    return out.getvalue()


def import_contacts(
    session: Session, content: bytes, *, actor: Actor, now: datetime, dry_run: bool = False
) -> list[Change]:
    """Correct contacts as the file says: every line, or none. Return what changed.

    Raises:
        InvalidError: one sentence per wrong line, by its number.
    """
    require(actor, Permission.EDIT_DIRECTORY)
    contacts, wrong, changes = _contacts(session), {}, []
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(_rows(content), start=2):
        key = (row["codigo"].strip(), row["canal"].strip())
        try:
            if key in seen:
                raise ValueError("este canal da unidade já apareceu no arquivo")  # noqa: TRY301
            seen.add(key)
            if key not in contacts:
                raise ValueError("não há este canal nesta unidade")  # noqa: TRY301
            value = _checked(key[1], row["valor"].strip())
        except ValueError as reason:
            wrong[f"linha {number}"] = f"{reason}."
            continue
        unit, channel = contacts[key]
        if value != channel.value:
            changes.append((unit, channel, value))
    if wrong:
        raise InvalidError("Nada foi gravado: corrija as linhas do arquivo.", wrong)
    told = [Change(unit.code, ch.kind, ch.value, value) for unit, ch, value in changes]
    if not dry_run:
        for unit, channel, value in changes:
            _correct(session, unit, channel, value, actor=actor, now=now)
    return told


def _correct(  # noqa: PLR0913 (what, where, by whom and when)
    session: Session, unit: Unit, channel: Channel, value: str, *, actor: Actor, now: datetime
) -> None:
    changed = {"valor": [channel.value, value]}
    audit.record(session, actor, "corrigir contato", "channel", channel.id, changed, now=now)
    channel.value, channel.verified_at, channel.verified_by = value, now, actor.name
    unit.updated_at = now
    live.touch(session, "directory:all")


def _contacts(session: Session) -> dict[tuple[str, str], tuple[Unit, Channel]]:
    rows = session.exec(
        select(Unit, Channel)
        .where(
            col(Channel.unit_id) == col(Unit.id),
            col(Unit.active),
            col(Channel.retired_at).is_(None),
        )
        .order_by(col(Channel.position), col(Channel.id))
    ).all()
    found: dict[tuple[str, str], tuple[Unit, Channel]] = {}
    for unit, channel in rows:
        if channel.value and channel.kind != ChannelKind.APPOINTMENT:
            found.setdefault((unit.code, channel.kind), (unit, channel))
    return found


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        lines = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidError("O arquivo precisa estar em UTF-8.") from None
    try:
        reader = csv.DictReader(io.StringIO(lines, newline=""), strict=True)
        if reader.fieldnames != COLUMNS:
            raise InvalidError(f"A primeira linha precisa ser: {','.join(COLUMNS)}.")
        rows = list(reader)
    except csv.Error:
        raise InvalidError("O arquivo não é um CSV que se possa ler.") from None
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise InvalidError(
                "Nada foi gravado: corrija as linhas do arquivo.",
                {f"linha {number}": f"São {len(COLUMNS)} colunas."},
            )
    return rows


def _checked(kind: str, value: str) -> str:
    """Return the contact as it is stored; a ValueError says what is wrong with it."""
    value = value.removeprefix("'")
    if len(value) > MOST_LETTERS:
        raise ValueError(f"o contato passa de {MOST_LETTERS} letras")
    if kind in PHONES:
        return _phone(value)
    if kind == ChannelKind.EMAIL:
        try:
            return validate_email(
                value, check_deliverability=False, test_environment=True
            ).normalized
        except EmailNotValidError:
            if value.endswith("@exemplo.invalid") and " " not in value:
                return value
            raise ValueError("o e-mail não está certo") from None
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("o link precisa começar por https://")
    return value


def _phone(value: str) -> str:
    try:
        number = phonenumbers.parse(value, "BR")
    except phonenumbers.NumberParseException:
        raise ValueError("o telefone não está certo") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("o telefone não está certo")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _neutral(words: str) -> str:
    """Keep a spreadsheet from running the text as a formula."""
    return f"'{words}" if words.startswith(FORMULA) else words
