"""Parts of the search page: the box, its chips, the cards, notices and shortcuts."""

import reflex as rx

from canais_app import routes
from canais_app.directory.channels import ChannelKind
from canais_app.directory.finder.case_choices import CaseChoice
from canais_app.directory.finder.state import FinderState
from canais_app.directory.views import AnswerCard, ChannelView, NoticeView, QueryPart, UnitCard
from canais_app.ui import feedback, forms, notices, shell

PJE = "https://pje.tjmt.jus.br"
PJE_HINT = (
    "Abre em outra aba, fora deste portal; digite lá o número do processo. Processo em segredo de "
    "justiça só aparece para as partes e seus advogados."
)
SHORTCUTS = (
    ("Comarcas de A a Z", "As 79 comarcas e os municípios que elas atendem", routes.COMARCAS),
    ("Tribunal de Justiça (2º grau)", "Câmaras, gabinetes e secretarias", "/?grau=2"),
    ("Juizados especiais", "Causas menores, cíveis e criminais", "/?q=juizado+especial"),
    ("Balcão Virtual", "Atendimento por vídeo, sem hora marcada", "/?canal=balcao_virtual"),
    ("Agendar com magistrado", "Horários livres dos gabinetes, para advogados", routes.AGENDAS),
    ("Plantão judiciário", "Noites, fins de semana, feriados e recesso", f"{routes.ABOUT}#plantao"),
    ("Relatar falha", "Conte quando um canal não atende", routes.REPORT),
    ("Acompanhar um relato", "Com o protocolo e o código", routes.TRACK),
)


def box() -> rx.Component:
    """Return the search box.

    Before the page is connected, and without JavaScript, the words are sent by POST, because one
    may be a case number, which stands in no address.
    """
    return rx.el.form(
        rx.el.label(
            "Comarca, vara, assunto ou nº do processo",
            html_for="busca",
            class_name="visually-hidden",
        ),
        rx.el.div(
            rx.icon("search", size=22, aria_hidden=True),
            rx.el.input(
                id="busca",
                name="busca",
                key=FinderState.generation,
                default_value=FinderState.words,
                on_change=FinderState.type_words.debounce(250),
                placeholder="Digite comarca, vara, assunto ou nº do processo",
                type="search",
                auto_complete="off",
                spell_check=False,
                max_length=200,
                enter_key_hint="search",
            ),
            class_name="finder-box",
        ),
        rx.el.button("Buscar", type="submit", class_name="btn pri"),
        on_submit=FinderState.submit,
        method="post",
        action=routes.SEARCH_FORM,
        role="search",
    )


def _understood(part: rx.Var[QueryPart]) -> rx.Component:
    return rx.el.button(
        part.label,
        rx.el.span(" (retirar da busca)", class_name="visually-hidden"),
        rx.icon("x", size=14, aria_hidden=True),
        type="button",
        on_click=FinderState.search_for(part.rest),
        class_name="chip on",
    )


def _filter(label: str, name: str, pressed: rx.Var, on_click: rx.event.EventType) -> rx.Component:
    return rx.el.button(
        label,
        rx.el.span(FinderState.facets[name], class_name="finder-count"),
        type="button",
        aria_pressed=rx.cond(pressed, "true", "false"),
        on_click=on_click,
        class_name="chip",
    )


def chips() -> rx.Component:
    """Return the terms understood, which can be removed, and the filters with their counts."""
    return rx.cond(
        FinderState.searched & (FinderState.case_message == ""),
        rx.el.div(
            rx.cond(
                FinderState.understood.length() > 0,
                rx.el.div(
                    rx.el.span("Entendi:", class_name="small muted"),
                    rx.foreach(FinderState.understood, _understood),
                    class_name="finder-chips",
                ),
            ),
            rx.el.div(
                _filter("Aberta agora", "open_now", FinderState.open_now, FinderState.toggle_open),
                _filter(
                    "Balcão Virtual",
                    "channel:balcao_virtual",
                    FinderState.channel == "balcao_virtual",
                    FinderState.toggle_channel("balcao_virtual"),
                ),
                _filter("2º grau", "degree:2", FinderState.degree == 2, FinderState.toggle_degree),  # noqa: PLR2004
                class_name="finder-chips",
                role="group",
                aria_label="Filtros",
            ),
            class_name="finder-bar",
        ),
    )


def _channel(card: rx.Var[UnitCard], channel: rx.Var[ChannelView], at: rx.Var[int]) -> rx.Component:
    return rx.cond(
        channel.href != "",
        rx.el.a(
            rx.cond(
                channel.kind == ChannelKind.WHATSAPP.value,
                f"WhatsApp {channel.value}",
                channel.label,
            ),
            # In a screen reader's list of links.
            rx.el.span(f" de {card.name}", class_name="visually-hidden"),
            href=channel.href,
            title=channel.value,
            custom_attrs={"data-visita": f"{card.slug}|{channel.kind}"},
            class_name=rx.cond(at == 0, "btn sm pri", "btn sm soft"),
        ),
    )


def _card(card: rx.Var[UnitCard]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h3(rx.el.a(card.name, href=card.href)),
                rx.el.p(card.summary, class_name="muted"),
                class_name="finder-name",
            ),
            feedback.dot_tag(
                card.open_tone,
                card.open_words,
                rx.cond(card.status != "", f" · instabilidade {card.status}", ""),
            ),
            class_name="between",
        ),
        rx.cond(
            card.deadlines_suspended,
            rx.el.p(rx.el.span("Prazos processuais suspensos", class_name="tag off")),
        ),
        rx.cond(
            card.next_free != "",
            rx.el.p(rx.el.span("Próximo horário: ", card.next_free, class_name="tag")),
        ),
        rx.cond(
            card.status_words != "",
            rx.el.p(
                card.status_words,
                " ",
                rx.el.a("Eu também", href=card.report_href),
                class_name="finder-note small",
            ),
        ),
        rx.foreach(card.notices, lambda words: rx.el.p(words, class_name="finder-note small")),
        rx.el.div(
            rx.foreach(card.channels, lambda channel, at: _channel(card, channel, at)),
            class_name="finder-acts",
        ),
        rx.el.p(
            rx.cond(card.verified != "", f"Contatos verificados em {card.verified} · ", ""),
            rx.el.a(
                "Informação errada? Avise",
                rx.el.span(f": {card.name}", class_name="visually-hidden"),
                href=card.report_href,
            ),
            class_name="small muted",
        ),
        class_name="card finder-card",
    )


def _answer(answer: rx.Var[AnswerCard]) -> rx.Component:
    """Return a card about what is not a unit of the court's."""
    return rx.el.div(
        rx.cond(answer.title != "", rx.el.h3(answer.title)),
        rx.el.p(answer.text),
        rx.el.div(
            rx.foreach(
                answer.links,
                lambda link: rx.el.a(link.label, href=link.href, class_name="btn sm soft"),
            ),
            class_name="finder-acts",
        ),
        class_name="card finder-card",
    )


def _case_choice(choice: rx.Var[CaseChoice]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            choice.words,
            rx.el.span(choice.count, class_name="finder-count"),
            href=choice.path,
            class_name="btn sec",
        )
    )


def _case() -> rx.Component:
    """Return where the case began, where it is looked up, and its possible subjects."""
    return rx.el.div(
        rx.el.p(FinderState.case_message, class_name="note"),
        rx.el.p(
            rx.el.a(
                "Ver no PJe em que unidade está",
                href=PJE,
                rel="noopener",
                target="_blank",
                class_name="btn pri",
            )
        ),
        rx.el.p(PJE_HINT, class_name="small muted"),
        rx.cond(
            FinderState.case_choices.length() > 0,
            rx.el.div(
                rx.el.h3("Ou escolha o assunto"),
                rx.el.ul(rx.foreach(FinderState.case_choices, _case_choice), class_name="row"),
                class_name="tight",
            ),
        ),
        class_name="stack",
    )


def results() -> rx.Component:
    """Return the answer: headline, advice and cards."""
    return rx.el.section(
        rx.el.h2(FinderState.headline, id="resultado"),
        rx.cond(FinderState.case_message != "", _case()),
        rx.cond(
            FinderState.did_you_mean != "",
            rx.el.p(
                "Você quis dizer ",
                rx.el.button(
                    FinderState.did_you_mean,
                    type="button",
                    on_click=FinderState.search_for(FinderState.did_you_mean),
                    class_name="finder-link",
                ),
                "?",
            ),
        ),
        rx.foreach(FinderState.answers, _answer),
        rx.cond(FinderState.remarks != "", rx.el.p(FinderState.remarks, class_name="note warn")),
        rx.el.ul(rx.foreach(FinderState.cards, _card), class_name="finder-list"),
        rx.cond(
            FinderState.cursor != 0, forms.button("Mostrar mais unidades", FinderState.show_more)
        ),
        rx.cond(
            FinderState.cards.length() == 0,
            rx.el.p(
                rx.el.a("Comarcas de A a Z", href=routes.COMARCAS, class_name="btn sec"),
                rx.el.a("Ligar para a Ouvidoria", href="tel:08006471420", class_name="btn soft"),
                class_name="row",
            ),
        ),
        aria_labelledby="resultado",
        class_name="stack",
    )


def start() -> rx.Component:
    """Return the shortcuts shown before the first search."""
    return rx.el.section(
        rx.el.h2("Comece por aqui"),
        rx.el.ul(
            *[
                rx.el.li(
                    rx.el.a(
                        rx.el.strong(words),
                        rx.el.span(hint, class_name="muted small"),
                        href=path,
                        class_name="card finder-start",
                    )
                )
                for words, hint, path in SHORTCUTS
            ],
            class_name="finder-starts",
        ),
        class_name="stack",
    )


def _notice(notice: rx.Var[NoticeView]) -> rx.Component:
    return rx.el.li(*notices.notice_pieces(notice), class_name="small tight", key=notice.uid)


def aside() -> rx.Component:
    """Return the notices in force and the shortcuts."""
    return rx.el.aside(
        shell.card(
            "Avisos",
            rx.el.ul(rx.foreach(FinderState.notices, _notice), class_name="stack"),
            rx.cond(
                FinderState.notices.length() == 0,
                rx.el.p(
                    rx.cond(FinderState.ready, "Nenhum aviso agora.", "Carregando os avisos…"),
                    class_name="small muted",
                ),
            ),
            notices.feed_link(routes.NOTICES_FEED),
        ),
        rx.cond(
            FinderState.searched,
            rx.el.nav(
                rx.el.h2("Atalhos"),
                rx.el.ul(
                    *[
                        rx.el.li(rx.el.a(words, href=path))
                        for words, _, path in (*SHORTCUTS[:2], SHORTCUTS[5], SHORTCUTS[7])
                    ],
                    class_name="tight",
                ),
                aria_label="Atalhos",
                class_name="card pad stack",
            ),
        ),
        aria_label="Avisos e atalhos",
        class_name="stack",
    )
