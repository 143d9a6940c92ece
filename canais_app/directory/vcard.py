"""A unit as a contact card (vCard 4.0, RFC 6350)."""

from collections.abc import Iterator

from canais_app.directory.channels import ChannelKind
from canais_app.directory.views import ChannelView, UnitPage

MEDIA_TYPE = "text/vcard"
MAX_LINE_BYTES = 75  # without the line end (section 3.2)
COURT = "Tribunal de Justiça do Estado de Mato Grosso"


def serialize_unit(page: UnitPage, base_url: str) -> str:
    """Return a unit's card, its lines folded and ended by CRLF."""
    return "".join(f"{_fold(line)}\r\n" for line in _lines(page, base_url))


def _lines(page: UnitPage, base_url: str) -> Iterator[str]:
    card = page.card
    yield from ("BEGIN:VCARD", "VERSION:4.0", "KIND:org")
    yield f"FN:{_escape(card.name)}"
    yield f"ORG:{_escape(COURT)};{_escape(card.name)}"
    for channel in card.channels:
        yield from _channel_lines(channel)
    yield f"URL:{base_url}{card.href}"
    if address := page.texts["address"]:
        yield f"ADR:;;{_escape(address)};{_escape(card.comarca)};MT;;Brasil"
    yield f"NOTE:{_escape(f'Atendimento: {page.hours} (horário de Cuiabá).')}"
    yield "TZ:America/Cuiaba"
    yield f"UID:{base_url}/#{card.code}"
    yield f"REV:{_timestamp(card.updated_at)}"
    yield "END:VCARD"


def _channel_lines(channel: ChannelView) -> Iterator[str]:
    if channel.kind == ChannelKind.PHONE:
        yield f"TEL;VALUE=uri;TYPE=work,voice:{channel.href}"
    elif channel.kind == ChannelKind.WHATSAPP:
        yield f"IMPP;TYPE=work:{channel.href}"
    elif channel.kind == ChannelKind.EMAIL:
        yield f"EMAIL;TYPE=work:{channel.value}"
    elif channel.href.startswith("https://"):
        yield f"URL;TYPE=work:{channel.href}"


def _escape(text: str) -> str:
    """Escape a text value (section 3.4)."""
    for plain, escaped in (("\\", "\\\\"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        text = text.replace(plain, escaped)
    return text


def _timestamp(moment: str) -> str:
    """Return an RFC 3339 moment in the basic format of ISO 8601, as REV takes it."""
    day, _, rest = moment.partition("T")
    return f"{day.replace('-', '')}T{rest.replace(':', '')}"


def _fold(line: str) -> str:
    """Fold a line at 75 octets without splitting a character (section 3.2)."""
    folded, length = "", 0
    for letter in line:
        size = len(letter.encode())
        if length + size > MAX_LINE_BYTES:
            folded, length = f"{folded}\r\n ", 1
        folded, length = folded + letter, length + size
    return folded
