"""How an answer speaks: its headline, what was understood, what to do next."""

from collections.abc import Iterable, Iterator

from canais_app.directory.lexicon import Lexicon, Meaning
from canais_app.directory.search import SearchResult
from canais_app.directory.understanding import ParsedQuery, Term
from canais_app.directory.views import QueryPart
from canais_app.kit.text import pluralise

NOTHING_FOUND_TIP = (
    "Tente menos palavras, o nome da comarca ou o assunto (por exemplo, “família Sinop”). "
    "Se preferir, veja as comarcas de A a Z ou ligue para a Ouvidoria: 0800 647 1420."
)
NO_CONTACT_TEXT = (
    "Nenhuma unidade tem esse telefone ou e-mail. Confira, ou procure pelo nome da unidade."
)
NO_CHANNEL_TEXT = "Nenhuma destas unidades tem o canal pedido; veja os canais que elas têm."
MAX_NAMES = 4


def format_headline(found: SearchResult) -> str:
    """Return how many units were found, and in which comarca when there is one."""
    if not found.total:
        return "Nenhuma unidade encontrada"
    meanings = [meaning for group in found.query.terms for meaning in group.meanings]
    places = [m.place.comarca for m in meanings if m.place and m.place.comarca]
    where = f" em {places[0]}" if len(set(places)) == 1 else ""
    count = pluralise(found.total, "unidade", "unidades")
    near = found.notes.partial or found.notes.no_number
    return f"{count}{where} mais próximas do que você escreveu" if near else count + where


def explain_query(words: str, reading: ParsedQuery) -> list[QueryPart]:
    """Return each part of the words that means something, and the search without it."""
    return [
        QueryPart(
            kind=_kind(group.meanings[0]),
            label=group.meanings[0].label,
            words=words[group.start : group.end],
            rest=" ".join(f"{words[: group.start]} {words[group.end :]}".split()),
        )
        for group in reading.terms
        if group.meanings and group.meanings[0].label
    ]


def _kind(meaning: Meaning) -> str:
    if meaning.place:
        return "comarca" if meaning.place.comarca_id else "unconfirmed"
    if meaning.is_outside_state:
        return "outside"
    if meaning.words:
        return "subject"
    if meaning.channel:
        return "channel"
    return "degree" if meaning.degree else "open_now"


def suggest_correction(words: str, reading: ParsedQuery) -> str:
    """Return the text with every guess in it, or nothing when nothing was guessed."""
    text = words
    for start, end, right in sorted(reading.guesses, reverse=True):
        text = f"{text[:start]}{right}{text[end:]}"
    return text if text != words else ""


def build_advice(words: str, found: SearchResult, lexicon: Lexicon) -> str:
    """Return what the person should know or do next, in plain sentences."""
    return " ".join(_sentences(words, found, lexicon))


def _sentences(words: str, found: SearchResult, lexicon: Lexicon) -> Iterator[str]:
    remarks = found.notes
    yield from remarks.says
    unsure = [g.place.name for g in found.query.terms if g.place and not g.place.comarca_id]
    if unsure:
        yield (
            f"Ainda não confirmamos qual comarca atende {unsure[0]}. Para não indicar o fórum "
            "errado, ligue para a Ouvidoria (0800 647 1420) ou veja as comarcas de A a Z."
        )
        return
    if remarks.no_contact:
        yield NO_CONTACT_TEXT
        return
    if remarks.unmatched_places:
        yield f"Não conhecemos {_quoted(words, remarks.unmatched_places)} em Mato Grosso."
    elif remarks.unknown and found.total:
        yield f"Não entendemos {_quoted(words, remarks.unknown)}; a busca foi feita sem isso."
    for missing in remarks.missing:
        yield (
            f"Nenhuma unidade daqui indica {missing.lower()}: pergunte na Diretoria do Foro ou na "
            "Distribuição."
        )
    if remarks.no_number and found.total:
        yield "Não há unidade com esse número; veja as que há."
    yield from (
        _broader_text(asked, answered) for asked, answered in remarks.broader if found.total
    )
    yield from _ambiguous(words, found.query, lexicon)
    if not found.total and not remarks.says:
        yield NOTHING_FOUND_TIP
    elif remarks.no_channel:
        yield NO_CHANNEL_TEXT


def _broader_text(asked: str, answered: str) -> str:
    return (
        f"Nenhuma unidade daqui é só de {asked.lower()}; estas são de {answered.lower()}, que "
        "costuma julgar o assunto onde não há vara especializada. Confirme com a unidade."
    )


def _ambiguous(words: str, reading: ParsedQuery, lexicon: Lexicon) -> Iterator[str]:
    sure = any(group.is_sure_place for group in reading.terms)
    for group in reading.terms:
        if len(near := [m.place.name for m in group.meanings if m.place]) > 1:
            yield f"{_quoted(words, [group])} pode ser {_join_alternatives(near)}: confira o nome."
        found = lexicon.gazetteer.parts.get(group.literal, ()) if group.is_part and not sure else ()
        names = sorted(place.name for place in found)
        if 1 < len(names) <= MAX_NAMES:
            yield f"{_quoted(words, [group])} pode ser {_join_alternatives(names)}: escreva o nome inteiro."
        elif names:
            yield f"Há {len(names)} lugares com {_quoted(words, [group])}: escreva o nome inteiro."


def _join_alternatives(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} ou {names[-1]}"


def _quoted(words: str, groups: Iterable[Term]) -> str:
    return ", ".join(f"“{words[group.start : group.end]}”" for group in groups)
