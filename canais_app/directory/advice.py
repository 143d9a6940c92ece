"""How an answer speaks: its headline, what was understood, what to do next."""

from collections.abc import Iterable, Iterator

from canais_app.directory.lexicon import Lexicon, Meaning
from canais_app.directory.search import Found
from canais_app.directory.understanding import Group, Reading
from canais_app.directory.views import Understood
from canais_app.kit.text import plural

NOTHING = (
    "Tente menos palavras, o nome da comarca ou o assunto (por exemplo, “família Sinop”). "
    "Se preferir, veja as comarcas de A a Z ou ligue para a Ouvidoria: 0800 647 1420."
)
NO_CONTACT = (
    "Nenhuma unidade tem esse telefone ou e-mail. Confira, ou procure pelo nome da unidade."
)
NO_CHANNEL = "Nenhuma destas unidades tem o canal pedido; veja os canais que elas têm."
MOST_NAMED = 4


def headline(found: Found) -> str:
    """Return how many units were found, and in which comarca when there is one."""
    if not found.total:
        return "Nenhuma unidade encontrada"
    meanings = [meaning for group in found.reading.groups for meaning in group.meanings]
    places = [m.place.comarca for m in meanings if m.place and m.place.comarca]
    where = f" em {places[0]}" if len(set(places)) == 1 else ""
    count = plural(found.total, "unidade", "unidades")
    near = found.remarks.partial or found.remarks.no_number
    return f"{count}{where} mais próximas do que você escreveu" if near else count + where


def understood(words: str, reading: Reading) -> list[Understood]:
    """Return each part of the words that means something, and the search without it."""
    return [
        Understood(
            kind=_kind(group.meanings[0]),
            label=group.meanings[0].label,
            words=words[group.start : group.end],
            rest=" ".join(f"{words[: group.start]} {words[group.end :]}".split()),
        )
        for group in reading.groups
        if group.meanings and group.meanings[0].label
    ]


def _kind(meaning: Meaning) -> str:
    if meaning.place:
        return "comarca" if meaning.place.comarca_id else "unconfirmed"
    if meaning.outside:
        return "outside"
    if meaning.words:
        return "subject"
    if meaning.channel:
        return "channel"
    return "degree" if meaning.degree else "open_now"


def corrected(words: str, reading: Reading) -> str:
    """Return the text with every guess in it, or nothing when nothing was guessed."""
    text = words
    for start, end, right in sorted(reading.guesses, reverse=True):
        text = f"{text[:start]}{right}{text[end:]}"
    return text if text != words else ""


def next_steps(words: str, found: Found, lexicon: Lexicon) -> str:
    """Return what the person should know or do next, in plain sentences."""
    return " ".join(_sentences(words, found, lexicon))


def _sentences(words: str, found: Found, lexicon: Lexicon) -> Iterator[str]:
    remarks = found.remarks
    yield from remarks.says
    unsure = [g.place.name for g in found.reading.groups if g.place and not g.place.comarca_id]
    if unsure:
        yield (
            f"Ainda não confirmamos qual comarca atende {unsure[0]}. Para não indicar o fórum "
            "errado, ligue para a Ouvidoria (0800 647 1420) ou veja as comarcas de A a Z."
        )
        return
    if remarks.no_contact:
        yield NO_CONTACT
        return
    if remarks.nowhere:
        yield f"Não conhecemos {_quoted(words, remarks.nowhere)} em Mato Grosso."
    elif remarks.unknown and found.total:
        yield f"Não entendemos {_quoted(words, remarks.unknown)}; a busca foi feita sem isso."
    for missing in remarks.missing:
        yield (
            f"Nenhuma unidade daqui indica {missing.lower()}: pergunte na Diretoria do Foro ou na "
            "Distribuição."
        )
    if remarks.no_number and found.total:
        yield "Não há unidade com esse número; veja as que há."
    yield from (_broader(asked, answered) for asked, answered in remarks.broader if found.total)
    yield from _ambiguous(words, found.reading, lexicon)
    if not found.total and not remarks.says:
        yield NOTHING
    elif remarks.no_channel:
        yield NO_CHANNEL


def _broader(asked: str, answered: str) -> str:
    return (
        f"Nenhuma unidade daqui é só de {asked.lower()}; estas são de {answered.lower()}, que "
        "costuma julgar o assunto onde não há vara especializada. Confirme com a unidade."
    )


def _ambiguous(words: str, reading: Reading, lexicon: Lexicon) -> Iterator[str]:
    sure = any(group.is_sure_place for group in reading.groups)
    for group in reading.groups:
        if len(near := [m.place.name for m in group.meanings if m.place]) > 1:
            yield f"{_quoted(words, [group])} pode ser {_either(near)}: confira o nome."
        found = lexicon.gazetteer.parts.get(group.literal, ()) if group.is_part and not sure else ()
        names = sorted(place.name for place in found)
        if 1 < len(names) <= MOST_NAMED:
            yield f"{_quoted(words, [group])} pode ser {_either(names)}: escreva o nome inteiro."
        elif names:
            yield f"Há {len(names)} lugares com {_quoted(words, [group])}: escreva o nome inteiro."


def _either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} ou {names[-1]}"


def _quoted(words: str, groups: Iterable[Group]) -> str:
    return ", ".join(f"“{words[group.start : group.end]}”" for group in groups)
