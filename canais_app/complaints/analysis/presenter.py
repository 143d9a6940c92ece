"""Present an analysis as the page's view: the headline, totals, table and questions."""

import math

from canais_app import routes
from canais_app.complaints.analysis import view
from canais_app.complaints.analysis.figure_text import (
    MINI_HEIGHT,
    change_tone,
    format_change,
    mini_path,
    present_channels,
    present_heat,
    present_kinds,
    present_series,
)
from canais_app.complaints.analysis.query import PAGE_ROWS, AnalysisQuery
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.statistics import questions, tables
from canais_app.complaints.statistics.annotations import Annotation
from canais_app.complaints.statistics.counts import UnitName
from canais_app.complaints.statistics.figures import Analysis
from canais_app.complaints.statistics.tables import Table
from canais_app.complaints.statistics.unit_table import LATE_SHARE, MIN_REPORTS, UnitRow
from canais_app.kit import clock, text

FUNNEL_WIDTH, SPARK_WIDTH, SPARK_HEIGHT = 84, 76, 22
USUAL = 1.645  # standard deviations that hold nine counts in ten
QUESTION_WORDS = {
    "prazo": "Quem responde fora do prazo ou nunca?",
    "contato": "Onde o contato publicado está errado?",
    "comarcas": "Que comarcas subiram?",
    "ajudaram": "As respostas ajudaram?",
    "sem-dados": "De quem nunca ouvimos falar?",
    "antes-depois": "O que mudou depois de uma data?",
    "lado-a-lado": "Duas unidades lado a lado",
    "alarmes": "Que alarmes tocaram, e quantos eram falsos?",
}


def present_analysis(
    analysis: Analysis, query: AnalysisQuery, notes: tuple[Annotation, ...], answer: Table | None
) -> view.AnalysisView:
    """Return the page's view of an analysis."""
    files = query.to_query(linhas="", pergunta="")
    dates = analysis.period.dates
    frozen = query.to_query(p="", de=dates[0].isoformat(), ate=dates[-1].isoformat())
    return view.AnalysisView(
        stamp=analysis.at.isoformat(),
        time=text.format_hour(analysis.at),
        iso=clock.to_local(analysis.at).isoformat(timespec="seconds"),
        title=headline(analysis),
        about=_summary(analysis),
        totals=_present_totals(analysis),
        table=_present_table(analysis, query),
        series=present_series(analysis, query, notes),
        heat=present_heat(analysis, query),
        channels=present_channels(analysis, query),
        kinds=present_kinds(analysis, query),
        questions=_present_questions(analysis, query),
        answer=present_answer(answer, query),
        compared=tables.compared_words(analysis),
        compare_href=routes.analysis(query.to_query(com="" if query.compare else "ano")),
        compare_words="o período anterior" if query.compare else "o mesmo período do ano passado",
        pdf=routes.figures_file("analise.pdf", files),
        xlsx=routes.figures_file("analise.xlsx", files),
        fixed=routes.analysis(frozen),
    )


def headline(analysis: Analysis) -> str:
    """Return the finding of the page: reports of the period against what is expected."""
    total = analysis.totals.now
    days = len(analysis.period.dates)
    length = "hoje" if days == 1 and analysis.filters.period == "hoje" else f"em {days} dias"
    if days == 28:  # noqa: PLR2004 (four weeks)
        length = "em quatro semanas"
    seen = f"{text.pluralise(total.seen, 'relato', 'relatos')} {length}"
    return f"{seen}, {judge(analysis)}"


def judge(analysis: Analysis) -> str:
    """Say whether the reports of the period are as expected; chance is called chance."""
    seen, expected = analysis.totals.now.seen, analysis.totals.now.expected
    if not any(analysis.period.references):
        since = analysis.period.known_since
        return f"contados desde {text.format_date(since)}" if since else "ainda sem contagem"
    spread = math.sqrt(max(analysis.phi * expected, 1.0))
    if abs(seen - expected) <= USUAL * spread:
        return "dentro do esperado"
    if expected < 1:
        return f"{text.format_number(expected, 1)} esperados"
    share = abs(seen / expected - 1)
    side = "acima" if seen > expected else "abaixo"
    if share >= 1 and seen > expected:
        return f"{text.format_number(seen / expected, 1)} vezes o esperado"
    return f"{share:.0%} {side} do esperado"


def _summary(analysis: Analysis) -> str:
    above, below = len(analysis.rows.above), len(analysis.rows.below)
    found = "Sem contagem de acessos no período: a taxa não é mostrada."
    if analysis.unit:
        found = ""
    elif analysis.totals.now.visits:
        up = text.pluralise(above, "unidade fora", "unidades fora") if above else "Nenhuma fora"
        down = text.pluralise(below, "para baixo", "para baixo") if below else "nenhuma para baixo"
        found = f"{up} dos limites para cima, {down}."
    return (
        f"{tables.scope_words(analysis)}, comparado com {tables.compared_words(analysis)}. {found}"
    ).strip()


def _present_totals(analysis: Analysis) -> list[view.TotalView]:
    now, before, slow = analysis.totals.now, analysis.totals.before, analysis.totals.slowest
    rate = _difference(now.rate, before.rate, 1)
    return [
        view.TotalView(
            "Relatos",
            text.format_number(now.seen),
            format_change(now.change),
            change_tone(now.change),
            f"antes {text.format_number(before.seen)} · "
            f"esperado {text.format_number(now.expected)}",
        ),
        view.TotalView(
            "Por mil acessos",
            _number(now.rate, 1),
            rate,
            _tone(now.rate, before.rate, falling=True),
            f"{text.pluralise(now.visits, 'acesso', 'acessos')} aos canais",
        ),
        view.TotalView(
            "Respondidas no prazo",
            _share(now.on_time_share),
            _points(now.on_time_share, before.on_time_share),
            _tone(now.on_time_share, before.on_time_share),
            f"antes {_share(before.on_time_share)} · "
            f"{text.pluralise(now.answers, 'resposta', 'respostas')}",
        ),
        view.TotalView(
            "Dias até responder, mediana",
            _number(now.median_days, 0),
            _difference(now.median_days, before.median_days, 0),
            _tone(now.median_days, before.median_days, falling=True),
            f"a mais lenta: {_number(slow.median_days, 0)}, {slow.unit.name}"
            if slow and slow.unit
            else f"nenhuma unidade com {MIN_REPORTS} respostas",
        ),
        view.TotalView(
            "“Resolveu meu problema”",
            _share(now.solved_share),
            _points(now.solved_share, before.solved_share),
            _tone(now.solved_share, before.solved_share),
            text.pluralise(now.ratings, "pessoa respondeu", "pessoas responderam"),
        ),
    ]


def _present_table(analysis: Analysis, query: AnalysisQuery) -> view.TableView:
    table, words = analysis.rows, query.needle.split()
    places = table.sort(query.order)
    if words:
        places = places[[_has_words(table.units[n], words) for n in places]]
    shown, rest = [table.row(n) for n in places[: query.rows]], places[query.rows :]
    state = analysis.totals.now
    longest = max((row.rate or 0 for row in shown), default=0)
    scale = max(longest, (state.rate or 0) * 2, 0.1) * 1.1
    others = table.add_up(rest) if len(rest) else None
    more = min(len(rest), PAGE_ROWS)
    return view.TableView(
        title=_table_title(analysis),
        about=f"{text.pluralise(len(analysis.rows), 'unidade', 'unidades')}. Cada número abre os "
        f"relatos por trás dele. Com menos de {MIN_REPORTS} relatos a taxa não é mostrada.",
        heads=_heads(query, state),
        rows=[_present_row(row, analysis, scale, state.rate) for row in shown],
        others=_sum_cells(others, f"Outras {text.format_number(len(rest))} unidades")
        if others
        else [],
        total=[] if words else _sum_cells(state, tables.place_words(analysis)),
        more=f"Mostrar mais {more}" if more else "",
        more_href=routes.analysis(query.to_query(linhas=str(query.rows + PAGE_ROWS))),
        csv=routes.figures_file("unidades.csv", query.to_query(linhas="", pergunta="")),
    )


def _has_words(unit: UnitName, words: list[str]) -> bool:
    name = text.strip_accents(f"{unit.name} {unit.comarca}")
    return all(word in name for word in words)


def _table_title(analysis: Analysis) -> str:
    above = [analysis.rows.units[n] for n in analysis.rows.above]
    if not analysis.totals.now.visits:
        return "Unidades por relatos"
    if not above:
        return "Nenhuma unidade está acima do que o seu volume explica"
    if len(above) == 1:
        return f"{above[0].name} está acima do que o seu volume explica"
    return f"{len(above)} unidades estão acima do que o seu volume explica"


def _heads(query: AnalysisQuery, state: UnitRow) -> list[view.HeadView]:
    rate = f"Estado: {_number(state.rate, 1)}"
    weeks = "semanas inteiras"
    columns = (
        ("unidade", "Unidade", "", False),
        ("relatos", "Relatos", "e mudança", True),
        ("esperado", "Esperado", "", True),
        ("taxa", "Por mil", "acessos", True),
        ("mudanca", "Limites", rate, False),
        ("tecnica", "O que houve", "por causa", False),
        ("prazo", "No prazo", "respostas", True),
        ("dias", "Dias", "mediana", True),
        ("satisfacao", "Satisf.", "“resolveu”", True),
        ("", "8 semanas", weeks, False),
    )
    return [_head(query, *column) for column in columns]


def _head(query: AnalysisQuery, key: str, words: str, small: str, right: bool) -> view.HeadView:  # noqa: FBT001 (a column of the table above)
    if key in ("", "mudanca"):  # a picture of the column beside it
        return view.HeadView(words, small, "", "none", right)
    falls = query.order == f"-{key}"
    rises = query.order == key
    following = key if falls or (key == "unidade" and not rises) else f"-{key}"
    sort = "descending" if falls else "ascending" if rises else "none"
    return view.HeadView(
        f"{words} ▼" if falls else f"{words} ▲" if rises else words,
        small,
        routes.analysis(query.to_query(ordem=following, linhas="")),
        sort,
        right,
    )


def _present_row(
    row: UnitRow, analysis: Analysis, scale: float, mean: float | None
) -> view.RowView:
    assert row.unit is not None  # noqa: S101 (rows of the table have a unit)
    name, _, sector = row.unit.name.partition(" — ")
    width = FUNNEL_WIDTH / scale
    low, high = row.low or 0.0, row.high or 0.0
    scope = analysis.filters
    kind = ""
    if row.seen >= MIN_REPORTS:
        words = COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)].lower()
        kind = f"{row.kind_share:.0%} {words}"
    share = row.on_time_share
    return view.RowView(
        slug=row.unit.slug,
        name=name,
        sector=sector or ("" if row.unit.comarca in name else row.unit.comarca),
        href=routes.dossier(row.unit.slug),
        seen=text.format_number(row.seen),
        seen_href=tables.complaints_href(scope, unidade=row.unit.slug),
        change=format_change(row.change) if row.before >= MIN_REPORTS else "",
        change_tone=change_tone(row.change),
        expected=text.format_number(row.expected, 1),
        rate=_number(row.rate, 1),
        position=row.position,
        zone_x=_place(low * width),
        zone_width=_place(max(min(high, scale) - low, 0) * width),
        mark_x=_place(min((row.rate or 0) * width, FUNNEL_WIDTH - 5)),
        tick_x=_place((mean or 0) * width),
        shares=[f"{100 * n / row.seen:.0f}%" if row.seen else "0%" for n in row.groups],
        kind=kind,
        on_time=_share(share),
        late=share is not None and share < LATE_SHARE,
        days=_number(row.median_days, 0),
        solved=_share(row.solved_share),
        spark=_spark(row.weeks),
        peak=_peak(row),
        spark_words=f"8 semanas: {', '.join(map(str, row.weeks))}",
    )


def _sum_cells(row: UnitRow, name: str) -> list[str]:
    return [
        name,
        text.format_number(row.seen),
        format_change(row.change),
        text.format_number(row.expected, 1),
        _number(row.rate, 1),
        _share(row.on_time_share),
        _number(row.median_days, 0) if row.median_days is not None else "",
        _share(row.solved_share),
    ]


def _spark_points(weeks: tuple[int, ...]) -> list[tuple[float, float]]:
    most = max(*weeks, 1)
    step = (SPARK_WIDTH - 8) / max(len(weeks) - 1, 1)
    return [
        (4 + n * step, SPARK_HEIGHT - 3 - (SPARK_HEIGHT - 8) * count / most)
        for n, count in enumerate(weeks)
    ]


def _spark(weeks: tuple[int, ...]) -> str:
    return " ".join(f"{x:.0f},{y:.1f}" for x, y in _spark_points(weeks)) if any(weeks) else ""


def _peak(row: UnitRow) -> str:
    if row.peak_week is None:
        return ""
    x, y = _spark_points(row.weeks)[row.peak_week]
    return f"M{x - 4:.1f} {y + 3:.1f}h8l-4 -7z"


def _present_questions(analysis: Analysis, query: AnalysisQuery) -> list[view.LinkView]:
    known = questions.summaries(analysis)
    first = analysis.period.dates[0]
    notes = {
        "comarcas": "Oito semanas de cada uma, na mesma escala",
        "ajudaram": (
            text.pluralise(analysis.totals.now.ratings, "pessoa disse", "pessoas disseram")
            if analysis.totals.now.ratings
            else "Ninguém disse ainda; reaberturas"
        ),
        "antes-depois": "Escolha a portaria, a troca de contato ou a manutenção",
        "lado-a-lado": "Escolha uma no recorte e a outra aqui",
        "alarmes": f"Desde {text.format_date(first)}, contra o orçamento",
        **known,
    }
    return [
        view.LinkView(
            words,
            notes[key],
            routes.analysis(query.to_query(pergunta=key)) + "#resposta",
            query.choice.question == key,
        )
        for key, words in QUESTION_WORDS.items()
    ]


def present_answer(answer: Table | None, query: AnalysisQuery) -> view.AnswerView:
    """Present the answer to a question; empty without one."""
    if answer is None:
        return view.AnswerView()
    links = answer.links or [""] * len(answer.rows)
    return view.AnswerView(
        name=answer.name,
        title=answer.title,
        about=answer.about,
        head=list(answer.head),
        rows=[
            view.AnswerRow(href, [tables.format_cell(cell) for cell in row])
            for href, row in zip(links, answer.rows, strict=True)
        ],
        minis=_present_minis(answer),
        csv=routes.figures_file("pergunta.csv", query.to_query(linhas="")),
    )


def _present_minis(answer: Table) -> list[view.MiniView]:
    """Return a small picture for each row that has weeks, all on one scale."""
    top = max((max(weeks) for weeks in answer.weeks), default=0)
    return [
        view.MiniView(
            name=str(row[0]),
            seen=tables.format_cell(row[1]),
            change=f"antes {tables.format_cell(row[2])}",
            box=f"0 0 {max(len(weeks) - 1, 1)} {MINI_HEIGHT}",
            path=mini_path(weeks, max(top, 1)),
            before="",
            href=href,
        )
        for row, href, weeks in zip(answer.rows, answer.links, answer.weeks, strict=False)
    ]


def _place(value: float) -> str:
    return f"{value:.1f}"


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else text.format_number(value, decimals)


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _points(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    points = round(100 * now) - round(100 * before)
    if not points:
        return "= igual"
    return f"{'▲' if points > 0 else '▼'} {text.pluralise(abs(points), 'ponto', 'pontos')}"


def _difference(now: float | None, before: float | None, decimals: int) -> str:
    if now is None or before is None:
        return ""
    shown = text.format_number(abs(now - before), decimals)
    if not float(shown.replace(".", "").replace(",", ".")):
        return "= igual"
    return f"{'▲' if now > before else '▼'} {shown}"


def _tone(now: float | None, before: float | None, *, falling: bool = False) -> str:
    if now is None or before is None or round(now, 2) == round(before, 2):
        return "z"
    return "g" if (now < before) == falling else "b"
