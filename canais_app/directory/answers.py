"""Answer cards: what the search says of matters that are not a unit of the court's."""

from urllib.parse import urlsplit

from canais_app.directory.views import AnswerCard, AnswerLink

PART_MARK, PHONE_MARK = "|", "tel:"


def parse_answer(sentence: str) -> AnswerCard:
    """Return the card of a synonym's sentence.

    It is written `Título | texto | https://… | tel:151`; a sentence alone has no title.
    """
    parts = [part.strip() for part in sentence.split(PART_MARK) if part.strip()]
    links = [_link(part) for part in parts if _is_link(part)]
    words = [part for part in parts if not _is_link(part)]
    title = words.pop(0) if len(words) > 1 else ""
    return AnswerCard(title, " ".join(words), links)


def _is_link(part: str) -> bool:
    return part.startswith(("https://", PHONE_MARK)) or (part.startswith("/") and part[1:2] != "/")


def _link(part: str) -> AnswerLink:
    if part.startswith(PHONE_MARK):
        number = part.removeprefix(PHONE_MARK)
        return AnswerLink(f"Ligar {_format_number(number)}", part)
    if part.startswith("/"):
        return AnswerLink("Saiba mais", part)
    return AnswerLink(f"Abrir {urlsplit(part).hostname or part}", part)


def _format_number(number: str) -> str:
    """Return a 0800 number in its groups; short numbers as they are."""
    toll_free = number.startswith("0800") and len(number) == 11  # noqa: PLR2004 (its digits)
    return f"{number[:4]} {number[4:7]} {number[7:]}" if toll_free else number
